import { defineProjection, keyedBy } from '../../kernel/index.js';
import { orderEvents, type OrderEvents } from '../events.js';
import { customers, type CustomerRow } from './customers.tables.js';

const tables = { customers: keyedBy(customers, 'id') };

function added(value: CustomerRow['lifetimeValue'], currencyCode: string, amount: number) {
  return { ...value, [currencyCode]: (value[currencyCode] ?? 0) + amount };
}

/** The order that counts as the last one, after `candidate` was placed. */
function lastOrder(row: CustomerRow, candidate: { readonly orderId: string; readonly placedAt: number }) {
  const { orderId, placedAt } = candidate;
  return row.lastOrderAt !== null && row.lastOrderAt > placedAt
    ? {}
    : { lastOrderAt: placedAt, lastOrderId: orderId };
}

/** A summary of each customer: how many orders, worth how much, and the last one. */
export const customersProjection = defineProjection<OrderEvents, typeof tables>({
  name: 'customers',
  version: 1,
  events: orderEvents,
  tables,
  migrations: new URL('../../../drizzle/customers', import.meta.url),
  // Each row is made of the events of all the customer's orders.
  entity: ({ data, tags }) => ('customerId' in data ? `customer:${data.customerId}` : (tags[0] ?? '')),
  on: {
    OrderCreated: (rows, { data, position }) => {
      const id = data.customerId;
      const name = data.shippingAddress.recipient;
      const known = rows.customers.get({ id });
      rows.customers.put({
        ...(known ?? {
          orderCount: 0,
          lifetimeValue: {},
          firstOrderAt: null,
          lastOrderAt: null,
          lastOrderId: null,
        }),
        id,
        name,
        position,
      });
    },
    OrderPlaced: (rows, { data, position }) => {
      const { customerId: id, currencyCode, total, placedAt } = data;
      rows.customers.patch({ id }, (row) => ({
        orderCount: row.orderCount + 1,
        lifetimeValue: added(row.lifetimeValue, currencyCode, total),
        firstOrderAt: Math.min(row.firstOrderAt ?? placedAt, placedAt),
        ...lastOrder(row, data),
        position,
      }));
    },
    OrderCancelled: (rows, { data, position }) => {
      const { customerId: id, currencyCode, total, wasPlaced } = data;
      if (!wasPlaced) return;
      rows.customers.patch({ id }, (row) => ({
        orderCount: row.orderCount - 1,
        lifetimeValue: added(row.lifetimeValue, currencyCode, -total),
        position,
      }));
    },
  },
});
