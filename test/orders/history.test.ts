import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import { knownTypes, replay, type Kernel } from '../../src/kernel/index.js';
import { orderTag } from '../../src/orders/events.js';
import { ordersProjection } from '../../src/orders/views/orders.projection.js';
import { orderHistory, orders } from '../../src/orders/views/orders.tables.js';
import { salesProjection } from '../../src/orders/views/sales.projection.js';
import { salesOrders } from '../../src/orders/views/sales.tables.js';
import { tempDir } from '../support/temp-dir.js';
import { chunks, creations, play } from './commands.js';
import { sorted, startOrders, viewsOf } from './orders-kernel.js';

const PROJECTIONS = [ordersProjection, salesProjection] as const;

/** The tables that have an owner, from all orders' folds. */
async function folded({ history }: Kernel, ids: readonly string[], until = {}) {
  const tables = { orders: [] as object[], history: [] as object[], counted: [] as object[] };
  for (const id of ids) {
    const ofOrders = await history.asOf(ordersProjection, orderTag(id), until);
    const ofSales = await history.asOf(salesProjection, orderTag(id), until);
    tables.orders.push(...ofOrders.rows.orders);
    tables.history.push(...ofOrders.rows.history);
    tables.counted.push(...ofSales.rows.orders);
  }
  return sorted(tables);
}

/** The same tables after a replay of the whole log through a position. */
async function replayed({ log }: Kernel, through: number) {
  const types = knownTypes([{ name: 'orders', projections: PROJECTIONS }]);
  const views = sqliteViews(tempDir());
  const [ofOrders, ofSales] = await Promise.all(
    PROJECTIONS.map(async (projection) => {
      const store = views.create(projection, log.identity);
      onTestFinished(() => {
        store.close();
      });
      await replay({ projection, store, log, knownTypes: types, through });
      // The sqlite engine's handle is drizzle's.
      return store.reader as BetterSQLite3Database;
    }),
  );
  return sorted({
    orders: ofOrders?.select().from(orders).all() ?? [],
    history: ofOrders?.select().from(orderHistory).all() ?? [],
    counted: ofSales?.select().from(salesOrders).all() ?? [],
  });
}

describe('orders as of a position', () => {
  it('are, after any commands, what the views hold at the head, and what a full replay through it makes', async () => {
    await fc.assert(
      fc.asyncProperty(
        creations,
        chunks,
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (created, steps, share) => {
          const kernel = await startOrders();
          const ids = await play(kernel, created, steps);
          const { orders: rows, history, counted } = await viewsOf(kernel);
          expect(await folded(kernel, ids)).toEqual({ orders: rows, history, counted });
          const position = Math.floor((await kernel.log.head()) * share);
          expect(await folded(kernel, ids, { position })).toEqual(await replayed(kernel, position));
          await kernel.stop();
        },
      ),
      { numRuns: 25 },
    );
  });
});
