import { and, asc, desc, sql, type SQL } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { ConnectionPage, CursorValue } from '../graphql/index.js';
import { rowMaker } from './rows.js';

/** The read-only handle of a view file that queries prepare their statements with. */
export type ViewDb = BetterSQLite3Database;

/** How many statements of different shape are kept prepared. */
const PREPARED_MAX = 200;

/** A column that a list can be sorted by, never null; `of` gives a row's value of it. */
export interface SortColumn<Row> {
  /** The column to sort by. */
  readonly sql: SQL | SQLiteTable['_']['columns'][string];
  /** Its value in a row, as cursors carry it. */
  readonly of: (row: Row) => CursorValue;
}

/** A sort column with its direction. The last one of an order must be unique, so that no two rows tie. */
export interface SortTerm<Row> extends SortColumn<Row> {
  readonly name: string;
  readonly descending: boolean;
}

/** An order by these columns, made unique by the id, which goes the way of the last term. */
export function sortTerms<Row, Field extends string>(
  columns: { readonly [F in Field]: SortColumn<Row> },
  id: SortColumn<Row>,
  terms: readonly { readonly field: Field; readonly descending: boolean }[],
): SortTerm<Row>[] {
  return [
    ...terms.map(({ field, descending }) => ({ name: field, ...columns[field], descending })),
    { name: 'ID', ...id, descending: terms.at(-1)?.descending ?? false },
  ];
}

/** What LIKE looks for in a filter's `search`: the pattern that `likePattern` makes. */
export const searchTerm = sql`${sql.placeholder('search')} ESCAPE '\\'`;

/** A part of a text as LIKE looks for it in `searchTerm`. */
export function likePattern(part: string): string {
  return `%${part.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

/** One thing a filter can ask for: in SQL with a placeholder of its own name, and of a row in memory. */
export interface Condition<Row, Value> {
  /** The condition, with a placeholder for the parameter. */
  readonly sql: SQL;
  /** The parameter of a filter's value. */
  readonly param: (value: Value) => string | number;
  /** The same condition for a row in memory; it must agree with `sql`. */
  readonly matches: (row: Row, value: Value) => boolean;
}

/** The conditions of a filter by name. */
export type Conditions<Row, Filter> = {
  readonly [K in keyof Filter]-?: Condition<Row, NonNullable<Filter[K]>>;
};

/** What to read: a filter, an order, a page. */
export interface ListInput<Row, Filter> {
  readonly filter: Filter;
  readonly order: readonly SortTerm<Row>[];
  readonly page: ConnectionPage;
}

/** The rows of a page in the order asked for, and whether there are more in its direction. */
export interface ListOutput<Row> {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
}

interface Bound {
  readonly names: readonly string[];
  readonly where: SQL | undefined;
  readonly params: Record<string, unknown>;
}

/** The name of an order, as cursors carry it: `PLACED_AT:DESC,ID:DESC`. */
export function orderName(order: readonly SortTerm<never>[]): string {
  return order.map(({ name, descending }) => `${name}:${descending ? 'DESC' : 'ASC'}`).join(',');
}

/** The text with A to Z in lower case, as SQLite's LIKE compares: it folds no other letters. */
export function folded(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Whether a row passes a filter: what SQL decides for lists, for a row in memory. */
export function matchesFilter<Row, Filter>(
  conditions: Conditions<Row, Filter>,
  row: Row,
  filter: Filter,
): boolean {
  return asked(conditions, filter).every(({ condition, value }) => condition.matches(row, value));
}

/** Reads pages of a table by keyset: stable while others write. One prepared statement for each shape. */
export function prepareList<Row, Filter>(
  db: ViewDb,
  table: SQLiteTable,
  conditions: Conditions<Row, Filter>,
) {
  // The table's rows: drizzle cannot tell which, as the table is a parameter.
  const toRow = rowMaker(table) as (values: readonly unknown[]) => Row;
  const prepared = remembered(
    (_shape, order: readonly SortTerm<Row>[], page: ConnectionPage, where: SQL | undefined) => {
      const terms = order.map((term) => ({ ...term, descending: term.descending !== page.backward }));
      return db
        .select()
        .from(table)
        .where(page.cursor === undefined ? where : and(where, beyond(terms)))
        .orderBy(...terms.map((term) => (term.descending ? desc(term.sql) : asc(term.sql))))
        .limit(sql.placeholder('#limit'))
        .prepare();
    },
  );
  return ({ filter, order, page }: ListInput<Row, Filter>): ListOutput<Row> => {
    const bound = bind(conditions, filter);
    const cursor = Object.fromEntries((page.cursor ?? []).map((value, index) => [`#cursor${index}`, value]));
    const shape = [bound.names.join(), orderName(order), page.backward, page.cursor !== undefined].join('|');
    const statement = prepared(shape, order, page, bound.where);
    const found = statement.values({ ...bound.params, ...cursor, '#limit': page.size + 1 });
    const rows = found.slice(0, page.size).map(toRow);
    return { rows: page.backward ? rows.reverse() : rows, hasMore: found.length > page.size };
  };
}

