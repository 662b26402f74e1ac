import { sql } from 'drizzle-orm';
import {
  folded,
  likePattern,
  prepareCount,
  prepareList,
  searchTerm,
  sortTerms,
  type Conditions,
  type ListInput,
  type ListOutput,
  type SortTerm,
  type ViewDb,
} from '../../derive/index.js';
import { defineQuery } from '../../kernel/index.js';
import { customersProjection } from '../views/customers.projection.js';
import { customers, type CustomerRow } from '../views/customers.tables.js';

/** What a list of customers can be narrowed to. */
export interface CustomerFilter {
  /** A part of the id or the name; case does not matter for A to Z. */
  readonly search?: string | undefined;
  readonly orderCountMin?: number | undefined;
}

/** How each part of the filter is asked of SQL, and of a row in memory. */
export const customerConditions: Conditions<CustomerRow, CustomerFilter> = {
  search: {
    sql: sql`(${customers.id} LIKE ${searchTerm} OR ${customers.name} LIKE ${searchTerm})`,
    param: likePattern,
    matches: ({ id, name }, value) => [id, name].some((text) => folded(text).includes(folded(value))),
  },
  orderCountMin: {
    sql: sql`${customers.orderCount} >= ${sql.placeholder('orderCountMin')}`,
    param: (value) => value,
    matches: ({ orderCount }, value) => orderCount >= value,
  },
};

/** What customers can be sorted by. */
export const customerSorts = {
  NAME: { sql: customers.name, of: (row: CustomerRow) => row.name },
  ORDER_COUNT: { sql: customers.orderCount, of: (row: CustomerRow) => row.orderCount },
  LAST_ORDER_AT: {
    sql: sql`CASE WHEN ${customers.lastOrderAt} IS NULL THEN 0 ELSE ${customers.lastOrderAt} END`,
    of: (row: CustomerRow) => row.lastOrderAt ?? 0,
  },
} as const;

/** An order of terms made unique by the id, which goes the way of the last term. */
export function customerOrderBy(
  terms: readonly { field: keyof typeof customerSorts; descending: boolean }[],
): SortTerm<CustomerRow>[] {
  return sortTerms(customerSorts, { sql: customers.id, of: ({ id }) => id }, terms);
}

const reads = { customers: customersProjection };

interface Views {
  readonly customers: ViewDb;
}

/** The customers with these ids, in any order; unknown ids are left out. */
export const customersById = defineQuery({
  name: 'customersById',
  reads,
  entities: (ids: readonly string[]) => ids.map((id) => `customer:${id}`),
  prepare: ({ customers: db }: Views) => {
    const statement = db
      .select()
      .from(customers)
      .where(sql`${customers.id} IN (SELECT value FROM json_each(${sql.placeholder('ids')}))`)
      .prepare();
    return (ids: readonly string[]): readonly CustomerRow[] => statement.all({ ids: JSON.stringify(ids) });
  },
});

/** A page of the customers that pass the filter. */
export const customerList = defineQuery<
  ListInput<CustomerRow, CustomerFilter>,
  ListOutput<CustomerRow>,
  Views
>({
  name: 'customerList',
  reads,
  prepare: ({ customers: db }) => prepareList(db, customers, customerConditions),
});

/** How many customers pass the filter. */
export const customerCount = defineQuery<CustomerFilter, number, Views>({
  name: 'customerCount',
  reads,
  prepare: ({ customers: db }) => prepareCount(db, customers, customerConditions),
});
