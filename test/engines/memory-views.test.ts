import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import {
  defineEvents,
  defineProjection,
  keyedBy,
  messageOf,
  newId,
  type Batch,
  type RowsOf,
} from '../../src/kernel/index.js';
import { createMemoryViews } from '../../src/kernel/memory-views.js';
import { migrationsOf } from '../support/migrations.js';
import { tempDir } from '../support/temp-dir.js';

const pairs = sqliteTable(
  'pairs',
  { left: text().notNull(), right: integer().notNull(), note: text().notNull() },
  (table) => [primaryKey({ columns: [table.left, table.right] })],
);
const tables = { pairs: keyedBy(pairs, 'left', 'right') };
const SQL =
  'CREATE TABLE pairs (left text NOT NULL, right integer NOT NULL, note text NOT NULL, PRIMARY KEY (left, right));';

type Work = (rows: RowsOf<typeof tables>) => unknown;

const key = fc.record({ left: fc.constantFrom('a', 'b'), right: fc.nat(1) });
const work = (arbitrary: fc.Arbitrary<Work>): fc.Arbitrary<Work> => arbitrary;
const aWork = fc.oneof(
  work(key.map((at) => (rows) => rows.pairs.get(at))),
  work(
    fc.tuple(key, fc.string()).map(
      ([at, note]) =>
        (rows) =>
          rows.pairs.put({ ...at, note }),
    ),
  ),
  work(
    fc.tuple(key, fc.string()).map(
      ([at, note]) =>
        (rows) =>
          rows.pairs.patch(at, { note }),
    ),
  ),
  work(key.map((at) => (rows) => rows.pairs.patch(at, (row) => ({ note: `${row.note}!` })))),
  work(key.map((at) => (rows) => rows.pairs.patch(at, { right: 7 }))),
  work(key.map((at) => (rows) => rows.pairs.delete(at))),
  // What no type would let through.
  work(key.map((at) => (rows) => rows.pairs.put({ ...at, note: null as never }))),
  work(key.map((at) => (rows) => rows.pairs.patch(at, { note: undefined as never }))),
  work(fc.constant((rows) => rows.pairs.get({ left: 'a', right: null as never }))),
);

/** What the works return or throw, each attempted on its own or, where `alone` is false, without a net. */
function run(batch: Batch, works: readonly Work[], alone: boolean): readonly unknown[] {
  // The projection gives their types up.
  const rows = batch.rows as unknown as RowsOf<typeof tables>;
  if (!alone) return works.map((each) => each(rows));
  return works.map((each) => {
    let result: unknown;
    const failed = batch.attempt(() => {
      each(rows);
      result = each(rows);
    });
    return failed === undefined ? result : messageOf(failed.error);
  });
}

describe('tables in memory', () => {
  it('hold, answer, refuse and tell the same as those in a file, whatever handlers do', () => {
    const views = sqliteViews(tempDir());
    const projection = defineProjection<Record<never, never>, typeof tables>({
      name: 'pairs',
      version: 1,
      events: defineEvents({}),
      tables,
      migrations: migrationsOf(SQL),
      on: {},
    });
    const batch = fc.record({ works: fc.array(aWork, { maxLength: 8 }), alone: fc.boolean() });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 6 }), (batches) => {
        const file = views.create(projection, { id: newId(), epoch: 1 });
        const memory = createMemoryViews(projection);
        for (const { works, alone } of batches) {
          const [inFile, inMemory] = [file, memory].map((store) => {
            let results: unknown;
            try {
              const changes = store.commit(store.checkpoint() + 1, (within) => {
                results = run(within, works, alone);
              });
              return { results, changes, checkpoint: store.checkpoint() };
            } catch (error) {
              return { error: messageOf(error), checkpoint: store.checkpoint() };
            }
          });
          expect(inMemory).toEqual(inFile);
          // The sqlite engine's handle is drizzle's.
          const rows = (file.reader as BetterSQLite3Database).select().from(pairs).all();
          expect(new Set(memory.rows('pairs'))).toEqual(new Set(rows));
        }
        file.close();
      }),
      { numRuns: 60 },
    );
  });
});
