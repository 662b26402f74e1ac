import { deadlineIn, type Deadline } from './deadline.js';
import { CompositionError, TidemarkError } from './errors.js';
import type { EventLog } from './log.js';
import type { Projection } from './projection.js';
import type { Projector } from './projector.js';
import type { ViewStore } from './views.js';

/** How long a read may wait for its position when the caller does not say, in ms. */
export const READ_AFTER_TIMEOUT_MS = 2_000;
/** The longest wait a caller may ask for where nobody says, in ms. */
export const READ_AFTER_TIMEOUT_MAX_MS = 5_000;

/** A query: the projections it reads, and how. `prepare` runs once for each generation; what it returns, each time. */
export interface Query<Input, Output, Views extends object = object> {
  readonly name: string;
  readonly reads: { readonly [V in keyof Views]: Projection };
  /** The entities that the answer is about, as projections name them: a read that has to see a parked event says so. */
  readonly entities?: (input: Input) => readonly string[];
  /** Gets the engine's read-only handle of each projection; prepares the statements; returns the reader. */
  readonly prepare: (views: Views) => (input: Input) => Output;
}

/** A query of any types, as modules list it. */
export interface AnyQuery {
  readonly name: string;
  readonly reads: object;
  /** The entities that the answer is about, as in `Query`. */
  // Methods, so that a query of any input and views is one; the bus gives each what it was defined with.
  entities?(input: never): readonly string[];
  /** Prepares the reader, as in `Query`. */
  prepare(views: never): (input: never) => unknown;
}

/** A position that an answer must have reached, until when to wait for it, and what to do if it has not. */
export interface ReadAfter {
  /** The position that the views must have reached. */
  readonly position: number;
  /** Until when the read waits, as `deadlineIn` makes it. */
  readonly deadline: Deadline;
  /** What happens then: an answer that says it is stale, or STALE_READ. */
  readonly onTimeout: 'STALE' | 'ERROR';
}

/** How fresh an answer is: the position it was read at, the log's head, and what the wait came to. */
export interface Consistency {
  /** The oldest checkpoint of the views that were read. */
  readonly position: number;
  /** The end of the log, as far as the projections know. */
  readonly head: number;
  /** How old the oldest event is that the views do not show, in ms; 0 where they show all. */
  readonly lagMs: number;
  /** True when the caller asked for a position that was not reached in time. */
  readonly stale: boolean;
  /** How long the read waited, in ms. */
  readonly waitedMs: number;
  /** How many events are set aside in what was read; of the entity alone where the query is about one. */
  readonly parked: number;
}

/** What a query found, and how fresh that is. */
export interface Answer<Output> {
  readonly value: Output;
  readonly consistency: Consistency;
}

/** What may go along with a query. */
export interface AskOptions {
  /** The position to wait for; reads at once when left out. */
  readonly readAfter?: ReadAfter | undefined;
  /** Aborts the wait when nobody needs the answer any more. */
  readonly signal?: AbortSignal | undefined;
  /** Called in the turn of the read itself, before anything can change. */
  readonly onRead?: ((consistency: Consistency) => void) | undefined;
}

/** What a read that asked for a position came to. */
export interface ReadWait {
  readonly waitedMs: number;
  /** Whether the position was not reached in time. */
  readonly stale: boolean;
}

/** Takes queries to the views they read. */
export interface QueryBus {
  /**
   * Waits for `readAfter` where given, then reads. Rejects with STALE_READ (where the caller wants an error),
   * UNKNOWN_POSITION (ahead of the log) or OVERLOADED.
   */
  ask<Input, Output, Views extends object>(
    query: Query<Input, Output, Views>,
    input: Input,
    options?: AskOptions,
  ): Promise<Answer<Output>>;
}

/** Defines a query; the views' types are those that `prepare` names. */
export function defineQuery<Input, Output, Views extends object>(
  definition: Query<Input, Output, Views>,
): Query<Input, Output, Views> {
  return definition;
}

