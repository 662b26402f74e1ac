import { desc, eq, sql } from 'drizzle-orm';
import {
  folded,
  likePattern,
  prepareCount,
  prepareList,
  rowMaker,
  searchTerm,
  sortTerms,
  type Conditions,
  type ListInput,
  type ListOutput,
  type SortTerm,
  type ViewDb,
} from '../../derive/index.js';
import { defineQuery } from '../../kernel/index.js';
import { orderTag } from '../events.js';
import type { OrderStatus } from '../order.js';
import { ordersProjection } from '../views/orders.projection.js';
import { orderHistory, orders, placedOrder, type HistoryRow, type OrderRow } from '../views/orders.tables.js';

/** The most entries of a timeline that are returned: the newest ones. */
export const HISTORY_MAX = 1_000;

/** What a list of orders can be narrowed to. Times in ms since 1970, `From` included, `To` not; totals in minor units. */
export interface OrderFilter {
  readonly status?: readonly OrderStatus[] | undefined;
  /** The same for one status, whose orders an index has sorted already. */
  readonly onlyStatus?: OrderStatus | undefined;
  readonly customerId?: string | undefined;
  readonly currencyCode?: string | undefined;
  readonly country?: string | undefined;
  readonly reference?: string | undefined;
  readonly createdFrom?: number | undefined;
  readonly createdTo?: number | undefined;
  readonly placedFrom?: number | undefined;
  readonly placedTo?: number | undefined;
  readonly totalMin?: number | undefined;
  readonly totalMax?: number | undefined;
  /** A part of the reference, the customer id or the recipient; case does not matter for A to Z. */
  readonly search?: string | undefined;
}

const same = <T extends string | number>(value: T): T => value;

const recipient = sql`${orders.shippingAddress} ->> 'recipient'`;

/** How each part of the filter is asked of SQL, and of a row in memory. */
export const orderConditions: Conditions<OrderRow, OrderFilter> = {
  status: {
    sql: sql`${orders.status} IN (SELECT value FROM json_each(${sql.placeholder('status')}))`,
    param: (value) => JSON.stringify(value),
    matches: ({ status }, value) => value.includes(status),
  },
  onlyStatus: {
    sql: eq(orders.status, sql.placeholder('onlyStatus')),
    param: same,
    matches: ({ status }, value) => status === value,
  },
  customerId: {
    sql: eq(orders.customerId, sql.placeholder('customerId')),
    param: same,
    matches: ({ customerId }, value) => customerId === value,
  },
  currencyCode: {
    sql: eq(orders.currencyCode, sql.placeholder('currencyCode')),
    param: same,
    matches: ({ currencyCode }, value) => currencyCode === value,
  },
  country: {
    sql: sql`${orders.shippingAddress} ->> 'country' = ${sql.placeholder('country')}`,
    param: same,
    matches: ({ shippingAddress }, value) => shippingAddress.country === value,
  },
  reference: {
    sql: eq(orders.reference, sql.placeholder('reference')),
    param: same,
    matches: ({ reference }, value) => reference === value,
  },
  createdFrom: {
    sql: sql`${orders.createdAt} >= ${sql.placeholder('createdFrom')}`,
    param: same,
    matches: ({ createdAt }, value) => createdAt >= value,
  },
  createdTo: {
    sql: sql`${orders.createdAt} < ${sql.placeholder('createdTo')}`,
    param: same,
    matches: ({ createdAt }, value) => createdAt < value,
  },
  placedFrom: {
    sql: sql`${orders.placedAt} >= ${sql.placeholder('placedFrom')}`,
    param: same,
    matches: ({ placedAt }, value) => placedAt !== null && placedAt >= value,
  },
  placedTo: {
    sql: sql`${orders.placedAt} < ${sql.placeholder('placedTo')}`,
    param: same,
    matches: ({ placedAt }, value) => placedAt !== null && placedAt < value,
  },
  totalMin: {
    sql: sql`${orders.total} >= ${sql.placeholder('totalMin')}`,
    param: same,
    matches: ({ total }, value) => total >= value,
  },
  totalMax: {
    sql: sql`${orders.total} <= ${sql.placeholder('totalMax')}`,
    param: same,
    matches: ({ total }, value) => total <= value,
  },
  search: {
    sql: sql`(${orders.reference} LIKE ${searchTerm} OR ${orders.customerId} LIKE ${searchTerm} OR ${recipient} LIKE ${searchTerm})`,
    param: likePattern,
    matches: ({ reference, customerId, shippingAddress }, value) =>
      [reference ?? '', customerId, shippingAddress.recipient].some((text) =>
        folded(text).includes(folded(value)),
      ),
  },
};

