import 'reflect-metadata/lite';
import { join } from 'node:path';
import { openSqliteLog, sqliteViews, type SqliteLog } from '../src/engines/sqlite/index.js';
import { createKernel, deadlineIn, type EventLog, type Kernel } from '../src/kernel/index.js';
import { orders } from '../src/orders/index.js';

/** The longest wait for views to catch up, in ms. */
const CATCH_UP_MAX_MS = 120_000;

/** A kernel without an edge, on a log that it closes. */
export interface InProcess<Log extends EventLog = SqliteLog> {
  readonly kernel: Kernel;
  readonly log: Log;
  readonly close: () => Promise<void>;
}

/** Whether there are projections, and whether they ask every so often for news instead of being told. */
export interface Composition {
  readonly projections: boolean;
  readonly pollMs?: number;
}

/** Composes the orders domain in a folder; without projections, commands only. */
export async function composeIn(folder: string, { projections, pollMs }: Composition): Promise<InProcess> {
  const log = openSqliteLog({ file: join(folder, 'log.sqlite'), durability: 'full' });
  return composeOn(log, folder, projections, pollMs === undefined ? log : polled(log, pollMs));
}

/** The same on a log of any kind, with its views in the folder; `seen` is the log as the kernel sees it. */
export async function composeOn<Log extends EventLog & { close(): unknown }>(
  log: Log,
  folder: string,
  projections: boolean,
  seen: EventLog = log,
): Promise<InProcess<Log>> {
  const kernel = await createKernel({
    log: seen,
    views: sqliteViews(join(folder, 'views')),
    modules: [projections ? orders : { ...orders, projections: [], queries: [] }],
    onProjectionFailure: (projection, error): never => {
      throw new Error(`The projection ${projection} failed.`, { cause: error });
    },
  });
  kernel.start();
  return {
    kernel,
    log,
    close: async () => {
      await kernel.stop();
      await log.close();
    },
  };
}

/** Resolves when every projection has applied the whole log. */
export async function caughtUp({ log, projectors }: Pick<Kernel, 'log' | 'projectors'>): Promise<void> {
  const head = await log.head();
  const deadline = deadlineIn(CATCH_UP_MAX_MS);
  const outcomes = await Promise.all(
    [...projectors.values()].map(({ freshness }) => freshness.wait(head, deadline)),
  );
  if (outcomes.some((outcome) => outcome !== 'reached')) throw new Error('The views did not catch up.');
}

/** The log as projections see it that look for news by the clock: until the next look nothing is new. */
function polled(log: SqliteLog, pollMs: number): SqliteLog {
  let seen = 0;
  return {
    ...log,
    read: async (scope, options) =>
      (await log.read(scope, options)).filter(({ position }) => scope !== 'all' || position <= seen),
    onAppend: (listener) => {
      const timer = setInterval(() => {
        void log.head().then((head) => {
          seen = head;
          listener(head);
        });
      }, pollMs);
      return () => {
        clearInterval(timer);
      };
    },
  };
}
