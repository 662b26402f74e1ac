import { beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/kernel/index.js';
import { ADDRESS, ORDER, PAYLOAD, accepted, createOrder, send } from '../support/order-operations.js';
import type { RawSocket } from '../support/raw-socket.js';
import { startService, type Service, type Variables } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { AUTH, actingAs, asCustomer, openAs, signedIn } from '../support/tokens.js';
import { until } from '../support/until.js';

let service: Service;
let staff: Service;
/** The customer ALFKI. */
let alfki: Service;
/** An order of ALFKI's, and one of BOLID's. */
let mine: string;
let theirs: string;

beforeEach(async () => {
  service = await startService({ auth: AUTH });
  staff = actingAs(service, await signedIn());
  alfki = actingAs(service, await asCustomer('ALFKI'));
  mine = (await createOrder(staff, { customerId: 'ALFKI' })).orderId;
  theirs = (await createOrder(staff, { customerId: 'BOLID' })).orderId;
  await settled(service);
});

async function dataOf(as: Service, query: string, variables?: Variables): Promise<unknown> {
  const { body } = await as.gql(query, variables);
  expect(body.errors).toBeUndefined();
  return body.data;
}

describe('A customer reads', () => {
  test('their own order by its id, and another’s as if it did not exist', async () => {
    for (const field of ['order', 'node']) {
      const one = `query($id: ID!) { found: ${field}(id: $id) { id } }`;
      expect(await dataOf(alfki, one, { id: mine })).toEqual({ found: { id: mine } });
      expect(await dataOf(alfki, one, { id: theirs })).toEqual({ found: null });
      expect(await dataOf(alfki, one, { id: newId() })).toEqual({ found: null });
      expect(await dataOf(staff, one, { id: theirs })).toEqual({ found: { id: theirs } });
    }
  });

  test('only their own in lists, whatever the filter says; counts too', async () => {
    const list =
      'query($filter: OrderFilter) { orders(filter: $filter) { totalCount nodes { id customerId } } }';
    const own = { orders: { totalCount: 1, nodes: [{ id: mine, customerId: 'ALFKI' }] } };
    const none = { orders: { totalCount: 0, nodes: [] } };
    expect(await dataOf(alfki, list)).toEqual(own);
    expect(await dataOf(alfki, list, { filter: { customerId: 'ALFKI' } })).toEqual(own);
    expect(await dataOf(alfki, list, { filter: { customerId: null } })).toEqual(own);
    expect(await dataOf(alfki, list, { filter: { customerId: 'BOLID' } })).toEqual(none);
    expect(await dataOf(alfki, list, { filter: { customerId: 'BOLID', status: ['DRAFT'] } })).toEqual(none);
    expect(await dataOf(alfki, list, { filter: { search: 'PO-1', status: ['DRAFT'] } })).toEqual(own);
  });

  test('not what others’ cursors lead to', async () => {
    const pages =
      'query($after: String) { orders(first: 1, after: $after) { edges { cursor node { customerId } } } }';
    const { orders } = (await dataOf(staff, pages)) as { orders: { edges: [{ cursor: string }] } };
    const seen = await dataOf(alfki, pages, { after: orders.edges[0].cursor });
    expect(JSON.stringify(seen)).not.toContain('BOLID');
  });

  test('their own timeline, and nobody else’s', async () => {
    const history = 'query($id: ID!) { orderHistory(orderId: $id) { type } }';
    expect(await dataOf(alfki, history, { id: mine })).toEqual({ orderHistory: [{ type: 'OrderCreated' }] });
    expect(await dataOf(alfki, history, { id: theirs })).toEqual({ orderHistory: [] });
  });

  test('their own summary, and nobody else’s', async () => {
    for (const orderId of [mine, theirs]) await accepted(staff, 'placeOrder', { orderId });
    await settled(service);
    const summary = 'query($id: ID!) { customer(id: $id) { id orderCount } }';
    expect(await dataOf(alfki, summary, { id: 'ALFKI' })).toEqual({
      customer: { id: 'ALFKI', orderCount: 1 },
    });
    expect(await dataOf(alfki, summary, { id: 'BOLID' })).toEqual({ customer: null });
    const through = 'query { orders { nodes { customer { id orderCount } } } }';
    const nodes = [{ customer: { id: 'ALFKI', orderCount: 1 } }];
    expect(await dataOf(alfki, through)).toEqual({ orders: { nodes } });
  });
});

describe('A customer’s commands', () => {
  test('are answered with their own order', async () => {
    const { body } = await send(alfki, 'placeOrder', { orderId: mine }, `${PAYLOAD} order { id status }`);
    expect(body.data.placeOrder).toMatchObject({ userErrors: [], order: { id: mine, status: 'PLACED' } });
  });

  test('cannot order for others', async () => {
    const head = await service.head();
    const { body } = await send(
      alfki,
      'createOrder',
      { ...ORDER, customerId: 'BOLID' },
      `${PAYLOAD} order { id }`,
    );
    expect(body.data.createOrder).toMatchObject({
      receipt: { status: 'REFUSED' },
      userErrors: [{ code: 'NOT_YOUR_CUSTOMER_ID', field: ['customerId'] }],
      order: null,
    });
    expect(await service.head()).toBe(head);
  });

  const commands: Readonly<Record<string, object>> = {
    addOrderItem: { item: { sku: 'TOFU', name: 'Tofu', quantity: 1, unitPrice: '2.00' } },
    removeOrderItem: { sku: 'CHAI' },
    changeShippingAddress: { shippingAddress: { ...ADDRESS, city: 'Bonn' } },
    placeOrder: {},
    payOrder: { paymentReference: 'P-1' },
    cancelOrder: { reason: 'mistake' },
  };

  /** The whole answer to a command on an order, without what differs between any two commands. */
  async function answerTo(
    name: string,
    orderId: string,
    options: object,
    commandId: string,
  ): Promise<string> {
    const input = { orderId, ...commands[name], options: { ...options, commandId } };
    const { status, body } = await send(alfki, name, input, `${PAYLOAD} order { id }`);
    expect(body.data?.[name]?.userErrors[0].code ?? body.errors?.[0]?.extensions.code).toBeDefined();
    const { data, errors } = body;
    return JSON.stringify({ status, data, errors })
      .replaceAll(orderId, 'ORDER')
      .replaceAll(commandId, 'COMMAND');
  }

  for (const name of Object.keys(commands)) {
    test(`do not show whether another’s order exists: ${name}`, async () => {
      const before = (
        await accepted(staff, 'changeShippingAddress', {
          orderId: mine,
          shippingAddress: ORDER.shippingAddress,
        })
      ).receipt.position;
      const after = (await accepted(staff, 'placeOrder', { orderId: theirs })).receipt.position;
      await accepted(staff, 'payOrder', { orderId: theirs, paymentReference: 'P-1' });
      const head = await service.head();
      const first = service.app.kernel.log.head();
      expect(await first).toBe(head);
      for (const since of [undefined, before, after]) {
        const options = since === undefined ? {} : { ifUnchangedSince: since };
        const [foreign, unknown] = [theirs, newId()];
        const [one, two] = [newId(), newId()];
        const expected = await answerTo(name, unknown, options, two);
        expect(expected).toContain('ORDER_NOT_FOUND');
        expect(await answerTo(name, foreign, options, one)).toBe(expected);
        // Once more with the same ids, and then with the other's.
        const again = await answerTo(name, unknown, options, two);
        expect(again).toContain('"duplicate":true');
        expect(await answerTo(name, foreign, options, one)).toBe(again);
        const mixed = await answerTo(name, unknown, options, one);
        expect(await answerTo(name, foreign, options, two)).toBe(mixed);
        expect(mixed).toContain('IDEMPOTENCY_MISMATCH');
      }
      expect(await service.head()).toBe(head);
    });
  }

  test('cannot use the command ids of others to learn of their orders', async () => {
    const { receipt } = await accepted(staff, 'placeOrder', { orderId: theirs });
    const { body } = await send(alfki, 'placeOrder', {
      orderId: theirs,
      options: { commandId: receipt.commandId },
    });
    expect(body.errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_MISMATCH');
    expect(body.errors?.[0]?.message).not.toContain(theirs);
  });
});

describe('A customer’s live views', () => {
  async function live(document: string): Promise<RawSocket> {
    const socket = await openAs(service, await asCustomer('ALFKI'));
    socket.subscribe('1', `subscription { ${document} }`);
    await socket.message('next', '1');
    return socket;
  }

  /** Changes BOLID's order, then ALFKI's; returns the frames once the second change has come. */
  async function framesAfterChanges({ received }: RawSocket, sign: string): Promise<string> {
    await accepted(staff, 'placeOrder', { orderId: theirs });
    await settled(service);
    await createOrder(staff, { customerId: 'BOLID' });
    await settled(service);
    await accepted(staff, 'placeOrder', { orderId: mine });
    await until(() => expect(JSON.stringify(received)).toContain(sign));
    return JSON.stringify(received);
  }

  test('of another’s order say what those of an unknown one say, and then nothing', async () => {
    const other = await live(`order(id: "${theirs}") { position order { id } }`);
    const unknown = await live(`order(id: "${newId()}") { position order { id } }`);
    // A live view of their own tells when the changes have gone round.
    const own = await live(`order(id: "${mine}") { order { status } }`);
    await framesAfterChanges(own, 'PLACED');
    for (const id of ['alive']) {
      for (const socket of [other, unknown]) {
        socket.subscribe(id, 'subscription { orders { position } }');
        await socket.message('next', id);
      }
    }
    const frames = ({ received }: RawSocket): unknown[] => received.filter(({ id }) => id === '1');
    expect(frames(other)).toHaveLength(1);
    expect(JSON.stringify(other.received)).not.toContain(theirs);
    const data = ({ received }: RawSocket): unknown => (received[1]?.payload as { data: unknown }).data;
    expect(data(other)).toEqual(data(unknown));
  });

  test('of lists have frames for their own orders only', async () => {
    const all = await live('orders { snapshot totalCount changes { kind orderId order { customerId } } }');
    const seen = await framesAfterChanges(all, 'UPDATED');
    expect(seen).not.toContain('BOLID');
    expect(seen).not.toContain(theirs);
    expect(all.received.filter(({ type }) => type === 'next')).toHaveLength(2);
    expect(seen).toContain('"totalCount":1');
  });

  test('of lists of another’s orders stay empty', async () => {
    const foreign = await live('orders(filter: { customerId: "BOLID" }) { totalCount changes { orderId } }');
    const own = await live(`order(id: "${mine}") { order { status } }`);
    await framesAfterChanges(own, 'PLACED');
    const frames = foreign.received.filter(({ type }) => type === 'next');
    expect(frames.map(({ payload }) => (payload as { data: unknown }).data)).toEqual([
      { orders: { totalCount: 0, changes: [] } },
    ]);
  });
});

describe('A customer’s sales report', () => {
  const REPORT = `{ ${['DAY', 'MONTH', 'YEAR', 'PRODUCT', 'CUSTOMER', 'COUNTRY']
    .map(
      (group) => `${group}: salesReport(groupBy: ${group}) {
        key label orders quantity gross { amount currencyCode } discount { amount } net { amount } freight { amount }
      }`,
    )
    .join('\n')} }`;

  function randomOrder(random: () => number): object {
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const items = ['CHAI', 'TOFU', 'KONBU'].filter(() => random() < 0.6);
    return {
      customerId: pick(['ALFKI', 'BOLID', 'CHOPS']),
      currencyCode: pick(['USD', 'EUR']),
      orderedAt: `202${pick(['4', '5'])}-0${pick(['1', '2'])}-1${pick(['0', '1', '2'])}T12:00:00Z`,
      freight: pick(['0', '3.50']),
      items: (items.length > 0 ? items : ['CHAI']).map((sku) => ({
        sku,
        name: sku.toLowerCase(),
        quantity: 1 + Math.floor(random() * 9),
        unitPrice: pick(['1.00', '2.35', '19.99']),
        discount: pick(['0', '0.15']),
      })),
      shippingAddress: { ...ADDRESS, country: pick(['Germany', 'Spain']) },
    };
  }

  test('is what staff get where there are no other orders, by every group', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    let state = seed;
    const random = (): number => (state = (state * 48_271 + 11) % 2_147_483_647) / 2_147_483_647;
    const onlyTheirs = actingAs(await startService({ auth: AUTH }), await signedIn());
    for (let count = 0; count < 60; count += 1) {
      const order = randomOrder(random);
      const [isPlaced, isCancelled] = [random() < 0.8, random() < 0.2];
      const alone = (order as { customerId: string }).customerId === 'ALFKI' ? [onlyTheirs] : [];
      for (const to of [staff, ...alone]) {
        const { orderId } = await createOrder(to, order);
        if (isPlaced) await accepted(to, 'placeOrder', { orderId });
        if (isCancelled) await accepted(to, 'cancelOrder', { orderId, reason: 'mistake' });
      }
    }
    await settled(staff);
    await settled(onlyTheirs);
    const seen = await dataOf(alfki, REPORT);
    expect(seen, `seed ${seed}`).toEqual(await dataOf(onlyTheirs, REPORT));
    expect(JSON.stringify(seen)).toContain('Germany');
    expect(seen).not.toEqual(await dataOf(staff, REPORT));
  });
});