/** What orders can be sorted by. */
export const orderSorts = {
  CREATED_AT: { sql: orders.createdAt, of: (row: OrderRow) => row.createdAt },
  PLACED_AT: { sql: placedOrder, of: (row: OrderRow) => row.placedAt ?? 0 },
  CHANGED_AT: { sql: orders.position, of: (row: OrderRow) => row.position },
  TOTAL: { sql: orders.total, of: (row: OrderRow) => row.total },
  STATUS: { sql: orders.status, of: (row: OrderRow) => row.status },
  CUSTOMER_ID: { sql: orders.customerId, of: (row: OrderRow) => row.customerId },
} as const;

/** An order of terms made unique by the id, which goes the way of the last term. */
export function orderBy(
  terms: readonly { field: keyof typeof orderSorts; descending: boolean }[],
): SortTerm<OrderRow>[] {
  const chosen = terms.length > 0 ? terms : [{ field: 'CREATED_AT', descending: true } as const];
  return sortTerms(orderSorts, { sql: orders.id, of: ({ id }) => id }, chosen);
}

const reads = { orders: ordersProjection };

interface Views {
  readonly orders: ViewDb;
}

const toRow = rowMaker(orders);

/** One order; undefined where there is none of this id. */
export const orderById = defineQuery({
  name: 'orderById',
  reads,
  entities: (id: string) => [orderTag(id)],
  prepare: ({ orders: db }: Views) => {
    const statement = db
      .select()
      .from(orders)
      .where(eq(orders.id, sql.placeholder('id')))
      .prepare();
    return (id: string): OrderRow | undefined => statement.values({ id }).map(toRow)[0];
  },
});

/** A page of the orders that pass the filter. */
export const orderList = defineQuery<ListInput<OrderRow, OrderFilter>, ListOutput<OrderRow>, Views>({
  name: 'orderList',
  reads,
  prepare: ({ orders: db }) => prepareList(db, orders, orderConditions),
});

/** The newest orders that pass the filter, and how many pass it in all, from one read. */
export const orderSnapshot = defineQuery({
  name: 'orderSnapshot',
  reads,
  prepare: ({ orders: db }: Views) => {
    const list = prepareList(db, orders, orderConditions);
    const count = prepareCount(db, orders, orderConditions);
    return ({ filter, size }: { readonly filter: OrderFilter; readonly size: number }) => {
      const page = { size, backward: false, cursor: undefined };
      return { rows: list({ filter, order: orderBy([]), page }).rows, totalCount: count(filter) };
    };
  },
});

/** How many orders pass the filter. */
export const orderCount = defineQuery<OrderFilter, number, Views>({
  name: 'orderCount',
  reads,
  prepare: ({ orders: db }) => prepareCount(db, orders, orderConditions),
});

/** An order's timeline, oldest entry first. */
export const orderTimeline = defineQuery({
  name: 'orderTimeline',
  reads,
  entities: (id: string) => [orderTag(id)],
  prepare: ({ orders: db }: Views) => {
    const statement = db
      .select()
      .from(orderHistory)
      .where(eq(orderHistory.orderId, sql.placeholder('id')))
      .orderBy(desc(orderHistory.position))
      .limit(HISTORY_MAX)
      .prepare();
    return (id: string): readonly HistoryRow[] => statement.all({ id }).reverse();
  },
});
