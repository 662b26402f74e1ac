import 'reflect-metadata/lite';
import type Database from 'better-sqlite3';
import { getTableName, type Table } from 'drizzle-orm';
import { createHash } from 'node:crypto';
import { sqliteViews } from '../../../src/engines/sqlite/index.js';
import { createKernel, type EventLog, type Projection, type ViewStore } from '../../../src/kernel/index.js';
import { orders } from '../../../src/orders/index.js';
import { until } from '../../support/until.js';

/** The projections of the service. */
export const projections: readonly Projection[] = orders.projections ?? [];

/** Each table's rows as sorted JSON texts. */
export type Dump = Readonly<Record<string, readonly string[]>>;

/** All rows of a projection's tables. */
export function dump({ tables }: Projection, store: Pick<ViewStore, 'reader'>): Dump {
  // A view's reader is a drizzle database over better-sqlite3.
  const { $client } = store.reader as { $client: Database.Database };
  return Object.fromEntries(
    Object.entries(tables).map(([name, { table }]) => {
      const rows = $client
        .prepare(`SELECT * FROM "${getTableName(table as unknown as Table)}"`)
        .raw()
        .all();
      return [name, rows.map((row) => JSON.stringify(row)).sort()];
    }),
  );
}

/** A short text that is equal for equal rows only. */
export function digest(projection: Projection, store: Pick<ViewStore, 'reader'>): string {
  return createHash('sha256')
    .update(JSON.stringify(dump(projection, store)))
    .digest('base64');
}

/** The first rows that differ, in words; undefined where all are equal. */
export function difference(live: Dump, replayed: Dump): string | undefined {
  for (const [table, rows] of Object.entries(replayed)) {
    const mine = live[table] ?? [];
    const at = rows.findIndex((row, index) => row !== mine[index]);
    if (at !== -1) return `${table}: ${mine[at] ?? 'no row'} instead of ${rows[at]}`;
    if (mine.length !== rows.length) return `${table}: ${mine.length} rows instead of ${rows.length}`;
  }
  return undefined;
}

/** The rows of a projection after a replay of the log from its start up to a position, into a folder of its own. */
export async function replay(
  projection: Projection,
  log: EventLog,
  through: number,
  folder: string,
): Promise<Dump> {
  const shorter: EventLog = {
    ...log,
    head: async () => through,
    read: async (scope, options) =>
      (await log.read(scope, options)).filter(({ position }) => position <= through),
  };
  const kernel = await createKernel({
    log: shorter,
    views: sqliteViews(folder),
    modules: [{ ...orders, projections: [projection], queries: [] }],
  });
  try {
    kernel.start();
    const projector = kernel.projectors.get(projection.name);
    if (projector === undefined) throw new Error(`There is no projector of ${projection.name}.`);
    await until(() => {
      const { checkpoint, lastError } = projector.status();
      if (checkpoint !== through) throw new Error(`The replay stands at ${checkpoint}. ${lastError ?? ''}`);
    });
    return dump(projection, projector.store());
  } finally {
    await kernel.stop();
  }
}

/** The digest of every projection at every position where a command ends, by projection and position. */
export async function digests(log: EventLog, folder: string): Promise<ReadonlyMap<string, string>> {
  const kernel = await createKernel({
    log,
    views: sqliteViews(folder),
    modules: [{ ...orders, queries: [] }],
    projectionBatchMax: 1,
  });
  const found = new Map<string, string>();
  try {
    const head = await log.head();
    for (const projector of kernel.projectors.values()) {
      const { projection } = projector;
      found.set(`${projection.name} 0`, digest(projection, projector.store()));
      projector.onCommit(({ checkpoint }) => {
        found.set(`${projection.name} ${checkpoint}`, digest(projection, projector.store()));
      });
    }
    kernel.start();
    await until(() => {
      const behind = kernel.status().find(({ checkpoint }) => checkpoint !== head);
      if (behind !== undefined) throw new Error(`${behind.name} stands at ${behind.checkpoint}.`);
    }, 60_000);
    return found;
  } finally {
    await kernel.stop();
  }
}
