import 'reflect-metadata/lite';
import { join } from 'node:path';
import { openPostgresLog, type PostgresLog } from '../src/engines/postgres/index.js';
import { sqliteViews } from '../src/engines/sqlite/index.js';
import { createKernel, type Kernel } from '../src/kernel/index.js';
import { orders } from '../src/orders/index.js';

/** A kernel on a log that others share, without an edge. */
export interface ClusterKernel {
  readonly kernel: Kernel;
  readonly log: PostgresLog;
  readonly close: () => Promise<void>;
}

/** Composes the orders domain on a database; its views are in the folder, without projections there are none. */
export async function composeOn(url: string, folder: string, projections: boolean): Promise<ClusterKernel> {
  const log = await openPostgresLog({ url });
  const kernel = await createKernel({
    log,
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
