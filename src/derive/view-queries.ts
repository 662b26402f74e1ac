import { sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { defineQuery, type Projection, type Query } from '../kernel/index.js';
import { equals, stored, type ViewKey, type ViewRow } from './columns.js';
import {
  prepareCount,
  prepareList,
  type Conditions,
  type ListInput,
  type ListOutput,
  type ViewDb,
} from './keyset.js';
import { rowMaker } from './rows.js';

/** What a list is narrowed to: values by the names of conditions. */
export type ViewFilter = Readonly<Record<string, unknown>>;

interface Views {
  readonly view: ViewDb;
}

/** The query for one row by its key. */
export type RowQuery = Query<string, ViewRow | undefined, Views>;

/** The queries behind a derived view. */
export interface ViewQueries {
  readonly byId: RowQuery;
  readonly list: Query<ListInput<ViewRow, ViewFilter>, ListOutput<ViewRow>, Views>;
  readonly count: Query<ViewFilter, number, Views>;
}

/** What is read, and by which names the query bus knows it. */
export interface ViewSource {
  readonly name: string;
  readonly projection: Projection;
  readonly table: SQLiteTable;
  readonly key: ViewKey;
  /** The columns that lists are narrowed by. */
  readonly filter: readonly ViewKey[];
  /** The entity that a row is made of the events of, where each is made of those of one. */
  readonly entity: ((id: string) => string) | undefined;
}

/** Prepared statements over one table of a projection: a row by its key, a page of a list, and how long the list is. */
export function viewQueries(source: ViewSource): ViewQueries {
  const { name, projection, table, key, filter, entity } = source;
  const conditions: Conditions<ViewRow, ViewFilter> = Object.fromEntries(
    filter.map((column) => [column.name, equals(column)]),
  );
  const reads = { view: projection };
  return {
    byId: defineQuery({
      name: `${name}ById`,
      reads,
      ...(entity && { entities: (id: string) => [entity(id)] }),
      prepare: ({ view }: Views) => {
        const where = sql`${key.column} = ${sql.placeholder('id')}`;
        const statement = view.select().from(table).where(where).prepare();
        const toRow = rowMaker(table);
        return (id: string): ViewRow | undefined =>
          statement.values({ id: stored(key.column, id) }).map(toRow)[0];
      },
    }),
    list: defineQuery({
      name: `${name}List`,
      reads,
      prepare: ({ view }: Views) => prepareList<ViewRow, ViewFilter>(view, table, conditions),
    }),
    count: defineQuery({
      name: `${name}Count`,
      reads,
      prepare: ({ view }: Views) => prepareCount<ViewRow, ViewFilter>(view, table, conditions),
    }),
  };
}
