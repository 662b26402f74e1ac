import Database from 'better-sqlite3';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { drawRows } from '../../src/engines/sqlite/sample-rows.js';
import { tableCodec } from '../../src/engines/sqlite/table-codec.js';
import { keyedBy, type KeyedTable } from '../../src/kernel/index.js';

const things = sqliteTable('things', { id: text().primaryKey(), n: integer('number').notNull() });
// Of any types, as engines see tables.
const codec = tableCodec('things', keyedBy(things, 'id') as unknown as KeyedTable);

/** A table whose rows have these row ids, or none. */
function tableOf(rowIds: readonly number[], options = ''): Database.Database {
  const database = new Database(':memory:');
  onTestFinished(() => {
    database.close();
  });
  database.exec(`CREATE TABLE things (id text PRIMARY KEY NOT NULL, number integer NOT NULL) ${options}`);
  const insert = options === '' ? '(rowid, id, number) VALUES (?, ?, ?)' : '(id, number) VALUES (?, ?)';
  const statement = database.prepare(`INSERT INTO things ${insert}`);
  for (const [n, id] of rowIds.entries()) statement.run(...(options === '' ? [id] : []), `thing ${n}`, n);
  return database;
}

const upTo = (count: number, step = 1): readonly number[] =>
  Array.from({ length: count }, (_, n) => n * step);

const tables: readonly (readonly [string, readonly number[], string])[] = [
  ['close together', upTo(10), ''],
  ['with gaps between them', upTo(10, 7), ''],
  ['far apart', upTo(10, 1_000_000_007), ''],
  ['below zero', upTo(10, -3), ''],
  ['not there', upTo(10), 'WITHOUT ROWID'],
];

describe.each(tables)('rows whose row ids are %s', (_name, rowIds, options) => {
  it('are drawn with the same chance each, none of them twice', async () => {
    const database = tableOf(rowIds, options);
    const drawn = new Map<unknown, number>();
    const rounds = 2_000;
    for (let round = 0; round < rounds; round += 1) {
      const { rows, total } = await drawRows(database, codec, 3);
      expect(total).toBe(10);
      expect(new Set(rows.map(([id]) => id)).size).toBe(3);
      for (const [id] of rows) drawn.set(id, (drawn.get(id) ?? 0) + 1);
    }
    // 600 are expected; 150 more or fewer is over seven standard deviations.
    for (let n = 0; n < 10; n += 1)
      expect(Math.abs((drawn.get(`thing ${n}`) ?? 0) - 600), `thing ${n}`).toBeLessThan(150);
  });

  it('are all drawn where as many are wanted, or more', async () => {
    const database = tableOf(rowIds, options);
    const all = upTo(10).map((n) => [`thing ${n}`, n]);
    for (const count of [10, 11, 10_000]) {
      const { rows } = await drawRows(database, codec, count);
      expect(rows.toSorted(([, one], [, other]) => Number(one) - Number(other))).toEqual(all);
    }
    expect((await drawRows(database, codec, 9)).rows).toHaveLength(9);
  });
});

describe('an empty table', () => {
  it('has nothing to draw', async () => {
    expect(await drawRows(tableOf([]), codec, 5)).toEqual({ rows: [], total: 0 });
  });
});
