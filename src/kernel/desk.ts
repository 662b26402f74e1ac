import { messageOf } from './errors.js';
import type { RecordedEvent } from './log.js';
import type { ParkedChange, ParkedEvent, ParkedIndex } from './parked.js';
import type { Projection } from './projection.js';
import type { Batch, ViewTrouble } from './views.js';

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

/** What one transaction sets aside and releases, on top of what was set aside before. */
export interface Desk {
  readonly context: ApplyContext;
  /** The entity, one of these, of which something before the position is set aside or postponed. */
  blocking(entities: readonly string[], position: number): string | undefined;
  /** Why one more entity cannot be set aside; undefined where it can. */
  full(entity: string, cause: unknown): ParkingLimitError | undefined;
  /** Sets an event aside with its failure, or behind others of its entity where there is none. */
  park(batch: Batch, event: RecordedEvent, entity: string, failure?: Failure): void;
  /** The event is to be tried again: its command and all after it are not to be applied yet. */
  postpone(event: RecordedEvent, entity: string, error: unknown): void;
  /** The first event that was postponed, and why. */
  postponed(): { readonly event: RecordedEvent; readonly error: unknown } | undefined;
  release(batch: Batch, position: number, entity: string): void;
  change(): ParkedChange;
}

/** Why an event could not be applied, how often it was tried, and since when it is set aside (now, when left out). */
export interface Failure {
  readonly error: unknown;
  readonly attempts: number;
  readonly parkedAt?: number;
}

/** So much has been set aside that the projection stops. */
export class ParkingLimitError extends Error {
  override readonly name = 'ParkingLimitError';
}

/** A desk for one transaction. */
export function createDesk(context: ApplyContext): Desk {
  const { parked: index, parkedEntitiesMax: max, projection } = context;
  const parked: ParkedEvent[] = [];
  const released: { position: number; entity: string }[] = [];
  // Entities of which nothing was set aside before.
  const fresh = new Set<string>();
  const waiting = new Set<string>();
  let first: ReturnType<Desk['postponed']>;
  const isNew = (entity: string): boolean => !fresh.has(entity) && index.first(entity) === undefined;
  return {
    context,
    blocking: (entities, position) => {
      if (fresh.size + waiting.size === 0 && index.events() === 0) return undefined;
      return entities.find(
        (entity) => fresh.has(entity) || waiting.has(entity) || (index.first(entity) ?? Infinity) < position,
      );
    },
    full: (entity, cause) => {
      if (!isNew(entity) || index.entities() + fresh.size < max) return undefined;
      return new ParkingLimitError(
        `Events of ${max} entities are set aside in ${projection.name}, which is the most. ` +
          'Mend what fails and retry them, skip them, or rebuild.',
        { cause },
      );
    },
    park: (batch, event, entity, failure) => {
      const row = parkedEvent(event, entity, failure);
      batch.park(row);
      parked.push(row);
      if (isNew(entity)) fresh.add(entity);
    },
    postpone: (event, entity, error) => {
      waiting.add(entity);
      first ??= { event, error };
    },
    postponed: () => first,
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
