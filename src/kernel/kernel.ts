import {
  createCommandBus,
  type CommandBus,
  type CommandHandler,
  type CommandMiddleware,
} from './command-bus.js';
import type { CommandType } from './commands.js';
import type { AnyDecider, Decider, InputMap } from './decider.js';
import { CompositionError } from './errors.js';
import type { EventMap } from './events.js';
import { WAITERS_MAX } from './freshness.js';
import { handleWith } from './handle-command.js';
import type { EventLog } from './log.js';
import type { Projection } from './projection.js';
import { createProjector, type ProjectionStatus, type Projector } from './projector.js';
import { createQueryBus, type AnyQuery, type QueryBus } from './queries.js';
import type { ViewEngine } from './views.js';

/** A domain, as plain data: what it decides, projects and answers. */
export interface Module {
  readonly name: string;
  readonly deciders?: readonly AnyDecider[];
  /** Commands served by handlers of their own instead of a decider. */
  readonly commands?: readonly CommandType[];
  readonly handlers?: (log: EventLog) => readonly CommandHandler[];
  readonly projections?: readonly Projection[];
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
  readonly log: EventLog;
  readonly views: ViewEngine;
  readonly modules: readonly Module[];
  readonly middleware?: readonly CommandMiddleware[];
  readonly projectionBatchMax?: number;
  readonly limits?: Partial<KernelLimits>;
  /** Told of each failed attempt of a projection, which goes on by itself. */
  readonly onProjectionFailure?: (projection: string, error: unknown) => void;
}

/** A composed application: its buses and its projections. */
export interface Kernel {
  readonly log: EventLog;
  readonly commands: CommandBus;
  readonly queries: QueryBus;
  readonly projectors: ReadonlyMap<string, Projector>;
  status(): readonly ProjectionStatus[];
  /** Starts the projections; returns at once. */
  start(): void;
  /** Stops the projections after the batch at hand and closes the views; the log is its owner's to close. */
  stop(): Promise<void>;
}

/** Puts an application together. Rejects with a CompositionError where the modules do not fit. */
export async function createKernel(options: KernelOptions): Promise<Kernel> {
  const { log, modules, middleware = [], limits = {} } = options;
  const commands = createCommandBus({
    commands: modules.flatMap(declaredCommands),
    handlers: modules.flatMap((module) => handlersOf(module, log)),
    middleware,
    inFlightMax: limits.commandsInFlight,
  });
  checkProjections(modules);
  const projectors = await createProjectors(options);
  const queries = createQueryBus(
    modules.flatMap((module) => module.queries ?? []),
    projectors,
    log,
  );
  const all = [...projectors.values()];
  const { waiters = WAITERS_MAX } = limits;
  for (const { freshness } of all) freshness.limitWaiters(waiters);
  return {
    log,
    commands,
    queries,
    projectors,
    status: () => all.map((projector) => projector.status()),
    start: () => {
      for (const projector of all) projector.start();
    },
    stop: async () => {
      await Promise.all(all.map((projector) => projector.stop()));
      for (const projector of all) projector.store().close();
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

function handlersOf(module: Module, log: EventLog): readonly CommandHandler[] {
  const ofDeciders = decidersOf(module).flatMap((decider) => {
    const handle = handleWith(decider, { log });
    return Object.keys(decider.decide).map((command) => ({ command, handle }));
  });
  return [...ofDeciders, ...(module.handlers?.(log) ?? [])];
}

function checkProjections(modules: readonly Module[]): void {
  const names = modules.flatMap((module) => module.projections ?? []).map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new CompositionError(`The projection ${twice} is defined twice.`);
}

/** Every event type that any of the modules defines. */
export function knownTypes(modules: readonly Module[]): ReadonlySet<string> {
  const catalogues = modules.flatMap((module) => [...decidersOf(module), ...(module.projections ?? [])]);
  return new Set(catalogues.flatMap(({ events }) => events.types));
}

async function createProjectors(options: KernelOptions): Promise<ReadonlyMap<string, Projector>> {
  const { log, views, modules, projectionBatchMax: batchMax, onProjectionFailure: onFailure } = options;
  const head = await log.head();
  const types = knownTypes(modules);
  const projectors = modules
    .flatMap((module) => module.projections ?? [])
    .map((projection) => {
      const store = views.open(projection, log.identity, head);
      return createProjector({ projection, store, views, log, head, knownTypes: types, batchMax, onFailure });
    });
  return new Map(projectors.map((projector) => [projector.projection.name, projector]));
}
