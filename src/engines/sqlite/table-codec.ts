import type Database from 'better-sqlite3';
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { CompositionError, type KeyedTable } from '../../kernel/index.js';

type Row = Readonly<Record<string, unknown>>;

/** A row's values as they are stored, in the order of the table's columns. */
export type Values = readonly unknown[];

/** How rows of a table, as handlers have them, are stored. */
export interface TableCodec {
  readonly tableName: string;
  /** All columns as they are called in SQL. */
  readonly columns: readonly string[];
  /** Those of the key. */
  readonly keys: readonly string[];
  /** What is stored of a row, in the order of the columns. */
  encode(row: Row): Values;
  /** The row that these values stand for. */
  decode(values: Values): Record<string, unknown>;
}

/** The codec of a table. Throws a CompositionError where the key names no column. */
export function tableCodec(name: string, { table, key }: KeyedTable): TableCodec {
  // Projections define their tables with drizzle; the kernel only knows that they have rows.
  const definition = table as unknown as SQLiteTable;
  const columns = Object.entries(getTableColumns(definition));
  const keys = (key as readonly string[]).map((property) => {
    const [, column] = columns.find(([candidate]) => candidate === property) ?? [];
    if (column === undefined)
      throw new CompositionError(`The table ${name} has no column ${property} for its key.`);
    return column.name;
  });
  return {
    tableName: getTableName(definition),
    columns: columns.map(([, column]) => column.name),
    keys,
    encode: (row) =>
      columns.map(([property, column]) => {
        const value = row[property] ?? null;
        return value === null ? null : column.mapToDriverValue(value);
      }),
    decode: (values) => {
      const row: Record<string, unknown> = {};
      columns.forEach(([property, column], index) => {
        const value = values[index];
        row[property] = value === null || value === undefined ? null : column.mapFromDriverValue(value);
      });
      return row;
    },
  };
}

/** Columns as they stand in a statement, one after the other. */
export function listOf(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ');
}

/** The condition that finds a row by its key, whose values are then bound in the order of `keys`. */
export function whereKey({ keys }: Pick<TableCodec, 'keys'>): string {
  return keys.map((column) => `"${column}" = ?`).join(' AND ');
}

/** Finds a row by its key. */
export function selectByKey(
  database: Database.Database,
  table: Omit<TableCodec, 'encode' | 'decode'>,
): Database.Statement<unknown[], Values> {
  return database
    .prepare<unknown[], Values>(
      `SELECT ${listOf(table.columns)} FROM "${table.tableName}" WHERE ${whereKey(table)}`,
    )
    .raw();
}
