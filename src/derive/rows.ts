import { getTableColumns } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';

/**
 * Makes a table's rows of what `select().from(table)` gives as `values()`. Drizzle itself looks at each value of each
 * row to see what kind of column it is of; that takes ten times as long.
 */
export function rowMaker<Table extends SQLiteTable>(
  table: Table,
): (values: readonly unknown[]) => Table['$inferSelect'] {
  const columns = Object.entries(getTableColumns(table)).map(([key, column]) => ({ key, column }));
  return (values) => {
    const row: Record<string, unknown> = {};
    for (let at = 0; at < columns.length; at += 1) {
      // Both have an entry for each column.
      const { key, column } = columns[at] as (typeof columns)[number];
      const value = values[at];
      row[key] = value === null ? null : column.mapFromDriverValue(value);
    }
    return row;
  };
}
