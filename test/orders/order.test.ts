import { describe, expect, it } from 'vitest';
import { given } from '../../src/testing/index.js';
import { order } from '../../src/orders/order.js';
import { ITEMS_MAX, QUANTITY_MAX } from '../../src/orders/inputs.js';
import { ORDER_ID, address, facts, item, line, lives, newOrder, type Event } from './samples.js';

type State = keyof typeof lives;
/** What a command must come to: the types of its events, `nothing`, or the code of its refusal. */
type Outcome = string;

const orderId = ORDER_ID;
const elsewhere = { ...address, city: 'Turin', country: 'Italy' };

const table: readonly (readonly [keyof typeof order.decide, object, Readonly<Record<State, Outcome>>])[] = [
  [
    'addOrderItem',
    { orderId, item: { ...item, sku: 'milk' } },
    {
      NONE: 'ORDER_NOT_FOUND',
      DRAFT: 'OrderItemAdded',
      PLACED: 'ALREADY_PLACED',
      PAID: 'ALREADY_PAID',
      SHIPPED: 'ALREADY_SHIPPED',
      DELIVERED: 'ALREADY_DELIVERED',
      CANCELLED: 'ALREADY_CANCELLED',
    },
  ],
  [
    'removeOrderItem',
    { orderId, sku: 'tea' },
    {
      NONE: 'ORDER_NOT_FOUND',
      DRAFT: 'OrderItemRemoved',
      PLACED: 'ALREADY_PLACED',
      PAID: 'ALREADY_PAID',
      SHIPPED: 'ALREADY_SHIPPED',
      DELIVERED: 'ALREADY_DELIVERED',
      CANCELLED: 'ALREADY_CANCELLED',
    },
  ],
  [
    'changeShippingAddress',
    { orderId, shippingAddress: elsewhere },
    {
      NONE: 'ORDER_NOT_FOUND',
      DRAFT: 'ShippingAddressChanged',
      PLACED: 'ShippingAddressChanged',
      PAID: 'ShippingAddressChanged',
      SHIPPED: 'ALREADY_SHIPPED',
      DELIVERED: 'ALREADY_DELIVERED',
      CANCELLED: 'ALREADY_CANCELLED',
    },
  ],
  [
    'placeOrder',
    { orderId },
    {
      NONE: 'ORDER_NOT_FOUND',
      DRAFT: 'OrderPlaced',
      PLACED: 'nothing',
      PAID: 'ALREADY_PAID',
      SHIPPED: 'ALREADY_SHIPPED',
      DELIVERED: 'ALREADY_DELIVERED',
      CANCELLED: 'ALREADY_CANCELLED',
    },
  ],
  [
    'payOrder',
    { orderId, paymentReference: 'P-1' },
    {
      NONE: 'ORDER_NOT_FOUND',
      DRAFT: 'NOT_PLACED',
      PLACED: 'OrderPaid',
      PAID: 'nothing',
      SHIPPED: 'ALREADY_SHIPPED',
      DELIVERED: 'ALREADY_DELIVERED',
      CANCELLED: 'ALREADY_CANCELLED',
    },
  ],
  [
    'shipOrder',
    { orderId, carrier: 'DHL', trackingNumber: 'T-1' },
    {
      NONE: 'ORDER_NOT_FOUND',
      DRAFT: 'NOT_PLACED',
      PLACED: 'NOT_PAID',
      PAID: 'OrderShipped',
      SHIPPED: 'nothing',
      DELIVERED: 'ALREADY_DELIVERED',
      CANCELLED: 'ALREADY_CANCELLED',
    },
  ],
  [
    'deliverOrder',
    { orderId },
    {
      NONE: 'ORDER_NOT_FOUND',
      DRAFT: 'NOT_SHIPPED',
      PLACED: 'NOT_SHIPPED',
      PAID: 'NOT_SHIPPED',
      SHIPPED: 'OrderDelivered',
      DELIVERED: 'nothing',
      CANCELLED: 'ALREADY_CANCELLED',
    },
  ],
  [
    'cancelOrder',
    { orderId, reason: 'too late' },
    {
      NONE: 'ORDER_NOT_FOUND',
      DRAFT: 'OrderCancelled',
      PLACED: 'OrderCancelled',
      PAID: 'OrderCancelled',
      SHIPPED: 'ALREADY_SHIPPED',
      DELIVERED: 'ALREADY_DELIVERED',
      CANCELLED: 'nothing',
    },
  ],
];

