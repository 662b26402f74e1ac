import { getTableColumns } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { ClassType } from 'type-graphql';
import { declareNeeds, type ResolverClass } from '../graphql/index.js';
import {
  CompositionError,
  type AnyQuery,
  type KeyedTable,
  type Projection,
  type ProjectionOf,
  type TableMap,
} from '../kernel/index.js';
import { columnsOf, comparable, type ViewColumn, type ViewKey } from './columns.js';
import { nameOf, uncapitalised } from './names.js';
import { accessOf, objectType, type Roles, type TextEnum, type TypeThunk } from './types.js';
import { viewQueries, type RowQuery } from './view-queries.js';
import { viewResolver } from './view-resolver.js';

/** How a table of a projection is shown. */
export interface ViewOptions<Column extends string> {
  /** The GraphQL type of a row, such as `Book`: the query for one is then `book(id:)`. */
  readonly type: string;
  /** What the schema says of the type. */
  readonly description?: string;
  /** Who may read it, by itself, in lists and in the payloads of commands. */
  readonly access: Roles;
  /** The columns that a list can be narrowed by, each to one value. None when left out. */
  readonly filter?: readonly Column[];
  /** The columns that a list can be sorted by. Always by the key when left out. */
  readonly orderBy?: readonly Column[];
  /** Another type for a column than its own, `() => DateTime`, or `null` for one that is not shown. */
  readonly fields?: { readonly [C in Column]?: TypeThunk | null };
}

/** A table of a projection as a part of the API. */
export interface DerivedView<Row extends object = object> {
  /** For the module. */
  readonly queries: readonly AnyQuery[];
  /** For the service: `book(id:)` and the list that is called as the table is. */
  readonly resolver: ResolverClass;
  /** The object type, for resolvers that are written by hand: rows are its objects. */
  readonly type: ClassType<Row>;
  readonly typeName: string;
  readonly access: Roles;
  /** Reads one row. */
  readonly byId: RowQuery;
  /** The enums made of columns that are limited to some texts. */
  readonly enums: readonly TextEnum[];
}

/** The row of a projection's table. */
export type RowOf<Table> = Table extends KeyedTable<infer Row> ? Row : never;

/**
 * The object type, the query for one row, the list and what they read, from the table itself. Throws a CompositionError for
 * columns that GraphQL has no type for, JSON among them: give them one in `fields`, or hide them. Integers are Int, of 32
 * bits: times are columns of mode `timestamp_ms`, or have DateTime in `fields`. Whoever may read may read every row. Where the
 * table is declared with `ownedBy`, a read tells that an event of its very entity is set aside.
 */
export function deriveView<Tables extends TableMap, Name extends keyof Tables & string>(
  projection: ProjectionOf<Tables>,
  table: Name,
  options: ViewOptions<keyof RowOf<Tables[Name]> & string>,
): DerivedView<RowOf<Tables[Name]>> {
  const typeName = nameOf(options.type, `The type of ${projection.name}.${table}`);
  const names = { one: uncapitalised(typeName), many: nameOf(table, `A table of ${projection.name}`) };
  if (names.one === names.many)
    throw new CompositionError(
      `Both the query for one and the list would be ${table}: give the table a plural name, or the type another.`,
    );
  const { definition, key, entity } = tableOf(projection, table);
  const { columns, enums } = columnsOf(definition, key.name, typeName, options.fields ?? {});
  const pick = (use: 'filter' | 'orderBy'): readonly ViewColumn[] =>
    (options[use] ?? []).map((name) => comparable(columns, name, use, typeName));
  const [filter, orderBy] = [pick('filter'), pick('orderBy')];
  const queries = viewQueries({ name: names.one, projection, table: definition, key, filter, entity });
  const type = objectType(
    typeName,
    options.description,
    accessOf(options.access, typeName),
    Object.fromEntries(columns.map((column) => [column.name, column.field])),
  );
  const all: readonly AnyQuery[] = Object.values(queries);
  const { access } = options;
  const resolver = viewResolver({ ...names, type, typeName, access, filter, orderBy, key, queries });
  declareNeeds(resolver, { queries: all });
  return {
    queries: all,
    resolver,
    // Its fields are the table's columns, and so are those of its rows.
    type: type as ClassType<RowOf<Tables[Name]>>,
    typeName,
    access: options.access,
    byId: queries.byId,
    enums,
  };
}

/** A table as drizzle has it, its one key column, and whose events make a row where that is declared. */
function tableOf({ name: projection, tables }: Projection, name: string) {
  const table = tables[name];
  const [key, ...others] = (table?.key ?? []) as readonly string[];
  // Projections define their tables with drizzle; the kernel only knows that they have rows.
  const definition = table?.table as unknown as SQLiteTable;
  const column = key === undefined ? undefined : getTableColumns(definition)[key];
  if (key === undefined || column === undefined || others.length > 0)
    throw new CompositionError(
      `${projection}.${name} has no key of one column: write its GraphQL by hand, with prepareList of tidemark/derive.`,
    );
  const owner = table?.owner;
  const entity = owner && ((id: string) => owner({ [key]: id }));
  return { definition, key: { name: key, column } satisfies ViewKey, entity };
}
