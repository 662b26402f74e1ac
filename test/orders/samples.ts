import type { EventOf } from '../../src/kernel/index.js';
import type { OrderEvents } from '../../src/orders/events.js';

/** A fact of the orders domain. */
export type Event = EventOf<OrderEvents>;

/** The order that the examples are about. */
export const ORDER_ID = '01890a5d-ac96-774b-bcce-b302099a8057';

/** A valid address. */
export const address = {
  recipient: 'Ada Lovelace',
  line1: '12 St James’s Square',
  line2: null,
  city: 'London',
  region: null,
  postalCode: 'SW1Y 4JH',
  country: 'United Kingdom',
};

/** A valid item: two at 10.00, less 10 %. */
export const item = { sku: 'tea', name: 'Tea', quantity: 2, unitPrice: '10.00', discount: '0.1' };

/** The line that the item becomes. */
export const line = {
  sku: 'tea',
  name: 'Tea',
  quantity: 2,
  unitPrice: 1_000,
  discount: '0.1',
  gross: 2_000,
  discountAmount: 200,
};

/** A valid input of createOrder. */
export const newOrder = {
  customerId: 'ada',
  reference: 'A-1',
  currencyCode: 'USD',
  items: [item],
  shippingAddress: address,
  freight: '5.00',
};

/** The facts of an order's life. */
export const facts = {
  created: {
    type: 'OrderCreated',
    data: {
      orderId: ORDER_ID,
      customerId: 'ada',
      reference: 'A-1',
      currencyCode: 'USD',
      lines: [line],
      shippingAddress: address,
      freight: 500,
      createdAt: 1,
      orderedAt: null,
    },
  },
  placed: {
    type: 'OrderPlaced',
    data: { orderId: ORDER_ID, customerId: 'ada', currencyCode: 'USD', total: 2_300, placedAt: 2 },
  },
  paid: { type: 'OrderPaid', data: { orderId: ORDER_ID, paymentReference: 'P-1', paidAt: 3 } },
  shipped: {
    type: 'OrderShipped',
    data: { orderId: ORDER_ID, carrier: 'DHL', trackingNumber: 'T-1', shippedAt: 4 },
  },
  delivered: { type: 'OrderDelivered', data: { orderId: ORDER_ID, deliveredAt: 5 } },
  cancelled: {
    type: 'OrderCancelled',
    data: {
      orderId: ORDER_ID,
      reason: 'changed my mind',
      cancelledAt: 6,
      wasPlaced: false,
      customerId: 'ada',
      currencyCode: 'USD',
      total: 2_300,
    },
  },
} as const satisfies Record<string, Event>;

/** What has happened to an order in each state. */
export const lives = {
  NONE: [],
  DRAFT: [facts.created],
  PLACED: [facts.created, facts.placed],
  PAID: [facts.created, facts.placed, facts.paid],
  SHIPPED: [facts.created, facts.placed, facts.paid, facts.shipped],
  DELIVERED: [facts.created, facts.placed, facts.paid, facts.shipped, facts.delivered],
  CANCELLED: [facts.created, facts.cancelled],
} as const satisfies Record<string, readonly Event[]>;
