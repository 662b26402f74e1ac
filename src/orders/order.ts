import { defineDecider, refuse, type Command, type EventOf, type Refused } from '../kernel/index.js';
import { orderEvents, orderTag, type Address, type Line, type OrderEvents } from './events.js';
import {
  ITEMS_MAX,
  QUANTITY_MAX,
  amountProblem,
  orderInputs,
  type Item,
  type OrderInputs,
} from './inputs.js';
import { fractionOf, toMinor } from './money.js';

/** Where an order is in its life: forward one step at a time, or CANCELLED from the first three. */
export type OrderStatus = 'DRAFT' | 'PLACED' | 'PAID' | 'SHIPPED' | 'DELIVERED' | 'CANCELLED';

/** What decisions about an order need to know. */
export interface OrderState {
  readonly status: OrderStatus;
  readonly customerId: string;
  readonly currencyCode: string;
  readonly lines: readonly Line[];
  readonly shippingAddress: Address;
  readonly freight: number;
  readonly orderedAt: number | null;
  readonly paymentReference: string | null;
  readonly shipment: { readonly carrier: string; readonly trackingNumber: string | null } | null;
}

type Event = EventOf<OrderEvents>;
type Decided = readonly Event[] | Refused;

/** An item with its amounts in minor units. */
export function priceLine(item: Item, currencyCode: string): Line {
  const unitPrice = toMinor(item.unitPrice, currencyCode);
  const gross = unitPrice * item.quantity;
  const { sku, quantity, discount } = item;
  const name = item.name ?? sku;
  return { sku, name, quantity, unitPrice, discount, gross, discountAmount: fractionOf(gross, discount) };
}

/** What the customer pays: lines less discounts, plus freight; in minor units. */
export function totalOf({ lines, freight }: Pick<OrderState, 'lines' | 'freight'>): number {
  return lines.reduce((sum, { gross, discountAmount }) => sum + gross - discountAmount, freight);
}

/** The lines with this one, in place of the one with its sku. */
export function withLine(lines: readonly Line[], line: Line): readonly Line[] {
  return lines.some(({ sku }) => sku === line.sku)
    ? lines.map((other) => (other.sku === line.sku ? line : other))
    : [...lines, line];
}

function wrongState(status: OrderStatus, action: string, allowed: string): Refused {
  const code = status === 'DRAFT' ? 'NOT_PLACED' : `ALREADY_${status}`;
  return refuse(code, `The order is ${status}, so it cannot be ${action}; that takes ${allowed}.`);
}

const NOT_FOUND: Refused = {
  ...refuse('ORDER_NOT_FOUND', 'There is no order with this id. Create it first, or check the id.', [
    'orderId',
  ]),
  concealed: true,
};

/** Decides only about orders that exist, and for a customer only about their own. */
function existing<Input>(
  decide: (order: OrderState, command: Command<Input>) => Decided,
): (order: OrderState | null, command: Command<Input>) => Decided {
  return (order, command) =>
    order === null || (command.limitedTo !== null && command.limitedTo !== order.customerId)
      ? NOT_FOUND
      : decide(order, command);
}

function merged(line: Line, item: Item, currencyCode: string): Line | Refused {
  if (
    line.unitPrice !== toMinor(item.unitPrice, currencyCode) ||
    Number(line.discount) !== Number(item.discount)
  ) {
    return refuse(
      'ITEM_PRICE_DIFFERS',
      `${item.sku} is in the order at another price or discount. Remove it first.`,
      ['item', 'unitPrice'],
    );
  }
  const quantity = line.quantity + item.quantity;
  if (quantity > QUANTITY_MAX) {
    return refuse('QUANTITY_TOO_LARGE', `${item.sku} would be ${quantity}; ${QUANTITY_MAX} is the most.`, [
      'item',
      'quantity',
    ]);
  }
  return priceLine({ ...item, name: line.name, quantity }, currencyCode);
}

function addItem(
  order: OrderState,
  { input: { orderId, item } }: Command<OrderInputs['addOrderItem']>,
): Decided {
  const { status, currencyCode, lines } = order;
  if (status !== 'DRAFT') return wrongState(status, 'changed', 'a DRAFT');
  const problem = amountProblem(item.unitPrice, currencyCode);
  if (problem !== undefined)
    return refuse('AMOUNT_NOT_ALLOWED', `The unit price ${problem}.`, ['item', 'unitPrice']);
  const present = lines.find(({ sku }) => sku === item.sku);
  if (present === undefined && lines.length >= ITEMS_MAX) {
    return refuse('TOO_MANY_ITEMS', `An order has ${ITEMS_MAX} items at most.`, ['item']);
  }
  const line = present === undefined ? priceLine(item, currencyCode) : merged(present, item, currencyCode);
  return 'refusals' in line ? line : [{ type: 'OrderItemAdded', data: { orderId, line } }];
}

function cancel(order: OrderState, command: Command<OrderInputs['cancelOrder']>): Decided {
  const { status, customerId, currencyCode } = order;
  const { orderId, reason } = command.input;
  if (status === 'CANCELLED') return [];
  if (status === 'SHIPPED' || status === 'DELIVERED')
    return wrongState(status, 'cancelled', 'a DRAFT, PLACED or PAID order');
  const wasPlaced = status !== 'DRAFT';
  const facts = { orderId, reason, cancelledAt: command.issuedAt, wasPlaced, customerId, currencyCode };
  return [{ type: 'OrderCancelled', data: { ...facts, total: totalOf(order) } }];
}

function sameAddress(a: Address, b: Address): boolean {
  return (Object.keys(a) as (keyof Address)[]).every((key) => a[key] === b[key]);
}

