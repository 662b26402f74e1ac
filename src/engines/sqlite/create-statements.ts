import { SQL, is, sql } from 'drizzle-orm';
import {
  SQLiteBaseInteger,
  SQLiteSyncDialect,
  getTableConfig,
  type SQLiteTable,
} from 'drizzle-orm/sqlite-core';
import { CompositionError, type TableDefinition } from '../../kernel/index.js';

/** A column as drizzle gives it with its table. */
type Column = ReturnType<typeof getTableConfig>['columns'][number];

const dialect = new SQLiteSyncDialect();

/**
 * The statements that make a table and its indexes as drizzle defines them, such as drizzle-kit writes for an empty file.
 * Throws a CompositionError for what takes migrations: generated columns and foreign keys.
 */
export function createStatements(definition: TableDefinition): readonly string[] {
  // Projections define their tables with drizzle; the kernel only knows that they have rows.
  const table = definition as unknown as SQLiteTable;
  const { name, columns, checks, primaryKeys, indexes, uniqueConstraints, foreignKeys } =
    getTableConfig(table);
  if (foreignKeys.length > 0) throw needsMigrations(name, 'a foreign key');
  const lines = [
    ...columns.map((column) => columnLine(name, column)),
    ...primaryKeys.map(({ columns: key }) => `PRIMARY KEY(${namesOf(key)})`),
    ...checks.map((check) => `CONSTRAINT ${quoted(check.name)} CHECK(${inline(check.value)})`),
  ];
  return [
    `CREATE TABLE ${quoted(name)} (${lines.join(', ')})`,
    ...columns
      .filter(({ isUnique }) => isUnique)
      .map((column) => uniqueIndex(column.uniqueName ?? '', name, [column])),
    ...uniqueConstraints.map((unique) => uniqueIndex(unique.getName() ?? '', name, unique.columns)),
    ...indexes.map(({ config }) => {
      const terms = config.columns.map((term) => (is(term, SQL) ? inline(term) : quoted(term.name)));
      const where = config.where === undefined ? '' : ` WHERE ${inline(config.where)}`;
      return `CREATE ${config.unique ? 'UNIQUE ' : ''}INDEX ${quoted(config.name)} ON ${quoted(name)} (${terms.join(', ')})${where}`;
    }),
  ];
}

function columnLine(table: string, column: Column): string {
  if (column.generated !== undefined) throw needsMigrations(table, `the generated column ${column.name}`);
  return [
    quoted(column.name),
    column.getSQLType(),
    ...(column.primary ? ['PRIMARY KEY'] : []),
    ...(is(column, SQLiteBaseInteger) && column.autoIncrement ? ['AUTOINCREMENT'] : []),
    ...(column.default === undefined ? [] : [`DEFAULT ${defaultOf(column)}`]),
    ...(column.notNull ? ['NOT NULL'] : []),
  ].join(' ');
}

function defaultOf(column: Column): string {
  return is(column.default, SQL)
    ? `(${inline(column.default)})`
    : inline(sql`${column.mapToDriverValue(column.default)}`);
}

function uniqueIndex(name: string, table: string, columns: readonly { readonly name: string }[]): string {
  return `CREATE UNIQUE INDEX ${quoted(name)} ON ${quoted(table)} (${namesOf(columns)})`;
}

function namesOf(columns: readonly { readonly name: string }[]): string {
  return columns.map(({ name }) => quoted(name)).join(', ');
}

function quoted(name: string): string {
  return dialect.escapeName(name);
}

/** Values in place of parameters and columns without their table's name, as definitions want both. */
function inline(term: SQL): string {
  return dialect.sqlToQuery(term.inlineParams(), 'indexes').sql;
}

function needsMigrations(table: string, what: string): CompositionError {
  return new CompositionError(
    `The table ${table} has ${what}, which takes migrations: write them with drizzle-kit, and give the projection their folder.`,
  );
}
