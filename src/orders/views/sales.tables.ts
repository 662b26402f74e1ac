import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Line } from '../events.js';

/** What sales are counted by; ALL is every order once. */
export type SalesDimension = 'ALL' | 'PRODUCT' | 'CUSTOMER' | 'COUNTRY';

/** Sums for each day (UTC, `2026-01-31`), dimension, key and currency; amounts in minor units. */
export const salesByDay = sqliteTable(
  'sales_by_day',
  {
    dimension: text().$type<SalesDimension>().notNull(),
    key: text().notNull(),
    day: text().notNull(),
    currencyCode: text('currency_code').notNull(),
    orders: integer().notNull(),
    quantity: integer().notNull(),
    gross: integer().notNull(),
    discount: integer().notNull(),
    freight: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.dimension, table.key, table.day, table.currencyCode] })],
);

/** The names that keys go by: a product's, a customer's newest recipient. */
export const salesLabels = sqliteTable(
  'sales_labels',
  {
    dimension: text().$type<SalesDimension>().notNull(),
    key: text().notNull(),
    label: text().notNull(),
    /** Of the event that named it so: an event that is applied late does not bring an older name back. */
    position: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.dimension, table.key] })],
);

/** What the report needs to know of an order until it is cancelled; `day` is null until it is placed. */
export const salesOrders = sqliteTable(
  'sales_orders',
  {
    id: text().primaryKey(),
    customerId: text('customer_id').notNull(),
    recipient: text().notNull(),
    country: text().notNull(),
    currencyCode: text('currency_code').notNull(),
    lines: text({ mode: 'json' }).$type<readonly Line[]>().notNull(),
    freight: integer().notNull(),
    day: text(),
  },
  (table) => [index('sales_orders_customer').on(table.customerId, table.day)],
);

/** A row of the sums. */
export type SalesRow = typeof salesByDay.$inferSelect;
/** An order as the report counts it. */
export type SalesOrder = typeof salesOrders.$inferSelect;
