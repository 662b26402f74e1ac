import { and, eq, sql, type SQL } from 'drizzle-orm';
import { defineQuery } from '../../kernel/index.js';
import { salesProjection } from '../views/sales.projection.js';
import { salesByDay, salesLabels, type SalesDimension } from '../views/sales.tables.js';
import type { ViewDb } from './keyset.js';

/** The most rows of a report. */
export const REPORT_ROWS_MAX = 10_000;

/** What a report groups by. */
export type SalesGroup = 'DAY' | 'MONTH' | 'YEAR' | 'PRODUCT' | 'CUSTOMER' | 'COUNTRY';

/** Every UTC day that overlaps the time from `from` (included) to `to` (not included); ms since 1970. */
export interface SalesReportInput {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly groupBy: SalesGroup;
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

const groups: Record<SalesGroup, { readonly dimension: SalesDimension; readonly key: SQL }> = {
  DAY: { dimension: 'ALL', key: sql`${salesByDay.day}` },
  MONTH: { dimension: 'ALL', key: sql`substr(${salesByDay.day}, 1, 7)` },
  YEAR: { dimension: 'ALL', key: sql`substr(${salesByDay.day}, 1, 4)` },
  PRODUCT: { dimension: 'PRODUCT', key: sql`${salesByDay.key}` },
  CUSTOMER: { dimension: 'CUSTOMER', key: sql`${salesByDay.key}` },
  COUNTRY: { dimension: 'COUNTRY', key: sql`${salesByDay.key}` },
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
    return ({ from, to, groupBy }) => {
      const days = {
        first: from === undefined ? DAY_MIN : dayOf(from),
        // `to` is excluded: at midnight the day that begins then is out.
        last: to === undefined ? DAY_MAX : dayOf(Math.ceil(to / DAY_MS) * DAY_MS - 1),
      };
      const rows = statements.get(groupBy)?.all({ ...days, limit: REPORT_ROWS_MAX }) ?? [];
      return rows.map(({ label, freight, ...row }) => ({
        ...row,
        label: label ?? row.key,
        freight: groupBy === 'PRODUCT' ? null : freight,
      }));
    };
  },
});

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