const cases = table.flatMap(([command, input, outcomes]) =>
  (Object.keys(outcomes) as State[]).map((state) => [command, state, outcomes[state], input] as const),
);

describe('an order', () => {
  it.each(cases)('%s of an order that is %s comes to %s', (command, state, outcome, input) => {
    const then = given(order, lives[state]).when(command, input);
    if (outcome === 'nothing') then.thenNothing();
    else if (outcome === outcome.toUpperCase()) then.thenRefused(outcome);
    else expect(then.events().map(({ type }) => type)).toEqual([outcome]);
  });

  it('is never changed by a command about an order that does not exist, and says which field is wrong', () => {
    expect(() => given(order, []).when('placeOrder', { orderId }).events()).toThrow(/"field":\["orderId"\]/);
  });
});

describe('createOrder', () => {
  const create = (change: object = {}, issuedAt = 7): Event => {
    const [created] = given(order, [])
      .when('createOrder', { ...newOrder, ...change }, { issuedAt })
      .events();
    return created!;
  };

  it('records the order with its lines priced, at the time of the command', () => {
    expect(create()).toEqual({
      ...facts.created,
      data: { ...facts.created.data, orderId: expect.stringMatching(/^[0-9a-f-]{36}$/), createdAt: 7 },
    });
  });

  it('takes USD, no freight, no reference and the sku for a name where nothing else is said', () => {
    const { customerId, shippingAddress } = newOrder;
    const items = [{ sku: 'tea', quantity: 1, unitPrice: '1' }];
    const [created] = given(order, []).when('createOrder', { customerId, shippingAddress, items }).events();
    expect(created?.data).toMatchObject({
      currencyCode: 'USD',
      freight: 0,
      reference: null,
      orderedAt: null,
      lines: [{ name: 'tea', discount: '0', discountAmount: 0 }],
    });
  });

  it('keeps when the customer ordered, which is when it was created and will have been placed', () => {
    const orderedAt = new Date('1997-05-01T10:00:00Z');
    const created = create({ orderedAt });
    expect(created.data).toMatchObject({ createdAt: orderedAt.getTime(), orderedAt: orderedAt.getTime() });
    const { orderId: createdId } = created.data;
    const [placed] = given(order, [created])
      .when('placeOrder', { orderId: createdId }, { issuedAt: 9 })
      .events();
    expect(placed?.data).toMatchObject({ placedAt: orderedAt.getTime() });
  });

  it('prices each currency in its own minor units', () => {
    const priced = (currencyCode: string, unitPrice: string) =>
      create({ currencyCode, freight: '0', items: [{ sku: 'a', quantity: 3, unitPrice, discount: '0.5' }] });
    expect(priced('JPY', '101').data).toMatchObject({
      lines: [{ unitPrice: 101, gross: 303, discountAmount: 152 }],
    });
    expect(priced('KWD', '1.125').data).toMatchObject({
      lines: [{ unitPrice: 1_125, gross: 3_375, discountAmount: 1_688 }],
    });
  });
});

describe('addOrderItem', () => {
  const adding = (change: object, past: readonly Event[] = lives.DRAFT) =>
    given(order, past).when('addOrderItem', { orderId, item: { ...item, ...change } });

  it('adds a line', () => {
    const added = { ...line, sku: 'milk', name: 'Milk' };
    adding({ sku: 'milk', name: 'Milk' }).then({ type: 'OrderItemAdded', data: { orderId, line: added } });
  });

  it('adds to the quantity of a line with the same price and discount, and records the whole line', () => {
    const merged = { ...line, quantity: 5, gross: 5_000, discountAmount: 500 };
    adding({ quantity: 3, name: 'Other', discount: '0.10' }).then({
      type: 'OrderItemAdded',
      data: { orderId, line: { ...merged, discount: '0.10' } },
    });
  });

  it('refuses another price or discount for the same sku', () => {
    adding({ unitPrice: '10.01' }).thenRefused('ITEM_PRICE_DIFFERS');
    adding({ discount: '0.2' }).thenRefused('ITEM_PRICE_DIFFERS');
  });

  it('refuses more of one sku than a line may have', () => {
    adding({ quantity: QUANTITY_MAX - 2 }).events();
    adding({ quantity: QUANTITY_MAX - 1 }).thenRefused('QUANTITY_TOO_LARGE');
  });

  it('refuses one line too many, but not more of a line that is there', () => {
    const lines = Array.from({ length: ITEMS_MAX }, (_, n) => ({
      ...line,
      sku: n === 0 ? 'tea' : `sku-${n}`,
    }));
    const full = [{ ...facts.created, data: { ...facts.created.data, lines } }];
    adding({ sku: 'milk' }, full).thenRefused('TOO_MANY_ITEMS');
    expect(adding({}, full).events()).toHaveLength(1);
  });

  it('refuses a price that is finer than the order’s currency', () => {
    const yen = [{ ...facts.created, data: { ...facts.created.data, currencyCode: 'JPY', lines: [] } }];
    adding({ unitPrice: '10.5' }, yen).thenRefused('AMOUNT_NOT_ALLOWED');
    adding({ unitPrice: '10.0' }, yen).events();
  });
});

