import { inspect, isDeepStrictEqual } from 'node:util';
import type { AnyRow, Projection, RecordedEvent, ViewStore } from '../kernel/index.js';
import { described } from './past.js';
import { rowsIn } from './stored-rows.js';

/** The rows of all tables: by the table's name, then by their key as text. */
export type TableRows = ReadonlyMap<string, ReadonlyMap<string, AnyRow>>;

/** A row that is not what it should be: a sentence, what it is, and what it should be. */
export interface Difference {
  readonly what: string;
  readonly actual: AnyRow | undefined;
  readonly expected: AnyRow | undefined;
}

/** All rows of a store. */
export function rowsByTable({ reader }: Pick<ViewStore, 'reader'>, projection: Projection): TableRows {
  const names = Object.keys(projection.tables);
  return new Map(
    names.map((table) => {
      const rows = rowsIn({ reader }, projection, table);
      return [table, new Map(rows.map((row) => [idOf(projection, table, row), row]))];
    }),
  );
}

/** The key of a row as text: `{"id":"1"}`. */
export function idOf(projection: Projection, table: string, row: object): string {
  const values = new Map(Object.entries(row));
  const key = projection.tables[table]?.key ?? [];
  return JSON.stringify(Object.fromEntries(key.map((column) => [column, values.get(column)])));
}

/** The row that differs and was changed first, by what `changedBy` says; undefined where none does. */
export function firstDifference(
  projection: Projection,
  actual: TableRows,
  expected: TableRows,
  changedBy: (table: string, id: string) => RecordedEvent | undefined,
): Difference | undefined {
  const found = Object.keys(projection.tables).flatMap((table) => {
    const [is, should] = [actual.get(table), expected.get(table)];
    const ids = new Set([...(should?.keys() ?? []), ...(is?.keys() ?? [])]);
    return [...ids]
      .filter((id) => !isDeepStrictEqual(is?.get(id), should?.get(id)))
      .map((id) => ({ table, id, by: changedBy(table, id), is: is?.get(id), should: should?.get(id) }));
  });
  found.sort((one, other) => (one.by?.position ?? Infinity) - (other.by?.position ?? Infinity));
  const [first] = found;
  if (first === undefined) return undefined;
  const { table, id, by, is, should } = first;
  const cause = by === undefined ? 'which no event should have made' : `last changed by ${described(by)}`;
  return { what: `${table} ${id}, ${cause}: ${told(is, should)}`, actual: is, expected: should };
}

function told(is: AnyRow | undefined, should: AnyRow | undefined): string {
  if (is === undefined) return 'the row is missing';
  if (should === undefined) return 'the row is there';
  const columns = [...new Set([...Object.keys(should), ...Object.keys(is)])];
  return columns
    .filter((column) => !isDeepStrictEqual(is[column], should[column]))
    .map((column) => `${column} is ${inspect(is[column])}, expected ${inspect(should[column])}`)
    .join('; ');
}
