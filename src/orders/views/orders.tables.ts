import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Address, Line } from '../events.js';
import type { OrderStatus } from '../order.js';

/** When it was placed, with drafts before all others. */
export const placedOrder = sql<number>`CASE WHEN placed_at IS NULL THEN 0 ELSE placed_at END`;

/** Orders with their items, one row each. Amounts are minor units of the currency, times ms since 1970. */
export const orders = sqliteTable(
  'orders',
  {
    id: text().primaryKey(),
    reference: text(),
    status: text().$type<OrderStatus>().notNull(),
    customerId: text('customer_id').notNull(),
    currencyCode: text('currency_code').notNull(),
    items: text({ mode: 'json' }).$type<readonly Line[]>().notNull(),
    shippingAddress: text('shipping_address', { mode: 'json' }).$type<Address>().notNull(),
    subtotal: integer().notNull(),
    discount: integer().notNull(),
    freight: integer().notNull(),
    total: integer().notNull(),
    createdAt: integer('created_at').notNull(),
    placedAt: integer('placed_at'),
    paidAt: integer('paid_at'),
    shippedAt: integer('shipped_at'),
    deliveredAt: integer('delivered_at'),
    cancelledAt: integer('cancelled_at'),
    paymentReference: text('payment_reference'),
    carrier: text(),
    trackingNumber: text('tracking_number'),
    cancelReason: text('cancel_reason'),
    /** Of the last event that changed the row. */
    position: integer().notNull(),
    degraded: integer({ mode: 'boolean' }).notNull(),
  },
  (table) => [
    index('orders_created').on(table.createdAt, table.id),
    index('orders_placed').on(placedOrder, table.id),
    index('orders_changed').on(table.position, table.id),
    index('orders_total').on(table.total, table.id),
    index('orders_status').on(table.status, table.createdAt, table.id),
    index('orders_customer').on(table.customerId, table.createdAt, table.id),
    index('orders_reference').on(table.reference),
  ],
);

/** Each order's timeline: one row for each of its events. */
export const orderHistory = sqliteTable(
  'order_history',
  {
    orderId: text('order_id').notNull(),
    position: integer().notNull(),
    type: text().notNull(),
    /** When it happened, as the order has it; `recordedAt` is when it was written down. */
    at: integer().notNull(),
    recordedAt: integer('recorded_at').notNull(),
    actor: text().notNull(),
    commandId: text('command_id').notNull(),
    summary: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.position] })],
);

/** A row of the orders view. */
export type OrderRow = typeof orders.$inferSelect;
/** A row of an order's timeline. */
export type HistoryRow = typeof orderHistory.$inferSelect;