describe('the other commands', () => {
  it('removeOrderItem refuses a sku that the order does not have', () => {
    given(order, lives.DRAFT).when('removeOrderItem', { orderId, sku: 'x' }).thenRefused('ITEM_NOT_FOUND');
  });

  it('changeShippingAddress to the same address is already true', () => {
    given(order, lives.PAID)
      .when('changeShippingAddress', { orderId, shippingAddress: { ...address, line2: '' } })
      .thenNothing();
  });

  it('changeShippingAddress records the new address', () => {
    given(order, lives.PLACED)
      .when('changeShippingAddress', { orderId, shippingAddress: elsewhere })
      .then({ type: 'ShippingAddressChanged', data: { orderId, shippingAddress: elsewhere } });
  });

  it('placeOrder records what is to be paid: lines less discounts, plus freight', () => {
    given(order, lives.DRAFT).when('placeOrder', { orderId }, { issuedAt: 2 }).then(facts.placed);
  });

  it('placeOrder refuses an order without items', () => {
    const removed: Event = { type: 'OrderItemRemoved', data: { orderId, sku: 'tea' } };
    given(order, [facts.created, removed]).when('placeOrder', { orderId }).thenRefused('ORDER_EMPTY');
  });

  it('payOrder refuses a second payment under another reference', () => {
    given(order, lives.PAID)
      .when('payOrder', { orderId, paymentReference: 'P-2' })
      .thenRefused('ALREADY_PAID');
  });

  it('payOrder records the payment at the time of the command', () => {
    given(order, lives.PLACED)
      .when('payOrder', { orderId, paymentReference: ' P-1 ' }, { issuedAt: 3 })
      .then(facts.paid);
  });

  it('shipOrder refuses a second shipment with another carrier or number', () => {
    const ship = (change: object) =>
      given(order, lives.SHIPPED).when('shipOrder', {
        orderId,
        carrier: 'DHL',
        trackingNumber: 'T-1',
        ...change,
      });
    ship({ carrier: 'UPS' }).thenRefused('ALREADY_SHIPPED');
    ship({ trackingNumber: null }).thenRefused('ALREADY_SHIPPED');
  });

  it('shipOrder and deliverOrder take the time that is given, else that of the command', () => {
    const at = new Date('1998-01-01');
    const ship = (shippedAt: Date | null) =>
      given(order, lives.PAID).when('shipOrder', { orderId, carrier: 'DHL', shippedAt }, { issuedAt: 4 });
    expect(ship(at).events()[0]?.data).toMatchObject({ shippedAt: at.getTime(), trackingNumber: null });
    expect(ship(null).events()[0]?.data).toMatchObject({ shippedAt: 4 });
    const deliver = (deliveredAt: Date | null) =>
      given(order, lives.SHIPPED).when('deliverOrder', { orderId, deliveredAt }, { issuedAt: 5 });
    expect(deliver(at).events()[0]?.data).toMatchObject({ deliveredAt: at.getTime() });
    deliver(null).then(facts.delivered);
  });

  it('cancelOrder records whether the order had been placed, and its total as it is by then', () => {
    const cancel = (past: readonly Event[]) =>
      given(order, past).when('cancelOrder', { orderId, reason: 'changed my mind' }, { issuedAt: 6 });
    cancel(lives.DRAFT).then(facts.cancelled);
    cancel(lives.PAID).then({ ...facts.cancelled, data: { ...facts.cancelled.data, wasPlaced: true } });
    const removed: Event = { type: 'OrderItemRemoved', data: { orderId, sku: 'tea' } };
    cancel([facts.created, removed]).then({
      ...facts.cancelled,
      data: { ...facts.cancelled.data, total: 500 },
    });
  });
});
