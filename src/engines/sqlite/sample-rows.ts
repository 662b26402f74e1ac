import type Database from 'better-sqlite3';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { listOf, selectByKey, type TableCodec, type Values } from './table-codec.js';

/** How many rows are looked for in one turn of the event loop. */
const SLICE_ROWS = 2_000;
/** Row ids are guessed as long as one in so many is taken. */
const SPARSE_MAX = 32;

/** Rows of a table, and how many it has. */
export interface Draw {
  readonly rows: readonly Values[];
  readonly total: number;
}

/**
 * Draws rows so that each of the table has the same chance, none of them twice; all of them where there are no more. The
 * caller keeps the table from changing. Reads little more than what it draws, or, of a table whose rows are written
 * again and again, all keys.
 */
export async function drawRows(database: Database.Database, table: TableCodec, count: number): Promise<Draw> {
  const total = database.prepare<[], number>(`SELECT count(*) FROM "${table.tableName}"`).pluck().get() ?? 0;
  const rows =
    (2 * count < total ? await guess(database, table, count, total) : undefined) ??
    (await pick(database, table, chosenOf(count, total)));
  return { rows, total };
}

/** Guesses row ids; undefined where the table has none, or too few of them are taken. */
async function guess(
  database: Database.Database,
  table: TableCodec,
  count: number,
  total: number,
): Promise<readonly Values[] | undefined> {
  if (!hasRowIds(database, table)) return undefined;
  const name = `"${table.tableName}"`;
  const range = database
    .prepare<[], [number, number]>(
      `SELECT (SELECT min(rowid) FROM ${name}), (SELECT max(rowid) FROM ${name})`,
    )
    .raw();
  const [low = 0, high = 0] = range.get() ?? [];
  const span = high - low + 1;
  if (span > SPARSE_MAX * total) return undefined;
  const byRowId = database
    .prepare<[number], Values>(`SELECT ${listOf(table.columns)} FROM ${name} WHERE rowid = ?`)
    .raw();
  const found = new Map<number, Values>();
  for (let tries = 1; found.size < count; tries += 1) {
    const id = low + randomBelow(span);
    const values = byRowId.get(id);
    if (values !== undefined) found.set(id, values);
    if (tries % SLICE_ROWS === 0) await nextTurn();
  }
  return [...found.values()];
}

function hasRowIds(database: Database.Database, { tableName, columns }: TableCodec): boolean {
  // A column of that name hides them.
  if (columns.some((column) => column.toLowerCase() === 'rowid')) return false;
  const without = database
    .prepare<[string], number>(`SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?`)
    .pluck();
  return without.get(tableName) === 0;
}

/** The rows at these places in the order of the keys. */
async function pick(
  database: Database.Database,
  table: TableCodec,
  places: ReadonlySet<number>,
): Promise<readonly Values[]> {
  const keys = listOf(table.keys);
  const all = database.prepare<[], Values>(`SELECT ${keys} FROM "${table.tableName}" ORDER BY ${keys}`).raw();
  const picked: Values[] = [];
  let place = 0;
  for (const key of all.iterate()) {
    if (places.has(place)) picked.push(key);
    place += 1;
    if (place % SLICE_ROWS === 0) await nextTurn();
  }
  const byKey = selectByKey(database, table);
  return picked.flatMap((key) => {
    const values = byKey.get(...key);
    return values === undefined ? [] : [values];
  });
}

/** So many of the numbers below `total`, each with the same chance (Floyd's way); all where there are no more. */
function chosenOf(count: number, total: number): ReadonlySet<number> {
  const chosen = new Set<number>();
  for (let last = Math.max(0, total - count); last < total; last += 1) {
    const candidate = randomBelow(last + 1);
    chosen.add(chosen.has(candidate) ? last : candidate);
  }
  return chosen;
}

function randomBelow(end: number): number {
  return Math.floor(Math.random() * end);
}