/** A `readAfter` that waits at most `timeoutMs`; a longer wait than `timeoutMaxMs` is cut to it. */
export function readAfter(
  position: number,
  timeoutMs: number = READ_AFTER_TIMEOUT_MS,
  onTimeout: ReadAfter['onTimeout'] = 'STALE',
  timeoutMaxMs: number = READ_AFTER_TIMEOUT_MAX_MS,
): ReadAfter {
  return { position, deadline: deadlineIn(Math.min(timeoutMs, timeoutMaxMs)), onTimeout };
}

/** A bus for exactly these queries; a second one of a name or an unknown projection is a CompositionError now. */
export function createQueryBus(
  queries: readonly AnyQuery[],
  projectors: ReadonlyMap<string, Projector>,
  log: EventLog,
  onReadAfter?: (wait: ReadWait) => void,
): QueryBus {
  const routes = new Map<string, ReturnType<typeof bind>>();
  for (const query of queries) {
    if (routes.has(query.name)) throw new CompositionError(`The query ${query.name} is defined twice.`);
    routes.set(query.name, bind(query, projectors));
  }
  return {
    ask: async (query, input, { readAfter: wanted, signal, onRead } = {}) => {
      const route = routes.get(query.name);
      if (route === undefined || route.query !== (query as unknown)) {
        throw new CompositionError(`The query ${query.name} is not on this bus.`);
      }
      // First, as nothing is worth a wait for a position that will not come.
      if (wanted !== undefined) await refuseUnknown(wanted.position, checkpointMax(route.projectors), log);
      await untilServed(route.projectors, wanted?.deadline, signal);
      const entities = query.entities?.(input);
      const wait = await waitFor(wanted, entities, route.projectors, signal);
      if (wanted !== undefined) onReadAfter?.(wait);
      const value = readNow(route, input as never);
      const consistency = consistencyOf(route.projectors, entities, wait);
      onRead?.(consistency);
      // Each query is bound with its own input and output types.
      return { value: value as never, consistency };
    },
  };
}

const NO_WAIT: ReadWait = { stale: false, waitedMs: 0 };

function bind(query: AnyQuery, all: ReadonlyMap<string, Projector>) {
  // Its views are whatever it was defined with: all of them projections.
  const reads = query.reads as { readonly [view: string]: Projection };
  const views = Object.entries(reads).map(([view, { name }]) => {
    const projector = all.get(name);
    if (projector === undefined)
      throw new CompositionError(`The query ${query.name} reads ${name}, which no module has.`);
    return { view, projector };
  });
  if (views.length === 0)
    throw new CompositionError(`The query ${query.name} must name the projections it reads.`);
  let stores: readonly ViewStore[] = [];
  let run: (input: never) => unknown;
  // A new generation is another file: its statements are prepared when it is first read.
  const read = (input: never): unknown => {
    if (views.some(({ projector }, index) => projector.store() !== stores[index])) {
      const current = views.map(({ projector }) => projector.store());
      run = query.prepare(
        Object.fromEntries(views.map(({ view }, i) => [view, current[i]?.reader])) as never,
      );
      stores = current;
    }
    return run(input);
  };
  return { query, read, projectors: views.map(({ projector }) => projector) };
}

/** Refuses a position that the log has not reached; whoever holds it has another log's, or made it up. */
export async function refuseUnknown(
  position: number,
  knownHead: number,
  log: Pick<EventLog, 'head'>,
): Promise<void> {
  if (position <= knownHead || position <= (await log.head())) return;
  throw new TidemarkError(
    'UNKNOWN_POSITION',
    'This position lies ahead of the log. Use one that this service returned.',
  );
}

function checkpointMax(projectors: readonly Projector[]): number {
  return Math.max(...projectors.map(({ freshness }) => freshness.checkpoint()));
}

