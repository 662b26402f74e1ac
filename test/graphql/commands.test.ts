import { describe, expect, test } from 'vitest';
import {
  ADDRESS,
  ORDER,
  accepted,
  command,
  createOrder,
  send,
  type Payload,
} from '../support/order-operations.js';
import { changingNothing, expectRefusal } from '../support/refusals.js';
import { startService, type Body, type Service } from '../support/service.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const COMMAND_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const ITEM = { sku: 'TOFU', name: 'Tofu', quantity: 3, unitPrice: '23.25', discount: '0.15' };

/** The order as the view has it after the position. */
async function read(
  service: Service,
  id: string,
  position: string,
  selection: string,
): Promise<Body['data']> {
  const query = `query($id: ID!, $position: Position!) @readAfter(position: $position, onTimeout: ERROR) { order(id: $id) { ${selection} } }`;
  const { body } = await service.gql(query, { id, position });
  expect(body.errors).toBeUndefined();
  return body.data.order;
}

/** An order that has come as far as `until`, the name of the last command sent. */
async function orderAt(service: Service, last: string): Promise<string> {
  const { orderId } = await createOrder(service);
  if (last === 'createOrder') return orderId;
  for (const [name, input] of STEPS) {
    await accepted(service, name, { orderId, ...input });
    if (name === last) break;
  }
  if (last === 'cancelOrder') await accepted(service, 'cancelOrder', { orderId, reason: 'mistake' });
  return orderId;
}

const STEPS: readonly (readonly [string, object])[] = [
  ['placeOrder', {}],
  ['payOrder', { paymentReference: 'PAY-1' }],
  ['shipOrder', { carrier: 'DHL', trackingNumber: 'T-1' }],
  ['deliverOrder', {}],
];

describe('An order', () => {
  test('goes from draft to delivery', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service, { freight: '12.50', orderedAt: '2026-01-31T12:00:00Z' });
    await accepted(service, 'addOrderItem', { orderId, item: ITEM });
    await accepted(service, 'addOrderItem', { orderId, item: { sku: 'GONE', quantity: 1, unitPrice: '1' } });
    await accepted(service, 'removeOrderItem', { orderId, sku: 'GONE' });
    await accepted(service, 'changeShippingAddress', {
      orderId,
      shippingAddress: { ...ADDRESS, city: 'Bonn' },
    });
    const statuses: string[] = [];
    let last: Payload | undefined;
    for (const [name, input] of STEPS) {
      last = await accepted(service, name, { orderId, ...input });
      expect(last.orderId).toBe(orderId);
      statuses.push((await read(service, orderId, last.receipt.position, 'status')).status);
    }
    expect(statuses).toEqual(['PLACED', 'PAID', 'SHIPPED', 'DELIVERED']);
    const position = last?.receipt.position ?? '';
    const order = await read(
      service,
      orderId,
      position,
      `id reference customerId shippingAddress { city country line2 } carrier trackingNumber paymentReference degraded
       items { sku name quantity discount unitPrice { amount } gross { amount } discountAmount { amount } net { amount } }
       subtotal { amount currencyCode } discount { amount } freight { amount } total { amount }
       createdAt placedAt paidAt shippedAt deliveredAt cancelledAt cancelReason position`,
    );
    expect(order).toMatchObject({
      id: orderId,
      reference: 'PO-1',
      customerId: 'ALFKI',
      shippingAddress: { city: 'Bonn', country: 'Germany', line2: null },
      carrier: 'DHL',
      trackingNumber: 'T-1',
      paymentReference: 'PAY-1',
      degraded: false,
      subtotal: { amount: '249.75', currencyCode: 'USD' },
      discount: { amount: '10.46' },
      freight: { amount: '12.50' },
      total: { amount: '251.79' },
      createdAt: '2026-01-31T12:00:00.000Z',
      placedAt: '2026-01-31T12:00:00.000Z',
      cancelledAt: null,
      cancelReason: null,
      position,
    });
    expect(order.items).toEqual([
      {
        sku: 'CHAI',
        name: 'Chai',
        quantity: 10,
        discount: '0',
        unitPrice: { amount: '18.00' },
        gross: { amount: '180.00' },
        discountAmount: { amount: '0.00' },
        net: { amount: '180.00' },
      },
      {
        sku: 'TOFU',
        name: 'Tofu',
        quantity: 3,
        discount: '0.15',
        unitPrice: { amount: '23.25' },
        gross: { amount: '69.75' },
        discountAmount: { amount: '10.46' },
        net: { amount: '59.29' },
      },
    ]);
    for (const time of ['paidAt', 'shippedAt', 'deliveredAt']) expect(Date.parse(order[time])).not.toBeNaN();
  });

  test('is cancelled before it is shipped, with the reason', async () => {
    const service = await startService();
    for (const last of ['createOrder', 'placeOrder', 'payOrder']) {
      const orderId = await orderAt(service, last);
      const { receipt } = await accepted(service, 'cancelOrder', { orderId, reason: 'changed my mind' });
      const order = await read(service, orderId, receipt.position, 'status cancelReason cancelledAt');
      expect(order).toMatchObject({ status: 'CANCELLED', cancelReason: 'changed my mind' });
      expect(order.cancelledAt).not.toBeNull();
    }
  });

  test('of a currency without minor units has whole amounts', async () => {
    const service = await startService();
    const items = [{ sku: 'A', quantity: 3, unitPrice: '1250', discount: '0.1' }];
    const { orderId, receipt } = await createOrder(service, { currencyCode: 'JPY', items });
    const order = await read(service, orderId, receipt.position, 'total { amount currencyCode }');
    expect(order.total).toEqual({ amount: '3375', currencyCode: 'JPY' });
  });
});