/** One order, from draft to delivery. Its boundary is its own events. */
export const order = defineDecider<OrderEvents, OrderInputs, OrderState | null>({
  name: 'order',
  events: orderEvents,
  inputs: orderInputs,
  subject: (command) => ('orderId' in command.input ? command.input.orderId : command.freshId),
  boundary: (command) => [
    { tags: [orderTag('orderId' in command.input ? command.input.orderId : command.freshId)] },
  ],
  // Raise it with each change of what evolve makes of the events.
  snapshot: { version: 1 },
  initial: null,
  evolve: {
    OrderCreated: (_, { customerId, currencyCode, lines, shippingAddress, freight, orderedAt }) => ({
      status: 'DRAFT',
      customerId,
      currencyCode,
      lines,
      shippingAddress,
      freight,
      orderedAt,
      paymentReference: null,
      shipment: null,
    }),
    OrderItemAdded: (state, { line }) => state && { ...state, lines: withLine(state.lines, line) },
    OrderItemRemoved: (state, { sku }) =>
      state && { ...state, lines: state.lines.filter((line) => line.sku !== sku) },
    ShippingAddressChanged: (state, { shippingAddress }) => state && { ...state, shippingAddress },
    OrderPlaced: (state) => state && { ...state, status: 'PLACED' },
    OrderPaid: (state, { paymentReference }) => state && { ...state, status: 'PAID', paymentReference },
    OrderShipped: (state, { carrier, trackingNumber }) =>
      state && { ...state, status: 'SHIPPED', shipment: { carrier, trackingNumber } },
    OrderDelivered: (state) => state && { ...state, status: 'DELIVERED' },
    OrderCancelled: (state) => state && { ...state, status: 'CANCELLED' },
  },
  decide: {
    createOrder: (_, { input, freshId, issuedAt, limitedTo }) => {
      if (limitedTo !== null && limitedTo !== input.customerId) {
        return refuse('NOT_YOUR_CUSTOMER_ID', 'You can order for yourself only.', ['customerId']);
      }
      const { items, freight, orderedAt, ...rest } = input;
      const lines = items.map((item) => priceLine(item, rest.currencyCode));
      const amounts = { lines, freight: toMinor(freight, rest.currencyCode) };
      const times = { createdAt: orderedAt ?? issuedAt, orderedAt };
      return [{ type: 'OrderCreated', data: { orderId: freshId, ...rest, ...amounts, ...times } }];
    },
    addOrderItem: existing(addItem),
    removeOrderItem: existing((state, { input: { orderId, sku } }) => {
      if (state.status !== 'DRAFT') return wrongState(state.status, 'changed', 'a DRAFT');
      if (!state.lines.some((line) => line.sku === sku)) {
        return refuse('ITEM_NOT_FOUND', `The order has no item ${sku}.`, ['sku']);
      }
      return [{ type: 'OrderItemRemoved', data: { orderId, sku } }];
    }),
    changeShippingAddress: existing((state, { input: { orderId, shippingAddress } }) => {
      const { status } = state;
      if (status !== 'DRAFT' && status !== 'PLACED' && status !== 'PAID') {
        return wrongState(status, 'sent elsewhere', 'an order that has not been shipped or cancelled');
      }
      if (sameAddress(state.shippingAddress, shippingAddress)) return [];
      return [{ type: 'ShippingAddressChanged', data: { orderId, shippingAddress } }];
    }),
    placeOrder: existing((state, { input: { orderId }, issuedAt }) => {
      const { status, customerId, currencyCode, orderedAt } = state;
      if (status === 'PLACED') return [];
      if (status !== 'DRAFT') return wrongState(status, 'placed', 'a DRAFT');
      if (state.lines.length === 0)
        return refuse('ORDER_EMPTY', 'An order needs an item before it can be placed.');
      const data = {
        orderId,
        customerId,
        currencyCode,
        total: totalOf(state),
        placedAt: orderedAt ?? issuedAt,
      };
      return [{ type: 'OrderPlaced', data }];
    }),
    payOrder: existing((state, { input: { orderId, paymentReference }, issuedAt }) => {
      if (state.status === 'PAID' && state.paymentReference === paymentReference) return [];
      if (state.status !== 'PLACED') return wrongState(state.status, 'paid', 'a PLACED order');
      return [{ type: 'OrderPaid', data: { orderId, paymentReference, paidAt: issuedAt } }];
    }),
    shipOrder: existing((state, { input: { orderId, carrier, trackingNumber, shippedAt }, issuedAt }) => {
      const { status, shipment } = state;
      const same = shipment?.carrier === carrier && shipment.trackingNumber === trackingNumber;
      if (status === 'SHIPPED' && same) return [];
      if (status === 'PLACED')
        return refuse('NOT_PAID', 'The order is PLACED; it must be PAID before it can be shipped.');
      if (status !== 'PAID') return wrongState(status, 'shipped', 'a PAID order');
      return [
        {
          type: 'OrderShipped',
          data: { orderId, carrier, trackingNumber, shippedAt: shippedAt ?? issuedAt },
        },
      ];
    }),
    deliverOrder: existing((state, { input: { orderId, deliveredAt }, issuedAt }) => {
      const { status } = state;
      if (status === 'DELIVERED') return [];
      if (status === 'CANCELLED') return wrongState(status, 'delivered', 'a SHIPPED order');
      if (status !== 'SHIPPED') {
        return refuse(
          'NOT_SHIPPED',
          `The order is ${status}; it must be SHIPPED before it can be delivered.`,
        );
      }
      return [{ type: 'OrderDelivered', data: { orderId, deliveredAt: deliveredAt ?? issuedAt } }];
    }),
    cancelOrder: existing(cancel),
  },
});
