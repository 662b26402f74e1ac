import { createMemoryLog } from '../engines/memory/index.js';
import {
  createKernel,
  type AnyRow,
  type CommandEnvelope,
  type CommandResult,
  type CommandType,
  type Kernel,
  type Module,
  type Query,
  type RecordedEvent,
} from '../kernel/index.js';
import { HandlerError } from './apply.js';
import { createClock, createIds, type Clock } from './clock.js';
import { rowsIn } from './stored-rows.js';
import { tempViews } from './temp-views.js';
import { untilCaughtUp } from './until-caught-up.js';

/** What an app for tests is made of. */
export interface TestAppOptions {
  /** The domains to run. */
  readonly modules: readonly Module[];
  /** What time it is at first, in ms since 1970; the beginning of 2026 when left out. */
  readonly now?: number;
}

/**
 * A whole application without a server: the log in memory, the views in SQLite, and a clock that stands still. The same
 * calls make the same events each time, ids and times included.
 */
export interface TestApp extends AsyncDisposable {
  /** For what has no shorthand here. */
  readonly kernel: Kernel;
  /** The time at which commands are issued and events recorded. Waits and lags are measured in real time. */
  readonly clock: Clock;
  /**
   * Sends a command at the time of the clock; commands are handled one after the other, in the order in which they were
   * sent. Rejects with a TidemarkError as the service's bus does; a business "no" is a result.
   */
  send<Input>(
    command: CommandType<Input>,
    input: unknown,
    envelope?: CommandEnvelope,
  ): Promise<CommandResult>;
  /** Asks once `caughtUp` has resolved; rejects where that does, and with a TidemarkError as the query bus does. */
  ask<Input, Output, Views extends object>(query: Query<Input, Output, Views>, input: Input): Promise<Output>;
  /**
   * Resolves when the views show every command that was sent before. Rejects with a HandlerError where an event could not
   * be applied and is set aside, which a service only says of the rows in question.
   */
  caughtUp(): Promise<void>;
  /** Everything in the log, once what was sent before is there. */
  events(): Promise<readonly RecordedEvent[]>;
  /**
   * A table's rows in the order of its key, once `caughtUp` has resolved; the projection has to be named where several
   * have a table of that name. Rejects with a TypeError where there is no such table.
   */
  rows(table: string, projection?: string): Promise<readonly AnyRow[]>;
  /** Ends it and removes its files; `await using` does so too. */
  stop(): Promise<void>;
}

const BEGINNING_OF_2026 = Date.UTC(2026, 0, 1);

/** Starts an application of these modules. Rejects with a CompositionError where they do not fit. */
export async function createTestApp({ modules, now = BEGINNING_OF_2026 }: TestAppOptions): Promise<TestApp> {
  const clock = createClock(now);
  const newId = createIds(clock);
  const { views, remove } = tempViews();
  const failures = new Map<string, unknown>();
  const kernel = await createKernel({
    log: createMemoryLog({ now: clock.now }),
    views,
    modules,
    middleware: [(command, next) => next({ ...command, freshId: newId() })],
    onProjectionFailure: (projection, error) => failures.set(projection, error),
  }).catch((error: unknown) => {
    remove();
    throw error;
  });
  kernel.start();
  let sent: Promise<unknown> = Promise.resolve();
  let stopped: Promise<void> | undefined;

  async function events(): Promise<readonly RecordedEvent[]> {
    await sent;
    return kernel.log.read('all', { after: 0, limit: Infinity });
  }

  async function caughtUp(): Promise<void> {
    await sent;
    await untilCaughtUp(kernel);
    for (const projector of kernel.projectors.values()) {
      const { projection } = projector;
      const [first] = projector.parked({ limit: 1 });
      const event = first && (await events())[first.position - 1];
      if (event !== undefined)
        throw new HandlerError(projection, event, failures.get(projection.name) ?? first?.error);
    }
  }

  const stop = (): Promise<void> => (stopped ??= kernel.stop().finally(remove));

  return {
    kernel,
    clock,
    send: (command, input, envelope) => {
      const whole = { commandId: newId(), issuedAt: clock.now(), ...envelope };
      const result = sent.then(() => kernel.commands.send(command, input, whole));
      sent = result.catch(() => undefined);
      return result;
    },
    ask: async (query, input) => {
      await caughtUp();
      return (await kernel.queries.ask(query, input)).value;
    },
    caughtUp,
    events,
    rows: async (table, projection) => {
      const projector = projectorWith(kernel, table, projection);
      await caughtUp();
      return rowsIn(projector.store(), projector.projection, table);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function projectorWith({ projectors }: Kernel, table: string, name: string | undefined) {
  const found = [...projectors.values()].filter(
    ({ projection }) => table in projection.tables && (name ?? projection.name) === projection.name,
  );
  const [projector, second] = found;
  if (projector === undefined)
    throw new TypeError(`${name ?? 'No projection'} has ${name === undefined ? 'a' : 'no'} table ${table}.`);
  if (second !== undefined)
    throw new TypeError(
      `Several projections have a table ${table}: name one of ${found.map(({ projection }) => projection.name).join(', ')}.`,
    );
  return projector;
}
