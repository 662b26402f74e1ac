import { setImmediate as nextTurn } from 'node:timers/promises';
import { applyPage, markDegraded, type ApplyTo } from './apply.js';
import type { ApplyContext } from './desk.js';
import { TidemarkError } from './errors.js';
import { PROJECTION_BATCH_MAX } from './follower.js';
import type { EventLog, RecordedEvent, Tag } from './log.js';
import { createParkedIndex } from './parked.js';
import type { Projection } from './projection.js';
import { replayContext } from './replay.js';
import type { RowChange } from './views.js';

/** How many events of one entity are folded at most. */
export const ENTITY_EVENTS_MAX = 100_000;

/** An entity has more events than are folded. */
export class EntityTooLongError extends TidemarkError {
  constructor(tag: Tag, eventsMax: number) {
    const most = eventsMax.toLocaleString('en');
    super('BAD_USER_INPUT', `${tag} has more than ${most} events up to there. Ask for an earlier position.`);
  }
}

/** Which events are folded, by which projection, and how far. */
export interface EntityFoldOptions {
  /** What the events are applied to. */
  readonly views: ApplyTo;
  readonly projection: Projection;
  readonly log: Pick<EventLog, 'read'>;
  /** Every event type that any module defines. */
  readonly knownTypes: ReadonlySet<string>;
  /** Positions to be passed over where they cannot be applied. */
  readonly skips?: ReadonlySet<number> | undefined;
  readonly tag: Tag;
  /** The last position that may be folded. */
  readonly through: number;
  /** Ends before the first event that was recorded later, in ms since 1970: the log's order counts, not the clock's. */
  readonly recordedBy?: number | undefined;
  /** Positions to be left out, as they are set aside elsewhere, with the entities that this is a mark on. */
  readonly setAside?: ReadonlyMap<number, string> | undefined;
  /** ENTITY_EVENTS_MAX where left out. */
  readonly eventsMax?: number | undefined;
  /** Told of each event by itself, with the rows that it changed. */
  readonly onEvent?: ((event: RecordedEvent, changes: readonly RowChange[]) => void) | undefined;
  /** Ends it with TIMEOUT, between two batches. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch; what it throws ends the fold. */
  readonly check?: (() => void) | undefined;
}

/** What became of the entity's events. */
export interface EntityFold {
  /** A view at this position shows the same rows of the entity. */
  readonly position: number;
  /** How many events were left out. */
  readonly leftOut: number;
}

/**
 * Runs a projection's handlers over the events that carry a tag, in batches: of the rows only those that belong to the
 * tag mean anything. What cannot be applied is set aside, as a replay does. Rejects with an EntityTooLongError, and where
 * the log cannot be read.
 */
export async function foldEntity(options: EntityFoldOptions): Promise<EntityFold> {
  const { views, projection, log, tag, through, recordedBy = Infinity, setAside, signal } = options;
  const { eventsMax = ENTITY_EVENTS_MAX } = options;
  const context = replayContext(options, createParkedIndex([]));
  const marked = new Set<string>();
  let after = 0;
  let count = 0;
  let leftOut = 0;
  for (;;) {
    const page = await log.read([{ tags: [tag] }], { after, limit: PROJECTION_BATCH_MAX });
    const beyond = page.find(({ position, recordedAt }) => position > through || recordedAt > recordedBy);
    const events = page.filter(({ position }) => position < (beyond?.position ?? Infinity));
    count += events.length;
    if (count > eventsMax) throw new EntityTooLongError(tag, eventsMax);
    const applied = events.filter(({ position }) => setAside?.has(position) !== true);
    for (const { position } of events) {
      const entity = setAside?.get(position);
      if (entity !== undefined) marked.add(entity);
    }
    leftOut += events.length - applied.length;
    apply(applied, context, options);
    options.check?.();
    if (beyond !== undefined || page.length < PROJECTION_BATCH_MAX) {
      markAll(views, marked, projection);
      return { leftOut, position: Math.min(through, (beyond?.position ?? Infinity) - 1) };
    }
    after = page.at(-1)?.position ?? after;
    await nextTurn();
    if (signal?.aborted === true) throw new TidemarkError('TIMEOUT', 'Nobody waits for the answer any more.');
  }
}

function apply(
  events: readonly RecordedEvent[],
  context: ApplyContext,
  { views, onEvent }: EntityFoldOptions,
): void {
  if (onEvent === undefined) {
    if (events.length > 0) applyPage(views, events, context);
    return;
  }
  for (const event of events) onEvent(event, applyPage(views, [event], context).changes);
}

function markAll(views: ApplyTo, entities: ReadonlySet<string>, projection: Projection): void {
  if (entities.size === 0) return;
  views.commit(views.checkpoint(), (batch) => {
    for (const entity of entities) markDegraded(batch, entity, true, projection);
  });
}
