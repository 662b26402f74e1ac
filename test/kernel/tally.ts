import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import {
  type AnyQuery,
  createKernel,
  defineEvents,
  defineProjection,
  defineQuery,
  keyedBy,
  type EventLog,
  type Kernel,
  type Projection,
  type Projector,
} from '../../src/kernel/index.js';
import { append, event } from '../../src/testing/contract/samples.js';
import { migrationsOf } from '../support/migrations.js';
import { tempDir } from '../support/temp-dir.js';

interface Added {
  readonly counter: string;
  readonly by: number;
}

type TallyEvents = { readonly Added: Added; readonly Noted: { readonly note: string } };

const events = defineEvents<TallyEvents>({
  Added: { schema: z.object({ counter: z.string(), by: z.number() }), tags: () => ['thing:1'] },
  Noted: { schema: z.object({ note: z.string() }), tags: () => ['thing:1'] },
});

/** The sum of each counter. */
export const sums = sqliteTable('sums', {
  counter: text().primaryKey(),
  sum: integer().notNull(),
  position: integer().notNull(),
});

/** Each thing added. */
export const entries = sqliteTable(
  'entries',
  { counter: text().notNull(), position: integer().notNull(), by: integer().notNull() },
  (table) => [primaryKey({ columns: [table.counter, table.position] })],
);

/** What drizzle-kit would make of the tables. */
export const TABLES = `CREATE TABLE sums (counter text PRIMARY KEY NOT NULL, sum integer NOT NULL, position integer NOT NULL);
--> statement-breakpoint
CREATE TABLE entries (counter text NOT NULL, position integer NOT NULL, by integer NOT NULL, PRIMARY KEY (counter, position));`;

const tables = { sums: keyedBy(sums, 'counter'), entries: keyedBy(entries, 'counter', 'position') };

/** What a test may change about the projection. */
export interface TallyOptions {
  readonly name?: string;
  readonly version?: number;
  readonly migrations?: URL;
  readonly followed?: readonly (keyof typeof tables)[];
  /** Called for each event before its rows are written; may throw. */
  readonly before?: (data: Added) => void;
}

/** Adds up counters; `Noted` has no handler. */
export function tallyWith({
  name = 'tally',
  version = 1,
  migrations = migrationsOf(TABLES),
  followed = [],
  before,
}: TallyOptions = {}): Projection {
  return defineProjection<TallyEvents, typeof tables>({
    name,
    version,
    events,
    tables,
    migrations,
    followed,
    on: {
      Added: (rows, { data: { counter, by }, position }) => {
        rows.entries.put({ counter, position, by });
        before?.({ counter, by });
        const sum = (rows.sums.get({ counter })?.sum ?? 0) + by;
        rows.sums.put({ counter, sum, position });
      },
    },
  });
}

/** Every row of the tally, with the position at which it was read. */
export function rowsOf(...projections: readonly [Projection, ...Projection[]]) {
  return defineQuery({
    name: `rowsOf ${projections.map(({ name }) => name).join(' and ')}`,
    reads: Object.fromEntries(projections.map((projection) => [projection.name, projection])),
    prepare: (views: Readonly<Record<string, BetterSQLite3Database>>) => (_: undefined) => {
      const db = views[projections[0].name];
      return { sums: db?.select().from(sums).all() ?? [], entries: db?.select().from(entries).all() ?? [] };
    },
  });
}

/** How a kernel for projections is put together. */
export interface TallyKernelOptions {
  readonly log?: EventLog;
  readonly folder?: string;
  readonly batchMax?: number | undefined;
  readonly queries?: readonly AnyQuery[];
  readonly onFailure?: (projection: string, error: unknown) => void;
}

/** A kernel with these projections, not started; stopped after the test. */
export async function tallyKernel(
  projections: readonly Projection[],
  { log = createMemoryLog(), folder = tempDir(), batchMax, queries = [], onFailure }: TallyKernelOptions = {},
): Promise<Kernel> {
  const kernel = await createKernel({
    log,
    views: sqliteViews(folder),
    // Queries are listed without their types; each is asked with its own.
    modules: [{ name: 'tally', projections, queries }],
    ...(batchMax !== undefined && { projectionBatchMax: batchMax }),
    ...(onFailure !== undefined && { onProjectionFailure: onFailure }),
  });
  onTestFinished(() => kernel.stop());
  return kernel;
}

/** The projector of that name. */
export function projectorOf({ projectors }: Kernel, name = 'tally'): Projector {
  const projector = projectors.get(name);
  if (projector === undefined) throw new Error(`No projection ${name}.`);
  return projector;
}

/** Writes one command that adds each of the numbers to the counter; the position it ends at. */
export async function addAll(log: EventLog, counter: string, ...numbers: readonly number[]): Promise<number> {
  const outcome = await log.append(
    append(numbers.map((by) => event('thing:1', { type: 'Added', data: { counter, by } }))),
  );
  return outcome.position;
}

/** Writes one command with an event that the projection knows but does not handle. */
export async function note(log: EventLog, type = 'Noted'): Promise<number> {
  return (await log.append(append([event('thing:1', { type, data: { note: 'x' } })]))).position;
}
