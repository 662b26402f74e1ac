import 'reflect-metadata/lite';
import { join } from 'node:path';
import { openSqliteLog, sqliteViews, type SqliteLog } from '../src/engines/sqlite/index.js';
import { createKernel, deadlineIn, type Kernel } from '../src/kernel/index.js';
import { orders } from '../src/orders/index.js';

/** The longest wait for views to catch up, in ms. */
const CATCH_UP_MAX_MS = 120_000;

/** A kernel over files of its own, without an edge. */
export interface InProcess {
  readonly kernel: Kernel;
  readonly log: SqliteLog;
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
  const modules = [projections ? orders : { ...orders, projections: [], queries: [] }];
  const fail = (projection: string, error: unknown): never => {
    throw new Error(`The projection ${projection} failed.`, { cause: error });
  };
  const kernel = await createKernel({
    log: pollMs === undefined ? log : polled(log, pollMs),
    views: sqliteViews(join(folder, 'views')),
    modules,
    onProjectionFailure: fail,
  });
  kernel.start();
  return {
    kernel,
    log,
    close: async () => {
      await kernel.stop();
      log.close();
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
