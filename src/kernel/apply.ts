import { messageOf } from './errors.js';
import { UnknownEventError, type Recorded } from './events.js';
import type { RecordedEvent } from './log.js';
import type { ParkedChange, ParkedEvent, ParkedIndex } from './parked.js';
import { handles, type Projection } from './projection.js';
import type { Batch, RowChange, ViewStore, ViewTrouble } from './views.js';

/** How many entities a projection sets aside before it stops instead: so many look like a bug in the build. */
export const PARKED_ENTITIES_MAX = 100;

/** What to do with an event that cannot be applied: set it aside, go on without it, or try again a little later. */
export interface Verdict {
  readonly action: 'park' | 'skip' | 'retry';
  /** How often it has been tried by now. */
  readonly attempts: number;
}

/** What applying events needs to know. */
export interface ApplyContext {
  readonly projection: Projection;
  /** Every event type that any module of this build defines; others cannot be applied. */
  readonly knownTypes: ReadonlySet<string>;
  /** What the generation has set aside; brought up to date with each commit. */
  readonly parked: ParkedIndex;
  readonly parkedEntitiesMax: number;
  readonly judge: (event: RecordedEvent, error: unknown) => Verdict;
  readonly diagnose: (error: unknown) => ViewTrouble;
}

/** So much has been set aside that the projection stops. */
export class ParkingLimitError extends Error {
  override readonly name = 'ParkingLimitError';
}

/** Thrown out of a transaction to end it before the command that is to be tried again. */
class TryAgain extends Error {
  constructor(
    readonly event: RecordedEvent,
    override readonly cause: unknown,
  ) {
    super('Try again');
  }
}

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
export function applyPage(store: ViewStore, page: readonly RecordedEvent[], context: ApplyContext): Applied {
  try {
    return commit(store, page, context, applyPlainly);
  } catch (error) {
    if (context.diagnose(error) !== 'other') throw error;
    return applyUpToFailure(store, page, context);
  }
}

function applyUpToFailure(store: ViewStore, page: readonly RecordedEvent[], context: ApplyContext): Applied {
  if (page.length === 0) return { changes: [], checkpoint: store.checkpoint() };
  try {
    return commit(store, page, context, applyCarefully);
  } catch (error) {
    if (!(error instanceof TryAgain)) throw error;
    const culprit = page.findIndex(({ commandId }) => commandId === error.event.commandId);
    const before = applyUpToFailure(store, page.slice(0, culprit), context);
    return { failure: { error: error.cause }, ...before };
  }
}

type Apply = (batch: Batch, event: RecordedEvent, desk: Desk) => void;

function commit(
  store: ViewStore,
  page: readonly RecordedEvent[],
  context: ApplyContext,
  apply: Apply,
): Applied {
  const desk = createDesk(context);
  const checkpoint = page.at(-1)?.position ?? store.checkpoint();
  const changes = store.commit(checkpoint, (batch) => {
    for (const event of page) apply(batch, event, desk);
  });
  context.parked.apply(desk.change());
  return { changes, checkpoint };
}

/** What one transaction sets aside and releases, on top of what was set aside before. */
export interface Desk {
  readonly context: ApplyContext;
  /** The entity, one of these, that has something set aside. */
  blocking(entities: readonly string[]): string | undefined;
  /** Sets an event aside with its failure, or behind others of its entity where there is none. */
  park(batch: Batch, event: RecordedEvent, entity: string, failure?: Failure): void;
  release(batch: Batch, position: number, entity: string): void;
  change(): ParkedChange;
}

/** Why an event could not be applied, how often it was tried, and since when it is set aside (now, when left out). */
export interface Failure {
  readonly error: unknown;
  readonly attempts: number;
  readonly parkedAt?: number;
}

