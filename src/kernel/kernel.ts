import type { Bounds } from './bounded-map.js';
import {
  createCommandBus,
  type CommandBus,
  type CommandHandler,
  type CommandMiddleware,
} from './command-bus.js';
import type { CommandType } from './commands.js';
import type { AnyDecider, Decider, InputMap } from './decider.js';
import { CompositionError } from './errors.js';
import { createEventReader, type EventReader } from './event-reader.js';
import type { EventMap } from './events.js';
import { WAITERS_MAX } from './freshness.js';
import { openGenerations } from './generations.js';
import { createHistory, type History } from './history.js';
import { handleWith, type DecideOptions } from './handle-command.js';
import type { EventLog } from './log.js';
import { createLines } from './lines.js';
import { createMemoryOperations, standingOf, type OperationLog, type Standing } from './operation-log.js';
import { createOperations, type Operations } from './operations.js';
import type { Projection } from './projection.js';
import type { ProjectionStatus } from './projection-status.js';
import { createProjector, type Projector } from './projector.js';
import { createQueryBus, type AnyQuery, type QueryBus, type ReadWait } from './queries.js';
import { followOperations } from './shared-operations.js';
import { createSnapshotting } from './snapshotting.js';
import type { SnapshotStore } from './snapshots.js';
import { createStateCache } from './state-cache.js';
import type { AdoptOptions, Adoption, ViewEngine } from './views.js';

/** A domain, as plain data: what it decides, projects and answers. */
export interface Module {
  /** What messages call it. */
  readonly name: string;
  /** What it decides; names are unique in a kernel. */
  readonly deciders?: readonly AnyDecider[];
  /** Commands served by handlers of their own instead of a decider. */
  readonly commands?: readonly CommandType[];
  /** The handlers of `commands`; they write to the log themselves. */
  readonly handlers?: (log: EventLog) => readonly CommandHandler[];
  /** Its views; names are unique in a kernel. */
  readonly projections?: readonly Projection[];
  /** What it answers, from views of any module. */
  readonly queries?: readonly AnyQuery[];
}

/** How much a kernel takes on at a time. */
export interface KernelLimits {
  /** Commands on their way: COMMANDS_IN_FLIGHT_MAX when left out. */
  readonly commandsInFlight: number;
  /** Reads that wait for one projection: WAITERS_MAX when left out. */
  readonly waiters: number;
}

/** What a kernel is made of. */
export interface KernelOptions {
  /** Where events are written and read; its owner's to close. */
  readonly log: EventLog;
  /** Where projections have their rows. */
  readonly views: ViewEngine;
  /** The domains that it runs. */
  readonly modules: readonly Module[];
  /** Goes around every command, the first one outermost. None when left out. */
  readonly middleware?: readonly CommandMiddleware[];
  /** How many folded states to keep in memory, and how many bytes of them; 10,000 and 64 MiB when left out. */
  readonly states?: Partial<Bounds>;
  /** Where snapshots are kept of the deciders that ask for them; the store is its owner's to close. None when left out. */
  readonly snapshots?: SnapshotStore;
  /** Told of a decider's snapshot that could not be read or written, once until it works again; commands go on. */
  readonly onSnapshotFailure?: (decider: string, error: unknown) => void;
  /** How many events a projection applies in one transaction at most. */
  readonly projectionBatchMax?: number;
  /** How much it takes on at a time. */
  readonly limits?: Partial<KernelLimits>;
  /** Told of each failed attempt of a projection, which goes on by itself. */
  readonly onProjectionFailure?: (projection: string, error: unknown) => void;
  /** What operators did, which says what is paused and skipped; kept in memory where left out. */
  readonly operations?: OperationLog;
  /** Told of each read that asked for a position, when its wait was over. */
  readonly onReadAfter?: (wait: ReadWait) => void;
  /** Told when views are built anew although the projection's version is the same. */
  readonly onProjectionNotice?: (projection: string, notice: string) => void;
  /** Told of each projection that had no views yet whether a copy of them was taken from elsewhere. */
  readonly onProjectionAdoption?: (projection: string, adoption: Adoption) => void;
  /** How many entities a projection sets aside before it stops instead; PARKED_ENTITIES_MAX where left out. */
  readonly parkedEntitiesMax?: number;
}

/** A composed application: its buses and its projections. */
export interface Kernel {
  readonly log: EventLog;
  readonly commands: CommandBus;
  readonly queries: QueryBus;
  readonly projectors: ReadonlyMap<string, Projector>;
  readonly operations: Operations;
  /** The log, for people to look at. */
  readonly events: EventReader;
  readonly history: History;
  /** What each projection is doing now, in the order of the modules. */
  status(): readonly ProjectionStatus[];
  /** Starts the projections; returns at once. */
  start(): void;
  /**
   * Stops the projections after the batch at hand, closes the views and writes the snapshots that wait; the log and the
   * snapshots are their owner's to close.
   */
  stop(): Promise<void>;
}