/** Views that are being built from nothing are waited for, never shown half-built. */
async function untilServed(
  projectors: readonly Projector[],
  deadline: Deadline | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const projector of projectors) {
    const { projection, freshness } = projector;
    const position = projector.servesFrom();
    if (position === 0) continue;
    const outcome = await freshness.wait(position, deadline ?? deadlineIn(READ_AFTER_TIMEOUT_MS), signal);
    if (outcome !== 'reached') throw beingBuilt(projection);
  }
}

function beingBuilt({ name }: Projection, cause?: unknown): TidemarkError {
  return new TidemarkError('UNAVAILABLE', `The ${name} view is being built. Try again in a moment.`, {
    cause,
  });
}

function readNow({ read, projectors }: ReturnType<typeof bind>, input: never): unknown {
  // Views that were served when the wait for them ended may have been found damaged since.
  const building = projectors.find((projector) => projector.servesFrom() > 0);
  if (building !== undefined) throw beingBuilt(building.projection);
  try {
    return read(input);
  } catch (error) {
    throw failedRead(projectors, error);
  }
}

/** An error does not tell which of several views it came from: all that the query reads are held responsible. */
function failedRead(projectors: readonly Projector[], error: unknown): unknown {
  const [trouble] = projectors.map((projector) => projector.failedRead(error));
  const [projector] = projectors;
  if (projector === undefined || trouble === 'other') return error;
  if (trouble === 'damaged') return beingBuilt(projector.projection, error);
  const message = `The ${projector.projection.name} view cannot be read now. Try again in a moment.`;
  return new TidemarkError('UNAVAILABLE', message, { cause: error });
}

async function waitFor(
  wanted: ReadAfter | undefined,
  entities: readonly string[] | undefined,
  projectors: readonly Projector[],
  signal: AbortSignal | undefined,
): Promise<ReadWait> {
  if (wanted === undefined) return NO_WAIT;
  const { position, deadline, onTimeout } = wanted;
  // What is set aside does not come while one waits for it.
  if (isParked(entities, position, projectors)) return parkedRead(onTimeout);
  if (projectors.every(({ freshness }) => freshness.checkpoint() >= position)) return NO_WAIT;
  const started = performance.now();
  const outcomes = await Promise.all(
    projectors.map(({ freshness }) => freshness.wait(position, deadline, signal)),
  );
  const stale = outcomes.some((outcome) => outcome !== 'reached');
  const waitedMs = Math.round((performance.now() - started) * 1_000) / 1_000;
  if (isParked(entities, position, projectors)) return { ...parkedRead(onTimeout), waitedMs };
  if (stale && onTimeout === 'ERROR') {
    throw new TidemarkError(
      'STALE_READ',
      `The views had not reached the position after ${Math.round(waitedMs)} ms.`,
    );
  }
  return { stale, waitedMs };
}

function isParked(
  entities: readonly string[] = [],
  position: number,
  projectors: readonly Projector[],
): boolean {
  return projectors.some((projector) =>
    entities.some((entity) => (projector.parkedSince(entity) ?? Infinity) <= position),
  );
}

function parkedRead(onTimeout: ReadAfter['onTimeout']): ReadWait {
  if (onTimeout === 'STALE') return { stale: true, waitedMs: 0 };
  throw new TidemarkError(
    'STALE_READ',
    'An event of this could not be applied and is set aside, with all that came after it. Operators can retry it.',
  );
}

function consistencyOf(
  projectors: readonly Projector[],
  entities: readonly string[] | undefined,
  wait: ReadWait,
): Consistency {
  let parked = 0;
  let position = Infinity;
  let head = 0;
  let lagMs = 0;
  for (const projector of projectors) {
    const status = projector.status();
    position = Math.min(position, status.checkpoint);
    head = Math.max(head, status.head);
    lagMs = Math.max(lagMs, status.lagMs);
    parked += entities === undefined ? status.parked : parkedOf(projector, entities);
  }
  return { position, head, lagMs, ...wait, parked };
}

function parkedOf(projector: Projector, entities: readonly string[]): number {
  return entities.reduce((sum, entity) => sum + projector.parkedCount(entity), 0);
}
