import { getTableColumns, is, sql, type SQLWrapper } from 'drizzle-orm';
import { SQLiteInteger, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { Float, ID, Int } from 'type-graphql';
import { DateTime, Position, type CursorValue } from '../graphql/index.js';
import { CompositionError } from '../kernel/index.js';
import type { Condition, SortColumn } from './keyset.js';
import { capitalised, isName, nameOf } from './names.js';
import { enumType, type FieldDefinition, type TextEnum, type TypeThunk } from './types.js';

/** What matters of a column as drizzle has it. */
export type Column = SQLWrapper &
  Pick<SQLiteColumn, 'dataType' | 'notNull' | 'enumValues' | 'mapToDriverValue' | 'getSQLType'>;

/** A row of a derived view. */
export type ViewRow = Readonly<Record<string, unknown>>;

/** A column by its name in rows, which it has in the API, too. */
export interface ViewKey {
  readonly name: string;
  readonly column: Column;
}

/** A column that is shown. */
export interface ViewColumn extends ViewKey {
  readonly field: FieldDefinition;
}

/** The columns of a table that are shown, and the enums that were made for them. */
export interface ViewColumns {
  readonly columns: readonly ViewColumn[];
  readonly enums: readonly TextEnum[];
}

/** Other types for columns, or `null` for those that are not shown. */
export type Overrides = Readonly<Record<string, TypeThunk | null | undefined>>;

/** What a table has to show as the type of this name. Throws a CompositionError for columns without a GraphQL type. */
export function columnsOf(
  table: SQLiteTable,
  key: string,
  typeName: string,
  overrides: Overrides,
): ViewColumns {
  const enums: TextEnum[] = [];
  const typeOf = (name: string, column: Column): TypeThunk => {
    const values = name === key ? undefined : enumValuesOf(column);
    if (values !== undefined) {
      const type = enumType(
        typeName + capitalised(name),
        Object.fromEntries(values.map((value) => [value, value])),
      );
      enums.push(type);
      return () => type;
    }
    const scalar = scalarOf(name, column, name === key);
    if (scalar !== undefined) return () => scalar;
    throw new CompositionError(
      `${typeName}.${name} has no type in GraphQL by itself: give it one in fields (${name}: () => String), or hide it (${name}: null).`,
    );
  };
  const columns = Object.entries(getTableColumns(table))
    .filter(([name]) => overrides[name] !== null)
    .map(([name, column]) => ({
      name: nameOf(name, `A column of ${typeName}`),
      column,
      field: { type: overrides[name] ?? typeOf(name, column), nullable: name !== key && !column.notNull },
    }));
  return { columns, enums };
}

/** The GraphQL type of a column; undefined for what has none by itself. `key`: rows are found by it. */
function scalarOf(name: string, column: Column, key: boolean): object | undefined {
  const { dataType } = column;
  if (key) return dataType === 'string' || dataType === 'number' ? ID : undefined;
  if (dataType === 'string') return String;
  if (dataType === 'boolean') return Boolean;
  if (dataType === 'date') return DateTime;
  if (dataType !== 'number') return undefined;
  if (name === 'position') return Position;
  return is(column, SQLiteInteger) ? Int : Float;
}

/** The texts that a column is limited to, where GraphQL can have them as an enum. */
function enumValuesOf({ enumValues = [] }: Column): readonly string[] | undefined {
  return enumValues.length > 0 && enumValues.every(isName) ? enumValues : undefined;
}

/** Rows whose column is what was sent; the placeholder is called as the column is. */
export function equals({ name, column }: ViewKey): Condition<ViewRow, unknown> {
  return {
    // Not `eq`, which would turn the value into what is stored a second time.
    sql: sql`${column} = ${sql.placeholder(name)}`,
    param: (value) => stored(column, value),
    matches: (row, value) => row[name] !== null && stored(column, row[name]) === stored(column, value),
  };
}

/** The order by a column: rows without a value come first. */
export function sortedBy({ name, column }: ViewKey): SortColumn<ViewRow> {
  const none = column.dataType === 'string' ? '' : -Number.MAX_VALUE;
  return {
    sql: column.notNull ? sql`${column}` : sql`coalesce(${column}, ${none})`,
    of: (row) => (row[name] === null ? none : stored(column, row[name])),
  };
}

/** What the file has for a value of the API: for ids and times of columns that keep numbers, too. */
export function stored(column: Column, value: unknown): CursorValue {
  if (column.dataType === 'number') return value instanceof Date ? value.getTime() : Number(value);
  // Texts, booleans and times are kept as texts and numbers.
  return column.mapToDriverValue(value) as CursorValue;
}

/** The column that a list is to be narrowed or sorted by; a CompositionError where that cannot be. */
export function comparable(
  columns: readonly ViewColumn[],
  name: string,
  use: 'filter' | 'orderBy',
  typeName: string,
): ViewColumn {
  const found = columns.find((column) => column.name === name);
  const plain = found !== undefined && isComparable(found.column);
  // As an argument a position is more than the number that the row has.
  if (plain && (use === 'orderBy' || found.field.type() !== Position)) return found;
  throw new CompositionError(
    `${typeName} cannot have ${name} in ${use}: ${found === undefined ? 'it shows no such column' : 'write that list by hand, with prepareList of tidemark/derive'}.`,
  );
}

/** Whether a column keeps what is compared as it is: not JSON, not bytes, and not exact numbers, which are shown as texts. */
function isComparable(column: Column): boolean {
  return (
    ['string', 'number', 'boolean', 'date'].includes(column.dataType) && column.getSQLType() !== 'numeric'
  );
}