/** Puts an application together. Rejects with a CompositionError where the modules do not fit. */
export async function createKernel(options: KernelOptions): Promise<Kernel> {
  const { log, modules, middleware = [], limits = {} } = options;
  const snapshots = snapshottingOf(options);
  const deciding = { log, cache: createStateCache(options.states), snapshots, lines: createLines() };
  const commands = createCommandBus({
    commands: modules.flatMap(declaredCommands),
    handlers: modules.flatMap((module) => handlersOf(module, deciding)),
    middleware,
    inFlightMax: limits.commandsInFlight,
  });
  checkDeciders(modules);
  checkProjections(modules);
  const operationLog = options.operations ?? createMemoryOperations();
  const standing = await standingOf(operationLog);
  const projectors = await createProjectors(options, standing);
  const shared = followOperations({ log: operationLog, projectors, after: standing.through });
  const operations = createOperations(projectors, shared.log);
  const queries = createQueryBus(
    modules.flatMap((module) => module.queries ?? []),
    projectors,
    log,
    options.onReadAfter,
  );
  const all = [...projectors.values()];
  const { waiters = WAITERS_MAX } = limits;
  for (const { freshness } of all) freshness.limitWaiters(waiters);
  return {
    log,
    commands,
    queries,
    projectors,
    operations,
    events: createEventReader(log),
    history: createHistory({ log, projectors, knownTypes: knownTypes(modules) }),
    status: () => all.map((projector) => projector.status()),
    start: () => {
      for (const projector of all) projector.start();
    },
    stop: async () => {
      shared.stop();
      await Promise.all([...all.map((projector) => projector.stop()), snapshots?.settle()]);
    },
  };
}

// Deciders are listed without their types; each is only ever called through its own commands.
type LooseDecider = Decider<EventMap, InputMap, unknown>;

function decidersOf(module: Module): readonly LooseDecider[] {
  return (module.deciders ?? []) as unknown as readonly LooseDecider[];
}

function declaredCommands(module: Module): readonly CommandType[] {
  const ofDeciders = decidersOf(module).flatMap((decider) => Object.values(decider.commands));
  return [...ofDeciders, ...(module.commands ?? [])];
}

function snapshottingOf({ log, snapshots: store, onSnapshotFailure: onFailure }: KernelOptions) {
  return store && createSnapshotting({ store, log, onFailure });
}

function handlersOf(module: Module, deciding: DecideOptions): readonly CommandHandler[] {
  const ofDeciders = decidersOf(module).flatMap((decider) => {
    const handle = handleWith(decider, deciding);
    return Object.keys(decider.decide).map((command) => ({ command, handle }));
  });
  return [...ofDeciders, ...(module.handlers?.(deciding.log) ?? [])];
}

/** States and snapshots go by the decider's name. */
function checkDeciders(modules: readonly Module[]): void {
  const names = modules.flatMap(decidersOf).map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new CompositionError(`The decider ${twice} is defined twice.`);
}

function checkProjections(modules: readonly Module[]): void {
  const names = modules.flatMap((module) => module.projections ?? []).map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new CompositionError(`The projection ${twice} is defined twice.`);
}

/** Every event type that any of the modules reads, retired ones included. */
export function knownTypes(modules: readonly Module[]): ReadonlySet<string> {
  const catalogues = modules.flatMap((module) => [...decidersOf(module), ...(module.projections ?? [])]);
  return new Set(catalogues.flatMap(({ events }) => [...events.types, ...Object.keys(events.retired)]));
}

function has(log: EventLog): AdoptOptions['has'] {
  return async ({ position, commandId }) => {
    const [event] = await log.read('all', { after: position - 1, limit: 1 });
    return event?.position === position && event.commandId === commandId;
  };
}

async function createProjectors(
  options: KernelOptions,
  { paused, skips }: Standing,
): Promise<ReadonlyMap<string, Projector>> {
  const { log, views, modules, projectionBatchMax: batchMax, onProjectionFailure: onFailure } = options;
  const head = await log.head();
  const settings = {
    knownTypes: knownTypes(modules),
    batchMax,
    onFailure,
    parkedEntitiesMax: options.parkedEntitiesMax,
  };
  const projectors = new Map<string, Projector>();
  try {
    for (const projection of modules.flatMap((module) => module.projections ?? [])) {
      const { name } = projection;
      const adoption = await views.adopt?.({ projection, log: log.identity, head, has: has(log) });
      if (adoption !== undefined) options.onProjectionAdoption?.(name, adoption);
      const generations = openGenerations(views, projection, log.identity, head);
      if (generations.notice !== null) options.onProjectionNotice?.(name, generations.notice);
      const standing = { paused: paused.has(name), skips: new Set(skips.get(name)) };
      projectors.set(
        name,
        createProjector({ ...settings, ...standing, projection, generations, views, log, head }),
      );
    }
    return projectors;
  } catch (error) {
    // Nobody will stop those that are open already.
    for (const projector of projectors.values()) await projector.stop();
    throw error;
  }
}
