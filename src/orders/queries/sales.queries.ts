import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { ViewDb } from '../../derive/index.js';
import { defineQuery } from '../../kernel/index.js';
import { salesProjection } from '../views/sales.projection.js';
import { added, contributions, type SalesAmounts } from '../views/sales.contributions.js';
import {
  salesByDay,
  salesLabels,
  salesOrders,
  type SalesDimension,
  type SalesOrder,
} from '../views/sales.tables.js';

/** The most rows of a report. */
export const REPORT_ROWS_MAX = 10_000;

/** What a report groups by. */
export type SalesGroup = 'DAY' | 'MONTH' | 'YEAR' | 'PRODUCT' | 'CUSTOMER' | 'COUNTRY';

/** Every UTC day that overlaps the time from `from` (included) to `to` (not included); ms since 1970. */
export interface SalesReportInput {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly groupBy: SalesGroup;
  /** Only this customer's orders; everybody's when left out. */
  readonly customerId?: string | undefined;
}

/** A row of the report: amounts in minor units of one currency; freight is null where it belongs to no single key. */
export interface SalesReportRow {
  readonly key: string;
  readonly label: string;
  readonly currencyCode: string;
  readonly orders: number;
  readonly quantity: number;
  readonly gross: number;
  readonly discount: number;
  readonly freight: number | null;
}

const DAY_MS = 86_400_000;
const DAY_MIN = '0000-01-01';
const DAY_MAX = '9999-12-31';

interface Group {
  readonly dimension: SalesDimension;
  readonly key: SQL;
  readonly keyOf: (key: string, day: string) => string;
}

const byDay = (length: number): Group => ({
  dimension: 'ALL',
  key: sql`substr(${salesByDay.day}, 1, ${sql.raw(String(length))})`,
  keyOf: (_, day) => day.slice(0, length),
});
const byKey = (dimension: SalesDimension): Group => ({
  dimension,
  key: sql`${salesByDay.key}`,
  keyOf: (key) => key,
});

const groups: Record<SalesGroup, Group> = {
  DAY: byDay('2026-01-31'.length),
  MONTH: byDay('2026-01'.length),
  YEAR: byDay('2026'.length),
  PRODUCT: byKey('PRODUCT'),
  CUSTOMER: byKey('CUSTOMER'),
  COUNTRY: byKey('COUNTRY'),
};

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Sales by day, month, year, product, customer or country, sorted by key. */
export const salesReport = defineQuery<SalesReportInput, readonly SalesReportRow[], { sales: ViewDb }>({
  name: 'salesReport',
  reads: { sales: salesProjection },
  prepare: ({ sales: db }) => {
    const statements = new Map(
      Object.entries(groups).map(([group, { dimension, key }]) => [group, prepareReport(db, dimension, key)]),
    );
    const ofCustomer = prepareCustomerOrders(db);
    return ({ from, to, groupBy, customerId }) => {
      const days = {
        first: from === undefined ? DAY_MIN : dayOf(from),
        // `to` is excluded: at midnight the day that begins then is out.
        last: to === undefined ? DAY_MAX : dayOf(Math.ceil(to / DAY_MS) * DAY_MS - 1),
      };
      const rows =
        customerId === undefined
          ? (statements.get(groupBy)?.all({ ...days, limit: REPORT_ROWS_MAX }) ?? [])
          : addUp(ofCustomer.all({ ...days, customerId, limit: REPORT_ROWS_MAX }), groupBy);
      return rows.map(({ label, freight, ...row }) => ({
        ...row,
        label: label ?? row.key,
        freight: groupBy === 'PRODUCT' ? null : freight,
      }));
    };
  },
});

function prepareCustomerOrders(db: ViewDb) {
  return db
    .select()
    .from(salesOrders)
    .where(
      and(
        eq(salesOrders.customerId, sql.placeholder('customerId')),
        sql`${salesOrders.day} BETWEEN ${sql.placeholder('first')} AND ${sql.placeholder('last')}`,
      ),
    )
    .limit(sql.placeholder('limit'))
    .prepare();
}

/** One customer's report, added up from the orders: there are no sums for each customer and day and product. */
function addUp(orders: readonly SalesOrder[], groupBy: SalesGroup): (SalesAmounts & ReportKey)[] {
  const { dimension, keyOf } = groups[groupBy];
  const rows = new Map<string, SalesAmounts & ReportKey>();
  for (const order of orders) {
    for (const part of contributions(order)) {
      if (part.dimension !== dimension) continue;
      const key = keyOf(part.key, order.day ?? '');
      const id = JSON.stringify([key, order.currencyCode]);
      const row = rows.get(id) ?? { ...NOTHING, key, label: null, currencyCode: order.currencyCode };
      rows.set(id, {
        ...row,
        ...added(row, part.amounts, 1),
        label: dimension === 'ALL' ? null : part.label,
      });
    }
  }
  return [...rows.values()].sort((a, b) => compare(a.key, b.key) || compare(a.currencyCode, b.currencyCode));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface ReportKey {
  readonly key: string;
  readonly label: string | null;
  readonly currencyCode: string;
}

const NOTHING: SalesAmounts = { orders: 0, quantity: 0, gross: 0, discount: 0, freight: 0 };

function prepareReport(db: ViewDb, dimension: SalesDimension, key: SQL) {
  const total = (column: SQL): SQL<number> => sql<number>`sum(${column})`;
  return db
    .select({
      key: sql<string>`${key}`.as('group_key'),
      label: sql<string | null>`max(${salesLabels.label})`,
      currencyCode: salesByDay.currencyCode,
      orders: total(sql`${salesByDay.orders}`),
      quantity: total(sql`${salesByDay.quantity}`),
      gross: total(sql`${salesByDay.gross}`),
      discount: total(sql`${salesByDay.discount}`),
      freight: total(sql`${salesByDay.freight}`),
    })
    .from(salesByDay)
    .leftJoin(
      salesLabels,
      and(
        // Days have no names of their own.
        sql`${salesByDay.dimension} <> 'ALL'`,
        eq(salesLabels.dimension, salesByDay.dimension),
        eq(salesLabels.key, salesByDay.key),
      ),
    )
    .where(
      and(
        eq(salesByDay.dimension, dimension),
        sql`${salesByDay.day} BETWEEN ${sql.placeholder('first')} AND ${sql.placeholder('last')}`,
      ),
    )
    .groupBy(sql`group_key`, salesByDay.currencyCode)
    .orderBy(sql`group_key`, salesByDay.currencyCode)
    .limit(sql.placeholder('limit'))
    .prepare();
}
