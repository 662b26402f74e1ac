import { z } from 'zod';
import type { Client } from './client.js';
import { MONEY_DECIMALS } from './data.js';
import { unitsOf } from './decimal.js';
import { sum, type SalesTotals } from './totals.js';

/** How fresh the report was: what the service says in `extensions.consistency`. */
export interface Consistency {
  position: string;
  waitedMs: number;
  stale: boolean;
}

/**
 * The service's totals beside the expected ones. A service that holds more orders than the import (`otherOrders`)
 * cannot agree, so nothing is compared there and `found` is undefined.
 */
export interface SalesComparison {
  expected: SalesTotals;
  found: SalesTotals | undefined;
  otherOrders: number;
  agrees: boolean;
  consistency: Consistency | undefined;
}

/** Reads the report only after everything up to `$after` is in the views, or fails with STALE_READ. */
export const salesReportDocument = `query ImportedSales($after: Position!)
@readAfter(position: $after, timeoutMs: 5000, onTimeout: ERROR) {
  all: orders { totalCount }
  shipped: orders(filter: { status: [SHIPPED] }) { totalCount }
  years: salesReport(groupBy: YEAR) {
    orders
    gross { amount }
    discount { amount }
    net { amount }
    freight { amount }
  }
  customers: salesReport(groupBy: CUSTOMER) { key }
}`;

const count = z.object({ totalCount: z.int() });
const money = z.object({ amount: z.string() });
const reportData = z.object({
  all: count,
  shipped: count,
  years: z.array(z.object({ orders: z.int(), gross: money, discount: money, net: money, freight: money })),
  customers: z.array(z.object({ key: z.string() })),
});
type ReportData = z.infer<typeof reportData>;

const reportExtensions = z.object({
  consistency: z.object({ position: z.string(), waitedMs: z.number(), stale: z.boolean() }),
});

/** Reads the service's sales report at `position` or later and holds it against the expected totals. */
export async function compareSales(
  client: Client,
  position: string,
  expected: SalesTotals,
): Promise<SalesComparison> {
  const { data, extensions } = await client({
    label: 'sales report',
    document: salesReportDocument,
    variables: { after: position },
    data: reportData,
  });
  const consistency = reportExtensions.safeParse(extensions).data?.consistency;
  const otherOrders = Math.max(0, data.all.totalCount - expected.orders);
  if (otherOrders > 0) return { expected, found: undefined, otherOrders, agrees: false, consistency };
  const found = foundTotals(data);
  return { expected, found, otherOrders, agrees: sameTotals(expected, found), consistency };
}

function foundTotals({ shipped, years, customers }: ReportData): SalesTotals {
  const total = (field: 'gross' | 'discount' | 'net' | 'freight') =>
    sum(years.map((year) => unitsOf(year[field].amount, MONEY_DECIMALS)));
  return {
    orders: years.reduce((orders, year) => orders + year.orders, 0),
    shipped: shipped.totalCount,
    customers: customers.length,
    gross: total('gross'),
    discount: total('discount'),
    net: total('net'),
    freight: total('freight'),
  };
}

function sameTotals(expected: SalesTotals, found: SalesTotals): boolean {
  return Object.entries(expected).every(([key, value]) => found[key as keyof SalesTotals] === value);
}
