import { copyRows, openBarePostgres, recordAppends, type BareRow } from './bare-postgres.js';
import { openNode } from './cluster-node.js';
import type { ClusterModule, ClusterStore } from './cluster-store.js';
import { caughtUp } from './in-process.js';
import { order } from '../src/orders/index.js';
import { orderOf, subjectOf } from './workload.js';

/** Orders whose rows a process has ready for the bare log: more than it writes in a round. */
const ROWS_MAX = 24_000;
const PATTERN = 500;

let ready: Promise<readonly BareRow[]> | undefined;

/** Tidemark, and its own SQL without it. */
export const peer: ClusterModule = {
  stores: {
    'bare batched append': bare,
    'kernel, no projections': (url, folder) => kernelOn(url, folder, false),
    'kernel, three projections': (url, folder) => kernelOn(url, folder, true),
  },
};

async function kernelOn(url: string, folder: string, projections: boolean): Promise<ClusterStore> {
  const { kernel, close } = await openNode(url, folder, projections);
  return {
    createOrder: async (n) => subjectOf(await kernel.commands.send(order.commands.createOrder, orderOf(n))),
    ...(projections && { settle: () => caughtUp(kernel) }),
    close,
  };
}

async function bare(url: string, folder: string): Promise<ClusterStore> {
  // Used again in each round: its database is a new one.
  const rows = await (ready ??= prepare(folder));
  const log = await openBarePostgres(url);
  return {
    createOrder: (n) => {
      const row = rows[n];
      if (row === undefined) throw new Error('There are no more rows: prepare more of them.');
      return log.append(row);
    },
    close: async () => {
      log.close();
    },
  };
}

async function prepare(folder: string): Promise<readonly BareRow[]> {
  const pattern = await recordAppends(folder, async (commands) => {
    for (let n = 0; n < PATTERN; n += 1)
      subjectOf(await commands.send(order.commands.createOrder, orderOf(n)));
  });
  return Array.from({ length: ROWS_MAX / PATTERN }, () => copyRows(pattern)).flat();
}