/** A desk for one transaction. Throws a ParkingLimitError where too much is set aside. */
export function createDesk(context: ApplyContext): Desk {
  const { parked: index, parkedEntitiesMax, projection } = context;
  const parked: ParkedEvent[] = [];
  const released: { position: number; entity: string }[] = [];
  const fresh = new Set<string>();
  const isBlocking = (entity: string): boolean => fresh.has(entity) || index.first(entity) !== undefined;
  return {
    context,
    blocking: (entities) =>
      fresh.size === 0 && index.events() === 0 ? undefined : entities.find(isBlocking),
    park: (batch, event, entity, failure) => {
      if (!isBlocking(entity) && index.entities() + fresh.size >= parkedEntitiesMax) {
        throw new ParkingLimitError(
          `Events of ${parkedEntitiesMax} entities are set aside in ${projection.name}, which is the most. ` +
            'Mend what fails and retry them, skip them, or rebuild.',
          { cause: failure?.error },
        );
      }
      const row = parkedEvent(event, entity, failure);
      batch.park(row);
      parked.push(row);
      fresh.add(entity);
    },
    release: (batch, position, entity) => {
      batch.release(position);
      released.push({ position, entity });
    },
    change: () => ({ parked, released }),
  };
}

function parkedEvent(event: RecordedEvent, entity: string, failure: Failure | undefined): ParkedEvent {
  const { position, type, commandId } = event;
  const at = { position, entity, type, commandId, parkedAt: failure?.parkedAt ?? Date.now() };
  if (failure === undefined) return { ...at, error: null, stack: null, attempts: 0 };
  const { error, attempts } = failure;
  const stack = error instanceof Error ? (error.stack ?? null) : null;
  return { ...at, error: messageOf(error), stack, attempts };
}

function applyPlainly(batch: Batch, event: RecordedEvent, desk: Desk): void {
  if (!concerns(event, desk.context)) return;
  const decoded = decode(event, desk.context);
  const blocking = desk.blocking(entitiesOf(event, decoded, desk.context.projection));
  if (blocking === undefined) handle(batch, decoded, desk.context.projection);
  else desk.park(batch, event, blocking);
}

function applyCarefully(batch: Batch, event: RecordedEvent, desk: Desk): void {
  const { context } = desk;
  const failure = attempt(batch, event, desk);
  if (failure === undefined) return;
  const { action, attempts } = context.judge(event, failure.error);
  if (action === 'retry') throw new TryAgain(event, failure.error);
  if (action === 'skip') return;
  desk.park(batch, event, failure.entity, { error: failure.error, attempts });
  markDegraded(batch, failure.entity, true, context.projection);
}

/** What came of an event that could not be applied: why, and what is set aside with it. */
export interface FailedAttempt {
  readonly error: unknown;
  readonly entity: string;
}

/**
 * Applies one event on its own, or queues it behind its entity (unless that is the one whose turn it is); a failure
 * leaves no trace in the rows.
 */
export function attempt(
  batch: Batch,
  event: RecordedEvent,
  desk: Desk,
  turnOf?: string,
): FailedAttempt | undefined {
  const { context } = desk;
  const blockingOf = (entities: readonly string[]): string | undefined =>
    desk.blocking(entities.filter((candidate) => candidate !== turnOf));
  // Until it is decoded, its first tag is all that is known of it.
  let entity = event.tags[0] ?? '';
  let blocking: string | undefined;
  const failed = batch.attempt(() => {
    if (!concerns(event, context)) return;
    blocking = blockingOf([entity]);
    if (blocking !== undefined) return;
    const decoded = decode(event, context);
    const entities = entitiesOf(event, decoded, context.projection);
    entity = entities.at(-1) ?? entity;
    blocking = blockingOf(entities);
    if (blocking === undefined) handle(batch, decoded, context.projection);
  });
  if (blocking !== undefined) desk.park(batch, event, blocking);
  return failed && { error: failed.error, entity };
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

/** What the event is queued behind, and last what it is set aside with. */
function entitiesOf(
  event: RecordedEvent,
  [first]: readonly Recorded[],
  projection: Projection,
): readonly string[] {
  const tag = event.tags[0] ?? '';
  const own = first === undefined ? undefined : projection.entity?.(first);
  return own === undefined || own === tag ? [tag] : [tag, own];
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