describe('A refusal', () => {
  const refusals: readonly (readonly [string, string, object, string])[] = [
    ['createOrder', 'payOrder', { paymentReference: 'P' }, 'NOT_PLACED'],
    ['createOrder', 'shipOrder', { carrier: 'DHL' }, 'NOT_PLACED'],
    ['createOrder', 'deliverOrder', {}, 'NOT_SHIPPED'],
    ['createOrder', 'removeOrderItem', { sku: 'NONE' }, 'ITEM_NOT_FOUND'],
    [
      'createOrder',
      'addOrderItem',
      { item: { sku: 'CHAI', quantity: 1, unitPrice: '17.00' } },
      'ITEM_PRICE_DIFFERS',
    ],
    [
      'createOrder',
      'addOrderItem',
      { item: { sku: 'X', quantity: 1, unitPrice: '0.001' } },
      'AMOUNT_NOT_ALLOWED',
    ],
    ['placeOrder', 'addOrderItem', { item: ITEM }, 'ALREADY_PLACED'],
    ['placeOrder', 'shipOrder', { carrier: 'DHL' }, 'NOT_PAID'],
    ['payOrder', 'placeOrder', {}, 'ALREADY_PAID'],
    ['payOrder', 'payOrder', { paymentReference: 'another' }, 'ALREADY_PAID'],
    ['shipOrder', 'shipOrder', { carrier: 'another' }, 'ALREADY_SHIPPED'],
    ['shipOrder', 'cancelOrder', { reason: 'late' }, 'ALREADY_SHIPPED'],
    ['shipOrder', 'changeShippingAddress', { shippingAddress: ADDRESS }, 'ALREADY_SHIPPED'],
    ['deliverOrder', 'cancelOrder', { reason: 'late' }, 'ALREADY_DELIVERED'],
    ['cancelOrder', 'placeOrder', {}, 'ALREADY_CANCELLED'],
  ];
  for (const [last, name, input, code] of refusals) {
    test(`of ${name} after ${last} is ${code}: data with a receipt, and nothing changes`, async () => {
      const service = await startService();
      const orderId = last === 'cancelOrder' ? await cancelled(service) : await orderAt(service, last);
      await changingNothing(service, async () => {
        const { receipt, userErrors } = await command(service, name, { orderId, ...input });
        expect(receipt).toMatchObject({ status: 'REFUSED', duplicate: false });
        expect(userErrors).toHaveLength(1);
        expect(userErrors[0]?.code).toBe(code);
        expect(userErrors[0]?.message.length).toBeGreaterThan(20);
      });
    });
  }

  async function cancelled(service: Service): Promise<string> {
    const { orderId } = await createOrder(service);
    await accepted(service, 'cancelOrder', { orderId, reason: 'mistake' });
    return orderId;
  }

  test('is given again for the same command id, also when it would be accepted by now', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    const input = { orderId, paymentReference: 'P', options: { commandId: COMMAND_ID } };
    const first = await command(service, 'payOrder', input);
    await accepted(service, 'placeOrder', { orderId });
    const second = await command(service, 'payOrder', input);
    expect(second).toEqual({ ...first, receipt: { ...first.receipt, duplicate: true } });
  });

  test('has a position that can be read after', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    const { receipt } = await command(service, 'deliverOrder', { orderId });
    expect((await read(service, orderId, receipt.position, 'status')).status).toBe('DRAFT');
  });
});