/** Counts the rows that pass a filter. */
export function prepareCount<Row, Filter>(
  db: ViewDb,
  table: SQLiteTable,
  conditions: Conditions<Row, Filter>,
) {
  const prepared = remembered((_shape, where: SQL | undefined) =>
    db
      .select({ count: sql<number>`count(*)` })
      .from(table)
      .where(where)
      .prepare(),
  );
  return (filter: Filter): number => {
    const { names, where, params } = bind(conditions, filter);
    return prepared(names.join(), where).get(params)?.count ?? 0;
  };
}

/** `(a, b) > (?, ?)`; spelt out where the directions differ, which SQL has no short form for. */
function beyond(
  terms: readonly { readonly sql: SortColumn<never>['sql']; readonly descending: boolean }[],
): SQL {
  const value = (index: number): SQL => sql`${sql.placeholder(`#cursor${index}`)}`;
  if (terms.every(({ descending }) => descending === terms[0]?.descending)) {
    const columns = sql.join(
      terms.map((term) => sql`${term.sql}`),
      sql`, `,
    );
    const values = sql.join(
      terms.map((_, index) => value(index)),
      sql`, `,
    );
    return terms[0]?.descending ? sql`(${columns}) < (${values})` : sql`(${columns}) > (${values})`;
  }
  const steps = terms.map((term, index) => {
    const ties = terms.slice(0, index).map((tie, at) => sql`${tie.sql} = ${value(at)}`);
    const step = term.descending ? sql`${term.sql} < ${value(index)}` : sql`${term.sql} > ${value(index)}`;
    return sql`(${sql.join([...ties, step], sql` AND `)})`;
  });
  return sql`(${sql.join(steps, sql` OR `)})`;
}

function asked<Row, Filter>(conditions: Conditions<Row, Filter>, filter: Filter) {
  return (Object.keys(conditions) as (keyof Filter & string)[]).flatMap((name) => {
    const value = filter[name];
    return value === undefined || value === null ? [] : [{ name, value, condition: conditions[name] }];
  });
}

function bind<Row, Filter>(conditions: Conditions<Row, Filter>, filter: Filter): Bound {
  const terms = asked(conditions, filter);
  return {
    names: terms.map(({ name }) => name),
    where: and(...terms.map(({ condition }) => condition.sql)),
    params: Object.fromEntries(terms.map(({ name, value, condition }) => [name, condition.param(value)])),
  };
}

/** Makes a value once for each shape; with too many shapes the oldest is made again. */
function remembered<Rest extends unknown[], T>(make: (shape: string, ...rest: Rest) => T) {
  const known = new Map<string, T>();
  return (shape: string, ...rest: Rest): T => {
    let value = known.get(shape);
    if (value === undefined) {
      if (known.size >= PREPARED_MAX) known.delete(known.keys().next().value ?? '');
      value = make(shape, ...rest);
      known.set(shape, value);
    }
    return value;
  };
}
