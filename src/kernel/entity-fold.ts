import { setImmediate as nextTurn } from 'node:timers/promises';
import { applyPage } from './apply.js';
import type { ApplyContext } from './desk.js';
import { TidemarkError } from './errors.js';
import { PROJECTION_BATCH_MAX } from './follower.js';
import type { EventLog, RecordedEvent, Tag } from './log.js';
import { createMemoryViews, type MemoryViews } from './memory-views.js';
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
  /** Positions that are left out. */
  readonly omit?: ReadonlySet<number> | undefined;
  readonly eventsMax?: number | undefined;
  /** Told of each event by itself, with the rows that it changed. */
  readonly onEvent?: ((event: RecordedEvent, changes: readonly RowChange[]) => void) | undefined;
  /** Ends it with TIMEOUT, between two batches. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each batch; what it throws ends the fold. */
  readonly check?: ((views: MemoryViews) => void) | undefined;
}

/** What became of the entity's events. */
export interface EntityFold {
  readonly views: MemoryViews;
  /** A view at this position shows the same rows of the entity. */
  readonly position: number;
  /** The events that were left out. */
  readonly omitted: readonly RecordedEvent[];
}

/**
 * Runs a projection's handlers over the events that carry a tag, in batches, into tables in memory: only rows that
 * belong to the tag mean anything. What cannot be applied is set aside, as a replay does. Rejects with an
 * EntityTooLongError, and where the log cannot be read.
 */
export async function foldEntity(options: EntityFoldOptions): Promise<EntityFold> {
  const { projection, log, tag, through, recordedBy = Infinity, omit, check } = options;
  const { eventsMax = ENTITY_EVENTS_MAX } = options;
  const views = createMemoryViews(projection);
  const context = replayContext(options, createParkedIndex([]));
  const omitted: RecordedEvent[] = [];
  let after = 0;
  let count = 0;
  for (;;) {
    const page = await log.read([{ tags: [tag] }], { after, limit: PROJECTION_BATCH_MAX });
    const beyond = page.find(({ position, recordedAt }) => position > through || recordedAt > recordedBy);
    const events = page.filter(({ position }) => position < (beyond?.position ?? Infinity));
    count += events.length;
    if (count > eventsMax) throw new EntityTooLongError(tag, eventsMax);
    omitted.push(...events.filter(({ position }) => omit?.has(position)));
    apply(
      views,
      events.filter(({ position }) => omit?.has(position) !== true),
      context,
      options,
    );
    check?.(views);
    const last = page.at(-1);
    if (beyond !== undefined) return { views, omitted, position: Math.min(through, beyond.position - 1) };
    if (last === undefined || page.length < PROJECTION_BATCH_MAX)
      return { views, omitted, position: through };
    after = last.position;
    await nextTurn();
    if (options.signal?.aborted === true)
      throw new TidemarkError('TIMEOUT', 'Nobody waits for the answer any more.');
  }
}

function apply(
  views: MemoryViews,
  events: readonly RecordedEvent[],
  context: ApplyContext,
  { onEvent }: EntityFoldOptions,
): void {
  if (onEvent === undefined) {
    if (events.length > 0) applyPage(views, events, context);
    return;
  }
  for (const event of events) onEvent(event, applyPage(views, [event], context).changes);
}
