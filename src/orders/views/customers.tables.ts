import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What each customer has bought: placed orders that were not cancelled. */
export const customers = sqliteTable(
  'customers',
  {
    id: text().primaryKey(),
    /** The recipient of the newest order. */
    name: text().notNull(),
    orderCount: integer('order_count').notNull(),
    /** Minor units by currency. */
    lifetimeValue: text('lifetime_value', { mode: 'json' })
      .$type<Readonly<Record<string, number>>>()
      .notNull(),
    firstOrderAt: integer('first_order_at'),
    /** The order placed last, also if it was cancelled since. */
    lastOrderAt: integer('last_order_at'),
    lastOrderId: text('last_order_id'),
    /** Of the last event that changed the row. */
    position: integer().notNull(),
  },
  (table) => [
    index('customers_name').on(table.name, table.id),
    index('customers_order_count').on(table.orderCount, table.id),
  ],
);

/** A row of the customers view. */
export type CustomerRow = typeof customers.$inferSelect;
