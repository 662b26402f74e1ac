import type { AnyRow, Projection, ViewStore } from '../kernel/index.js';

/** The reader of the SQLite engine, as far as it is needed here: a drizzle database. */
interface Reader {
  select(): { from(table: unknown): { all(): readonly AnyRow[] } };
}

/** The rows of a table in the order of its key. Throws where the projection has no table of that name. */
export function rowsIn(
  { reader }: Pick<ViewStore, 'reader'>,
  projection: Projection,
  table: string,
): readonly AnyRow[] {
  const known = projection.tables[table];
  if (known === undefined) {
    const names = Object.keys(projection.tables).join(', ');
    throw new TypeError(`${projection.name} has no table ${table}; it has ${names}.`);
  }
  return sorted((reader as Reader).select().from(known.table).all(), known.key);
}

/** The rows in the order of these columns. */
export function sorted<Row extends object>(rows: readonly Row[], key: readonly string[]): readonly Row[] {
  const keyOf = (row: Row): readonly unknown[] => {
    const values = new Map<string, unknown>(Object.entries(row));
    return key.map((column) => values.get(column));
  };
  return [...rows]
    .map((row) => ({ row, key: keyOf(row) }))
    .sort((one, other) => order(one.key, other.key))
    .map(({ row }) => row);
}

function order(one: readonly unknown[], other: readonly unknown[]): number {
  const at = one.findIndex((value, index) => value !== other[index]);
  if (at === -1) return 0;
  const [first, second] = [one[at], other[at]];
  if (typeof first === 'number' && typeof second === 'number') return first - second;
  return String(first) < String(second) ? -1 : 1;
}
