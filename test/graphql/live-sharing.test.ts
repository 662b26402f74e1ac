import { describe, expect, test } from 'vitest';
import { order } from '../../src/orders/index.js';
import { watch, type LiveClient } from '../support/live-client.js';
import { ORDER, accepted, createOrder } from '../support/order-operations.js';
import { openAcknowledged } from '../support/raw-socket.js';
import { startService, type Body, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { AUTH, actingAs, asCustomer, openAs, signedIn } from '../support/tokens.js';
import { until } from '../support/until.js';

const MANY = `subscription Many($filter: OrderFilter, $after: Position) {
  orders(filter: $filter, after: $after) { position snapshot discontinuity totalCount changes { kind orderId } }
}`;
/** Each execution asks for the customers that its orders are of. */
const COSTLY = `subscription Costly($after: Position) {
  orders(after: $after) { position snapshot changes { orderId order { customer { orderCount } } } }
}`;

/** Counts what views are read by, by query, from now on. */
function countReads({ app }: Service): () => Record<string, number> {
  const { queries } = app.kernel;
  const ask = queries.ask.bind(queries);
  const reads: Record<string, number> = {};
  const counted: typeof ask = (query, input, options) => {
    reads[query.name] = (reads[query.name] ?? 0) + 1;
    return ask(query, input, options);
  };
  Object.assign(queries, { ask: counted });
  return () => reads;
}

function nextOfAll(clients: readonly LiveClient[]): Promise<readonly Body[]> {
  return Promise.all(clients.map((client) => client.next()));
}

async function openMany(count: number, open: () => Promise<LiveClient>): Promise<readonly LiveClient[]> {
  return Promise.all(Array.from({ length: count }, open));
}

describe('Those who ask for the same live view', () => {
  test('share one read of the first frame, and one execution of each that follows', async () => {
    const service = await startService();
    await createOrder(service);
    await settled(service);
    const reads = countReads(service);
    const clients = await openMany(20, () => watch(service, COSTLY));
    await nextOfAll(clients);
    expect(reads()['orderSnapshot']).toBeLessThan(20);
    const before = { ...reads() };
    await createOrder(service);
    const frames = await nextOfAll(clients);
    expect(reads()).toEqual({ ...before, customersById: (before['customersById'] ?? 0) + 1 });
    expect(new Set(frames.map((frame) => JSON.stringify(frame))).size).toBe(1);
    expect(frames[0]?.extensions?.consistency).toMatchObject({ stale: false });
  });

  test('share it whatever their ids of it are, on one socket or several', async () => {
    const service = await startService();
    const socket = await openAcknowledged(service.url);
    const clients = [
      await watch(service, COSTLY, {}, socket, 'a "quoted" id'),
      await watch(service, COSTLY, {}, socket, '2'),
      await watch(service, COSTLY),
    ];
    await nextOfAll(clients);
    const reads = countReads(service);
    await createOrder(service);
    await nextOfAll(clients);
    expect(reads()).toEqual({ customersById: 1 });
  });

  test('share what they have missed, wherever each of them was', async () => {
    const service = await startService();
    const first = await watch(service, COSTLY);
    const { position } = (await first.next()).data.orders as { position: string };
    await createOrder(service);
    const next = (await first.next()).data.orders as { position: string };
    await createOrder(service);
    await first.next();
    const reads = countReads(service);
    const early = await openMany(10, () => watch(service, COSTLY, { after: position }));
    const late = await openMany(10, () => watch(service, COSTLY, { after: next.position }));
    const changesOf = (frames: readonly Body[]): number[] =>
      frames.map(({ data }) => (data.orders.changes as unknown[]).length);
    expect(new Set(changesOf(await nextOfAll(early)))).toEqual(new Set([2]));
    expect(new Set(changesOf(await nextOfAll(late)))).toEqual(new Set([1]));
    expect(reads()).toEqual({ customersById: 2 });
    await createOrder(service);
    await nextOfAll([...early, ...late]);
    expect(reads()).toEqual({ customersById: 3 });
  });

  test('do not share where the document, the variables or the operation differ', async () => {
    const service = await startService();
    const both = `${COSTLY} subscription Other { orders { changes { order { customer { orderCount } } } } }`;
    const reads = countReads(service);
    const socket = await openAcknowledged(service.url);
    const subscribe = (id: string, query: string, operationName?: string): void => {
      socket.send({ id, type: 'subscribe', payload: { query, operationName } });
    };
    subscribe('1', both, 'Costly');
    subscribe('2', both, 'Other');
    subscribe('3', COSTLY);
    const filtered = await watch(service, MANY, { filter: { customerId: 'ALFKI' } });
    const other = await watch(service, MANY, { filter: { customerId: 'BOLID' } });
    for (const id of ['1', '2', '3']) await socket.message('next', id);
    await nextOfAll([filtered, other]);
    const before = reads()['customersById'] ?? 0;
    await createOrder(service, { customerId: 'ALFKI' });
    await filtered.next();
    await until(() => expect(socket.received.filter(({ type }) => type === 'next')).toHaveLength(6));
    expect((reads()['customersById'] ?? 0) - before).toBe(3);
    expect(other.rest()).toEqual([]);
  });
});

describe('An audience', () => {
  test('is who has the same roles and claims: others are not sent the same frames', async () => {
    const service = await startService({ auth: AUTH });
    const staff = actingAs(service, await signedIn());
    const as = async (headers: { authorization: string }): Promise<LiveClient> =>
      watch(service, COSTLY, {}, await openAs(service, headers));
    const clients = [
      await as(await signedIn({ subject: 'ann' })),
      await as(await signedIn({ subject: 'bob' })),
      await as(await asCustomer('ALFKI')),
      await as(await signedIn({ subject: 'al-2', roles: ['customer'], customerId: 'ALFKI' })),
      await as(await asCustomer('BOLID')),
    ];
    await nextOfAll(clients);
    const reads = countReads(service);
    const { orderId } = await createOrder(staff, { customerId: 'ALFKI' });
    const frames = await nextOfAll(clients.slice(0, 4));
    for (const frame of frames) expect(frame.data.orders.changes).toMatchObject([{ orderId }]);
    // One for staff, one for the customer, none for the other one.
    expect(reads()).toEqual({ customersById: 2 });
    expect(clients[4]?.rest()).toEqual([]);
    const theirs = await createOrder(staff, { customerId: 'BOLID' });
    expect((await clients[4]?.next())?.data.orders.changes).toMatchObject([{ orderId: theirs.orderId }]);
    expect(clients.slice(2, 4).map((client) => client.rest())).toEqual([[], []]);
  });

  test('goes on when the token of one of them expires, whose socket is closed with 4403', async () => {
    const service = await startService({ auth: AUTH });
    const staff = actingAs(service, await signedIn());
    const stays = await watch(service, MANY, {}, await openAs(service, await signedIn({ subject: 'ann' })));
    const short = await openAs(service, await signedIn({ subject: 'bob', expiresIn: 1 }));
    const goes = await watch(service, MANY, {}, short);
    await nextOfAll([stays, goes]);
    expect(await short.closed).toBe(4403);
    const { orderId } = await createOrder(staff);
    expect((await stays.next()).data.orders.changes).toMatchObject([{ orderId }]);
    expect(goes.rest()).toEqual([]);
  });
});

describe('A reader that reads nothing for a while', () => {
  const BIG = Array.from({ length: 100 }, (_, nth) => ({
    sku: `SKU-${nth}`,
    name: 'x'.repeat(120),
    quantity: 1,
    unitPrice: '1.00',
  }));
  const LIST = `subscription Big($after: Position) {
    orders(after: $after) {
      position snapshot discontinuity totalCount changes { kind orderId order { items { sku name } } }
    }
  }`;

  interface BigFrame {
    readonly position: string;
    readonly snapshot: boolean;
    readonly discontinuity: boolean;
    readonly totalCount: number | null;
    readonly changes: readonly { kind: string; orderId: string }[];
  }

  test('has a discontinuity and a right snapshot in the end, and keeps nobody else waiting', async () => {
    const service = await startService();
    const { commands } = service.app.kernel;
    const slow = await watch(service, LIST);
    const quick = await watch(service, LIST);
    await nextOfAll([slow, quick]);
    slow.socket.socket.pause();
    const seen = new Set<string>();
    const frames: BigFrame[] = [];
    for (let count = 0; count < 900; count += 1) {
      await commands.send(order.commands.createOrder, { ...ORDER, items: BIG });
      if (count % 100 !== 99) continue;
      // The quick one has everything while the other reads nothing.
      await until(() => {
        for (const { data } of quick.rest())
          for (const { orderId } of (data.orders as BigFrame).changes) seen.add(orderId);
        expect(seen.size).toBe(count + 1);
      });
    }
    slow.socket.socket.resume();
    await until(() => {
      frames.push(...slow.rest().map(({ data }) => data.orders as BigFrame));
      expect(frames.some(({ discontinuity }) => discontinuity)).toBe(true);
      expect(frames.at(-1)?.snapshot).toBe(true);
    });
    const at = frames.findIndex(({ discontinuity }) => discontinuity);
    expect(frames.slice(at)).toMatchObject([
      { changes: [], position: frames[at - 1]?.position },
      { snapshot: true, totalCount: 900 },
    ]);
    // What came before is without a gap.
    const before = frames.slice(0, at).flatMap(({ changes }) => changes.map(({ orderId }) => orderId));
    expect(before).toEqual([...seen].slice(0, before.length));
    const { orderId } = await createOrder(service);
    expect((await slow.next()).data.orders).toMatchObject({
      snapshot: false,
      changes: [{ kind: 'ADDED', orderId }],
    });
    expect(service.logged).toEqual([]);
  }, 60_000);
});

test('A live view that nobody reads any more follows nothing', async () => {
  const service = await startService();
  const { orderId } = await createOrder(service);
  await settled(service);
  const socket = await openAcknowledged(service.url);
  const client = await watch(service, COSTLY, {}, socket);
  await client.next();
  socket.send({ id: '1', type: 'complete' });
  socket.send({ type: 'ping' });
  await socket.message('pong');
  const reads = countReads(service);
  await accepted(service, 'placeOrder', { orderId });
  await settled(service);
  const again = await watch(service, MANY);
  await again.next();
  expect(reads()).toEqual({ orderSnapshot: 1 });
});
