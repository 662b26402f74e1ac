import { defineProjection, keyedBy, ownedBy, type Recorded, type RowsOf } from '../../kernel/index.js';
import { orderEvents, orderTag, type Line, type OrderEvents } from '../events.js';
import { fromMinor } from '../money.js';
import { totalOf, withLine } from '../order.js';
import { orderHistory, orders, type OrderRow } from './orders.tables.js';

const tables = {
  orders: ownedBy(keyedBy(orders, 'id'), ({ id }) => orderTag(id)),
  history: ownedBy(keyedBy(orderHistory, 'orderId', 'position'), ({ orderId }) => orderTag(orderId)),
};

type Rows = RowsOf<typeof tables>;

/** The amounts that follow from the lines. */
export function amountsOf(lines: readonly Line[], freight: number) {
  const subtotal = lines.reduce((sum, { gross }) => sum + gross, 0);
  const discount = lines.reduce((sum, { discountAmount }) => sum + discountAmount, 0);
  return { items: lines, subtotal, discount, freight, total: totalOf({ lines, freight }) };
}

/** Changes the order's row and adds to its timeline. */
function apply(
  rows: Rows,
  event: Recorded<string, { readonly orderId: string }>,
  at: number,
  summary: string,
  change: Partial<OrderRow> | ((row: OrderRow) => Partial<OrderRow>),
): void {
  const { position } = event;
  rows.orders.patch({ id: event.data.orderId }, (row) => ({
    ...(typeof change === 'function' ? change(row) : change),
    position,
  }));
  record(rows, event, at, summary);
}

function record(
  rows: Rows,
  { type, data, position, recordedAt, actor, commandId }: Recorded<string, { readonly orderId: string }>,
  at: number,
  summary: string,
): void {
  rows.history.put({ orderId: data.orderId, position, type, at, recordedAt, actor, commandId, summary });
}

/** Orders with their items, and each order's timeline. */
export const ordersProjection = defineProjection<OrderEvents, typeof tables>({
  name: 'orders',
  version: 1,
  events: orderEvents,
  tables,
  migrations: new URL('../../../drizzle/orders', import.meta.url),
  followed: ['orders'],
  degrade: (rows, entity, degraded) => {
    const id = entity.slice(orderTag('').length);
    if (rows.orders.get({ id }) !== undefined) rows.orders.patch({ id }, { degraded });
  },
  on: {
    OrderCreated: (rows, event) => {
      const { orderId, customerId, reference, currencyCode, lines, shippingAddress, freight, createdAt } =
        event.data;
      rows.orders.put({
        id: orderId,
        reference,
        status: 'DRAFT',
        customerId,
        currencyCode,
        shippingAddress,
        ...amountsOf(lines, freight),
        createdAt,
        placedAt: null,
        paidAt: null,
        shippedAt: null,
        deliveredAt: null,
        cancelledAt: null,
        paymentReference: null,
        carrier: null,
        trackingNumber: null,
        cancelReason: null,
        position: event.position,
        degraded: false,
      });
      record(rows, event, createdAt, `Created with ${lines.length} ${lines.length === 1 ? 'item' : 'items'}`);
    },
    OrderItemAdded: (rows, event) => {
      const { line } = event.data;
      apply(rows, event, event.issuedAt, `Item ${line.sku} is now ${line.quantity}`, ({ items, freight }) =>
        amountsOf(withLine(items, line), freight),
      );
    },
    OrderItemRemoved: (rows, event) => {
      const { sku } = event.data;
      apply(rows, event, event.issuedAt, `Item ${sku} removed`, ({ items, freight }) =>
        amountsOf(
          items.filter((line) => line.sku !== sku),
          freight,
        ),
      );
    },
    ShippingAddressChanged: (rows, event) => {
      const { shippingAddress } = event.data;
      const { recipient, city, country } = shippingAddress;
      apply(rows, event, event.issuedAt, `To be sent to ${recipient}, ${city}, ${country}`, {
        shippingAddress,
      });
    },
    OrderPlaced: (rows, event) => {
      const { placedAt, total, currencyCode } = event.data;
      const summary = `Placed for ${fromMinor(total, currencyCode)} ${currencyCode}`;
      apply(rows, event, placedAt, summary, { status: 'PLACED', placedAt });
    },
    OrderPaid: (rows, event) => {
      const { paymentReference, paidAt } = event.data;
      apply(rows, event, paidAt, `Paid by ${paymentReference}`, { status: 'PAID', paidAt, paymentReference });
    },
    OrderShipped: (rows, event) => {
      const { carrier, trackingNumber, shippedAt } = event.data;
      const summary = `Shipped with ${carrier}${trackingNumber === null ? '' : `, ${trackingNumber}`}`;
      apply(rows, event, shippedAt, summary, { status: 'SHIPPED', carrier, trackingNumber, shippedAt });
    },
    OrderDelivered: (rows, event) => {
      const { deliveredAt } = event.data;
      apply(rows, event, deliveredAt, 'Delivered', { status: 'DELIVERED', deliveredAt });
    },
    OrderCancelled: (rows, event) => {
      const { reason: cancelReason, cancelledAt } = event.data;
      apply(rows, event, cancelledAt, `Cancelled: ${cancelReason}`, {
        status: 'CANCELLED',
        cancelledAt,
        cancelReason,
      });
    },
  },
});
