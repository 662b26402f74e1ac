import type Database from 'better-sqlite3';
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KeyedTable, RowDifference, StoredRow } from '../../kernel/index.js';

/** How many rows are compared in one turn of the event loop. */
const SLICE_ROWS = 2_000;

interface Shape {
  /** In SQL, without the database. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly keys: readonly string[];
}

/** Compares a table of the main database with that of the attached database `replayed`; returns how many rows it has. */
export async function compareTable(
  database: Database.Database,
  name: string,
  table: KeyedTable,
  onDifference: (difference: RowDifference) => void,
): Promise<number> {
  const shape = shapeOf(table);
  const tell = (live: StoredRow | null, replayed: StoredRow | null): void => {
    const row = live ?? replayed ?? {};
    const key = Object.fromEntries(shape.keys.map((column) => [column, row[column]]));
    onDifference({ table: name, key, live, replayed });
  };
  await eachSlice(database, 'main', shape, (range, bounds) => {
    for (const values of changedRows(database, shape, range).iterate(...bounds)) {
      const [live, replayed] = [values.slice(0, shape.columns.length), values.slice(shape.columns.length)];
      const missing = replayed.pop() === 1;
      tell(named(shape, live), missing ? null : named(shape, replayed));
    }
  });
  await eachSlice(database, 'replayed', shape, (range, bounds) => {
    for (const values of missingRows(database, shape, range).iterate(...bounds))
      tell(null, named(shape, values));
  });
  return database.prepare<[], number>(`SELECT count(*) FROM main.${shape.table}`).pluck().get() ?? 0;
}

function shapeOf({ table, key }: KeyedTable): Shape {
  // Projections define their tables with drizzle; the kernel only knows that they have rows.
  const definition = table as unknown as SQLiteTable;
  const columns = getTableColumns(definition);
  return {
    table: `"${getTableName(definition)}"`,
    columns: Object.values(columns).map((column) => column.name),
    keys: (key as readonly string[]).map((property) => columns[property]?.name ?? property),
  };
}

/** Calls `visit` with a condition on the keys, and its parameters, for each slice of the rows in the order of their keys. */
async function eachSlice(
  database: Database.Database,
  source: 'main' | 'replayed',
  { table, keys }: Shape,
  visit: (range: string, bounds: readonly unknown[]) => void,
): Promise<void> {
  const list = quoted(keys);
  const marks = keys.map(() => '?').join(', ');
  let low: readonly unknown[] = [];
  for (;;) {
    const above = low.length === 0 ? 'true' : `(${list}) > (${marks})`;
    const bound = database.prepare<unknown[], unknown[]>(
      `SELECT ${list} FROM ${source}.${table} WHERE ${above} ORDER BY ${list} LIMIT 1 OFFSET ${SLICE_ROWS - 1}`,
    );
    const high = bound.raw().get(...low) ?? [];
    visit(high.length === 0 ? above : `${above} AND (${list}) <= (${marks})`, [...low, ...high]);
    if (high.length === 0) return;
    low = high;
    await nextTurn();
  }
}

/** Live rows that the replay has not, or has otherwise: their values, the replay's, and 1 where it has none. */
function changedRows(database: Database.Database, { table, columns, keys }: Shape, range: string) {
  const [live, replayed] = [quoted(columns, 'live.'), quoted(columns, 'replayed_row.')];
  const missing = `${quoted(keys.slice(0, 1), 'replayed_row.')} IS NULL`;
  return database
    .prepare<unknown[], unknown[]>(
      `SELECT ${live}, ${replayed}, ${missing} FROM (SELECT * FROM main.${table} WHERE ${range}) AS live
       LEFT JOIN replayed.${table} AS replayed_row ON ${equal(keys, 'live.', 'replayed_row.')}
       WHERE ${missing} OR (${live}) IS NOT (${replayed})`,
    )
    .raw();
}

/** Rows of the replay that are not among the live ones. */
function missingRows(database: Database.Database, { table, columns, keys }: Shape, range: string) {
  return database
    .prepare<unknown[], unknown[]>(
      `SELECT ${quoted(columns)} FROM (SELECT * FROM replayed.${table} WHERE ${range}) AS replayed_row
       WHERE NOT EXISTS (SELECT 1 FROM main.${table} AS live WHERE ${equal(keys, 'live.', 'replayed_row.')})`,
    )
    .raw();
}

function equal(keys: readonly string[], left: string, right: string): string {
  return keys.map((key) => `${left}"${key}" = ${right}"${key}"`).join(' AND ');
}

function quoted(columns: readonly string[], prefix = ''): string {
  return columns.map((column) => `${prefix}"${column}"`).join(', ');
}

function named({ columns }: Shape, values: readonly unknown[]): StoredRow {
  return Object.fromEntries(columns.map((column, index) => [column, values[index]]));
}
