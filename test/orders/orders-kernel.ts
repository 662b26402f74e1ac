import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { onTestFinished } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import { createKernel, defineQuery, readAfter, type EventLog, type Kernel } from '../../src/kernel/index.js';
import { order } from '../../src/orders/order.js';
import { orderTimeline } from '../../src/orders/queries/orders.queries.js';
import { salesReport } from '../../src/orders/queries/sales.queries.js';
import { customersProjection } from '../../src/orders/views/customers.projection.js';
import { customers } from '../../src/orders/views/customers.tables.js';
import { ordersProjection } from '../../src/orders/views/orders.projection.js';
import { orderHistory, orders } from '../../src/orders/views/orders.tables.js';
import { salesProjection } from '../../src/orders/views/sales.projection.js';
import { salesByDay, salesLabels, salesOrders } from '../../src/orders/views/sales.tables.js';
import { tempDir } from '../support/temp-dir.js';

interface Views {
  readonly orders: BetterSQLite3Database;
  readonly customers: BetterSQLite3Database;
  readonly sales: BetterSQLite3Database;
}

/** All rows of all of the domain's tables. */
const everything = defineQuery({
  name: 'everything',
  reads: { orders: ordersProjection, customers: customersProjection, sales: salesProjection },
  prepare: (views: Views) => (_: undefined) => ({
    orders: views.orders.select().from(orders).all(),
    history: views.orders.select().from(orderHistory).all(),
    customers: views.customers.select().from(customers).all(),
    byDay: views.sales.select().from(salesByDay).all(),
    labels: views.sales.select().from(salesLabels).all(),
    counted: views.sales.select().from(salesOrders).all(),
  }),
});

/** The orders domain without its GraphQL part, running; stopped after the test. */
export async function startOrders(log: EventLog = createMemoryLog(), batchMax?: number): Promise<Kernel> {
  const kernel = await createKernel({
    log,
    views: sqliteViews(tempDir()),
    modules: [
      {
        name: 'orders',
        deciders: [order],
        projections: [ordersProjection, customersProjection, salesProjection],
        queries: [everything, orderTimeline, salesReport],
      },
    ],
    ...(batchMax !== undefined && { projectionBatchMax: batchMax }),
  });
  onTestFinished(() => kernel.stop());
  kernel.start();
  return kernel;
}

/** What the views hold once they have reached the head, each table sorted. */
export async function viewsOf({ queries, log }: Kernel) {
  const { value, consistency } = await queries.ask(everything, undefined, {
    readAfter: readAfter(await log.head(), 5_000, 'ERROR'),
  });
  if (consistency.position !== (await log.head())) throw new Error('The views are not at the head.');
  return sorted(value);
}

/** The same tables with their rows in one order. */
export function sorted<Tables extends Readonly<Record<string, readonly object[]>>>(tables: Tables): Tables {
  const entries = Object.entries(tables).map(([name, rows]) => [
    name,
    rows.map(normal).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  ]);
  // The same names with the same kinds of rows.
  return Object.fromEntries(entries) as Tables;
}

function normal(row: object): object {
  return Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}
