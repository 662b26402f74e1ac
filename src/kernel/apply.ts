import { createDesk, type ApplyContext, type Desk } from './desk.js';
import { UnknownEventError, type Recorded } from './events.js';
import type { RecordedEvent } from './log.js';
import { handles, type Projection } from './projection.js';
import type { Batch, RowChange, ViewStore } from './views.js';

/** Thrown out of a transaction to end it before the command of an event that is to be tried again. */
class Postponed extends Error {
  constructor(
    readonly event: RecordedEvent,
    override readonly cause: unknown,
  ) {
    super('Postponed');
  }
}

/** What events are applied to. */
export type ApplyTo = Pick<ViewStore, 'checkpoint' | 'commit'>;

/** What became of a page: the rows it changed, and up to where it was applied. */
export interface Applied {
  readonly changes: readonly RowChange[];
  readonly checkpoint: number;
  /** Why it was not applied to its end; the rest is to be tried again. */
  readonly failure?: { readonly error: unknown };
}

/**
 * Applies a page of whole commands and moves the checkpoint to its end, in one transaction. Where that fails by an
 * event's fault, once more with each event on its own, so that the culprits are set aside and all others applied.
 * Throws what is not an event's fault, with nothing applied.
 */
export function applyPage(store: ApplyTo, page: readonly RecordedEvent[], context: ApplyContext): Applied {
  try {
    return commit(store, page, context, applyPlainly);
  } catch (error) {
    if (context.diagnose(error) !== 'other') throw error;
    return applyUpToFailure(store, page, context);
  }
}

function applyUpToFailure(store: ApplyTo, page: readonly RecordedEvent[], context: ApplyContext): Applied {
  if (page.length === 0) return { changes: [], checkpoint: store.checkpoint() };
  try {
    return commit(store, page, context, applyCarefully);
  } catch (error) {
    if (!(error instanceof Postponed)) {
      // The first failure may have been an event's, and hidden that the file is damaged as well.
      context.diagnose(error);
      throw error;
    }
    const culprit = page.findIndex(({ commandId }) => commandId === error.event.commandId);
    const before = applyUpToFailure(store, page.slice(0, culprit), context);
    return { failure: { error: error.cause }, ...before };
  }
}

type Apply = (batch: Batch, event: RecordedEvent, desk: Desk) => void;

function commit(
  store: ApplyTo,
  page: readonly RecordedEvent[],
  context: ApplyContext,
  apply: Apply,
): Applied {
  const desk = createDesk(context);
  const last = page.at(-1);
  const checkpoint = last?.position ?? store.checkpoint();
  const write = (batch: Batch): void => {
    for (const event of page) apply(batch, event, desk);
    const postponed = desk.postponed();
    if (postponed !== undefined) throw new Postponed(postponed.event, postponed.error);
  };
  const changes = store.commit(checkpoint, write, last?.commandId);
  context.parked.apply(desk.change());
  return { changes, checkpoint };
}

function applyPlainly(batch: Batch, event: RecordedEvent, desk: Desk): void {
  const { context } = desk;
  if (!concerns(event, context)) return;
  const decoded = decode(event, context);
  const blocking = desk.blocking(entitiesOf(event, decoded, context.projection), event.position);
  if (blocking === undefined) handle(batch, decoded, context.projection);
  else desk.park(batch, event, blocking);
}

/** The page is gone through to its end also after an event that is to be tried again: several are then tried together. */
function applyCarefully(batch: Batch, event: RecordedEvent, desk: Desk): void {
  const failed = attempt(batch, event, desk);
  if (failed === undefined || 'behind' in failed) return;
  const { error, entity } = failed;
  const { action, attempts } = desk.context.judge(event, error);
  if (action === 'skip') return;
  const full = desk.full(entity, error);
  if (action === 'retry' || full !== undefined) {
    desk.postpone(event, entity, action === 'retry' ? error : full);
    return;
  }
  desk.park(batch, event, entity, { error, attempts });
  markDegraded(batch, entity, true, desk.context.projection);
}

/** What came of an event that was not applied: why, and what it is set aside with; or what it waits behind. */
export type NotApplied = { readonly error: unknown; readonly entity: string } | { readonly behind: string };

/**
 * Applies one event on its own, or queues it behind its entity (unless that is the one whose turn it is); a failure
 * leaves no trace in the rows.
 */
export function attempt(
  batch: Batch,
  event: RecordedEvent,
  desk: Desk,
  turnOf?: string,
): NotApplied | undefined {
  const { context } = desk;
  const blockingOf = (entities: readonly string[]): string | undefined =>
    desk.blocking(
      entities.filter((candidate) => candidate !== turnOf),
      event.position,
    );
  // Until it is decoded, its first tag is all that is known of it.
  let entity = event.tags[0] ?? '';
  let behind: string | undefined;
  const failed = batch.attempt(() => {
    if (!concerns(event, context)) return;
    behind = blockingOf([entity]);
    if (behind !== undefined) return;
    const decoded = decode(event, context);
    const entities = entitiesOf(event, decoded, context.projection);
    entity = entities[1] ?? entity;
    behind = blockingOf(entities);
    if (behind === undefined) handle(batch, decoded, context.projection);
  });
  if (failed !== undefined) return { error: failed.error, entity };
  if (behind === undefined) return undefined;
  desk.park(batch, event, behind);
  return { behind };
}

/** Marks the entity's rows, or takes the mark away, where the projection knows how. */
export function markDegraded(batch: Batch, entity: string, degraded: boolean, projection: Projection): void {
  // A mark that cannot be made must not keep the others from going on.
  batch.attempt(() => projection.degrade?.(batch.rows, entity, degraded));
}

function concerns(event: RecordedEvent, { projection, knownTypes }: ApplyContext): boolean {
  return handles(projection, event.type) || !knownTypes.has(event.type);
}

function decode(event: RecordedEvent, { projection, knownTypes }: ApplyContext): readonly Recorded[] {
  if (!knownTypes.has(event.type))
    throw new UnknownEventError(event, 'no module of this build defines this type');
  return projection.events.decode(event);
}

/** What the event is queued behind: its first tag, and the projection's own entities, first the one it is set aside with. */
function entitiesOf(
  event: RecordedEvent,
  decoded: readonly Recorded[],
  { entity }: Projection,
): readonly string[] {
  const tag = event.tags[0] ?? '';
  return entity === undefined ? [tag] : [...new Set([tag, ...decoded.map(entity)])];
}

/** The entities of an event, by its first tag alone where it cannot be read. */
export function entitiesAsked(event: RecordedEvent, context: ApplyContext): readonly string[] {
  try {
    return entitiesOf(event, decode(event, context), context.projection);
  } catch {
    return entitiesOf(event, [], context.projection);
  }
}

function handle(batch: Batch, decoded: readonly Recorded[], projection: Projection): void {
  for (const event of decoded) projection.on.get(event.type)?.(batch.rows, event);
}
