import { defineProjection, keyedBy, ownedBy, type Recorded, type RowsOf } from '../../kernel/index.js';
import { orderEvents, orderTag, type OrderEvents } from '../events.js';
import { withLine } from '../order.js';
import { added, contributions } from './sales.contributions.js';
import { salesByDay, salesLabels, salesOrders, type SalesOrder } from './sales.tables.js';

const tables = {
  byDay: keyedBy(salesByDay, 'dimension', 'key', 'day', 'currencyCode'),
  labels: keyedBy(salesLabels, 'dimension', 'key'),
  orders: ownedBy(keyedBy(salesOrders, 'id'), ({ id }) => orderTag(id)),
};

type Rows = RowsOf<typeof tables>;

/** Adds what the order contributes to the sums (`sign` 1), or takes it out again (-1). */
function count(rows: Rows, order: SalesOrder, sign: 1 | -1, position: number): void {
  const { day, currencyCode } = order;
  if (day === null) return;
  for (const { dimension, key, label, amounts } of contributions(order)) {
    const at = { dimension, key, day, currencyCode };
    const row = rows.byDay.get(at) ?? { ...at, orders: 0, quantity: 0, gross: 0, discount: 0, freight: 0 };
    const counted = { ...at, ...added(row, amounts, sign) };
    if (counted.orders === 0) rows.byDay.delete(at);
    else rows.byDay.put(counted);
    if (sign === 1 && (rows.labels.get({ dimension, key })?.position ?? 0) < position)
      rows.labels.put({ dimension, key, label, position });
  }
}

/** Changes an order, and the sums with it where it counts already. */
function change(
  rows: Rows,
  { data: { orderId: id }, position }: Recorded<string, { readonly orderId: string }>,
  next: (order: SalesOrder) => Partial<SalesOrder>,
): void {
  const before = rows.orders.get({ id });
  if (before === undefined) return;
  const after = { ...before, ...next(before) };
  count(rows, before, -1, position);
  count(rows, after, 1, position);
  rows.orders.put(after);
}

/** Sums of placed orders that were not cancelled, by day and by what the report groups by. */
export const salesProjection = defineProjection<OrderEvents, typeof tables>({
  name: 'sales',
  version: 2,
  events: orderEvents,
  tables,
  migrations: new URL('../../../drizzle/sales', import.meta.url),
  on: {
    OrderCreated: (rows, { data }) => {
      const { orderId: id, customerId, currencyCode, lines, freight, shippingAddress } = data;
      const { recipient, country } = shippingAddress;
      rows.orders.put({ id, customerId, recipient, country, currencyCode, lines, freight, day: null });
    },
    OrderItemAdded: (rows, event) => {
      change(rows, event, ({ lines }) => ({ lines: withLine(lines, event.data.line) }));
    },
    OrderItemRemoved: (rows, event) => {
      change(rows, event, ({ lines }) => ({ lines: lines.filter(({ sku }) => sku !== event.data.sku) }));
    },
    ShippingAddressChanged: (rows, event) => {
      const { recipient, country } = event.data.shippingAddress;
      change(rows, event, () => ({ recipient, country }));
    },
    OrderPlaced: (rows, event) => {
      const day = new Date(event.data.placedAt).toISOString().slice(0, 10);
      change(rows, event, () => ({ day }));
    },
    OrderCancelled: (rows, event) => {
      change(rows, event, () => ({ day: null }));
      rows.orders.delete({ id: event.data.orderId });
    },
  },
});