describe('A command sent again', () => {
  test('that creates an order answers the same order, and creates no other', async () => {
    const service = await startService();
    const input = { ...ORDER, options: { commandId: COMMAND_ID } };
    const first = await accepted(service, 'createOrder', input);
    await changingNothing(service, async () => {
      const again = await accepted(service, 'createOrder', input);
      expect(again).toEqual({ ...first, receipt: { ...first.receipt, duplicate: true } });
      const upper = { ...ORDER, options: { commandId: COMMAND_ID.toUpperCase() } };
      expect((await accepted(service, 'createOrder', upper)).orderId).toBe(first.orderId);
    });
  });

  test('by many at the same time is done once', async () => {
    const service = await startService();
    const input = { ...ORDER, options: { commandId: COMMAND_ID } };
    const all = await Promise.all(Array.from({ length: 32 }, () => accepted(service, 'createOrder', input)));
    expect(new Set(all.map(({ orderId }) => orderId)).size).toBe(1);
    expect(all.filter(({ receipt }) => !receipt.duplicate)).toHaveLength(1);
    expect(await service.head()).toBe(1);
  });

  const mutations: readonly (readonly [string, string, object])[] = [
    ['createOrder', 'addOrderItem', { item: ITEM }],
    ['createOrder', 'removeOrderItem', { sku: 'CHAI' }],
    ['createOrder', 'changeShippingAddress', { shippingAddress: { ...ADDRESS, city: 'Bonn' } }],
    ['createOrder', 'placeOrder', {}],
    ['placeOrder', 'payOrder', { paymentReference: 'P' }],
    ['payOrder', 'shipOrder', { carrier: 'DHL' }],
    ['shipOrder', 'deliverOrder', {}],
    ['createOrder', 'cancelOrder', { reason: 'mistake' }],
  ];
  for (const [last, name, input] of mutations) {
    test(`(${name}) changes nothing, and is answered as it was`, async () => {
      const service = await startService();
      const orderId = await orderAt(service, last);
      const sent = { orderId, ...input, options: { commandId: COMMAND_ID } };
      const first = await accepted(service, name, sent);
      expect(first.receipt).toMatchObject({ commandId: COMMAND_ID, duplicate: false });
      await changingNothing(service, async () => {
        const again = await accepted(service, name, sent);
        expect(again).toEqual({ ...first, receipt: { ...first.receipt, duplicate: true } });
      });
    });
  }

  test('after a restart is known', async () => {
    const first = await startService();
    const input = { ...ORDER, options: { commandId: COMMAND_ID } };
    const { orderId } = await accepted(first, 'createOrder', input);
    await first.stop();
    const second = await startService({ dataDir: first.dataDir });
    const again = await accepted(second, 'createOrder', input);
    expect(again).toMatchObject({ orderId, receipt: { duplicate: true } });
  });

  test('with another input, or as another command, is IDEMPOTENCY_MISMATCH', async () => {
    const service = await startService();
    const options = { commandId: COMMAND_ID };
    const { orderId } = await accepted(service, 'createOrder', { ...ORDER, options });
    await changingNothing(service, async () => {
      const other = await send(service, 'createOrder', { ...ORDER, customerId: 'BOLID', options });
      expectRefusal(other, 200, 'IDEMPOTENCY_MISMATCH', /used before with another input/);
      const kind = await send(service, 'placeOrder', { orderId, options });
      expectRefusal(kind, 200, 'IDEMPOTENCY_MISMATCH', /Send the same input again, or a new id/);
    });
  });
});

describe('ifUnchangedSince', () => {
  test('lets a command pass while nobody has changed the order', async () => {
    const service = await startService();
    const { orderId, receipt } = await createOrder(service);
    await createOrder(service);
    const options = { ifUnchangedSince: receipt.position };
    await accepted(service, 'placeOrder', { orderId, options });
  });

  test('that is too early is CONFLICT, with a position that can be used', async () => {
    const service = await startService();
    const { orderId, receipt } = await createOrder(service);
    await accepted(service, 'addOrderItem', { orderId, item: ITEM });
    let position = '';
    await changingNothing(service, async () => {
      const options = { ifUnchangedSince: receipt.position };
      const answer = await send(service, 'placeOrder', { orderId, options });
      expectRefusal(answer, 200, 'CONFLICT', /Read it again, then decide anew/);
      position = answer.body.errors?.[0]?.extensions['position'] as string;
      expect(position > receipt.position).toBe(true);
    });
    const order = await read(service, orderId, position, 'position items { sku }');
    expect(order).toEqual({ position, items: [{ sku: 'CHAI' }, { sku: 'TOFU' }] });
    await accepted(service, 'placeOrder', { orderId, options: { ifUnchangedSince: position } });
  });

  test('of an order that was read can be the order’s position', async () => {
    const service = await startService();
    const { orderId, receipt } = await createOrder(service);
    const { position } = await read(service, orderId, receipt.position, 'position');
    await accepted(service, 'placeOrder', { orderId, options: { ifUnchangedSince: position } });
  });

  test('lets one of many at the same time pass', async () => {
    const service = await startService();
    const { orderId, receipt } = await createOrder(service);
    const options = { ifUnchangedSince: receipt.position };
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        send(service, 'addOrderItem', { orderId, item: { ...ITEM, sku: `S-${index}` }, options }),
      ),
    );
    const codes = answers.map(({ body }) => body.errors?.[0]?.extensions.code ?? 'ACCEPTED');
    expect(codes.filter((code) => code === 'ACCEPTED')).toHaveLength(1);
    expect(codes.filter((code) => code === 'CONFLICT')).toHaveLength(15);
  });
});

describe('What goes with a command', () => {
  test('is a command id of version 7 where the client sends none, ascending', async () => {
    const service = await startService();
    const ids: string[] = [];
    for (let each = 0; each < 5; each += 1) {
      const { receipt, orderId } = await createOrder(service);
      expect(receipt.commandId).toMatch(UUID_V7);
      expect(orderId).toMatch(UUID_V7);
      ids.push(receipt.commandId);
    }
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  test('is kept with its events: command, actor and correlation', async () => {
    const service = await startService();
    const options = { commandId: COMMAND_ID };
    const headers = { 'x-correlation-id': 'checkout:42' };
    const { body } = await send(
      service,
      'createOrder',
      { ...ORDER, options },
      'orderId receipt { position }',
      headers,
    );
    const { orderId, receipt } = body.data.createOrder;
    const [event] = await service.app.kernel.log.read('all', { after: 0, limit: 10 });
    expect(event).toMatchObject({
      type: 'OrderCreated',
      commandId: COMMAND_ID,
      correlationId: 'checkout:42',
    });
    const query = `query($id: ID!, $position: Position!) @readAfter(position: $position) {
      orderHistory(orderId: $id) { type actor commandId position }
    }`;
    const history = await service.gql(query, { id: orderId, position: receipt.position });
    expect(history.body.data.orderHistory).toEqual([
      { type: 'OrderCreated', actor: event?.actor, commandId: COMMAND_ID, position: receipt.position },
    ]);
  });

  test('is a correlation id of our own where the client’s is none', async () => {
    const service = await startService();
    for (const header of ['', 'two words', 'x'.repeat(65), '<script>']) {
      await send(service, 'createOrder', ORDER, 'orderId', { 'x-correlation-id': header });
    }
    await send(service, 'createOrder', ORDER, 'orderId');
    const events = await service.app.kernel.log.read('all', { after: 0, limit: 10 });
    expect(events).toHaveLength(5);
    for (const { correlationId } of events) expect(correlationId).toMatch(UUID_V7);
  });
});
