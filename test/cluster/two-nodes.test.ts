import Database from 'better-sqlite3';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId, type Append } from '../../src/kernel/index.js';
import { append } from '../../src/testing/contract/samples.js';
import { ORDER, accepted, createOrder, send, type Payload } from '../support/order-operations.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { startService, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

const READ = 'query Read($id: ID!) { order(id: $id) { id status position } }';

/** An event of a type that no module knows, which every projection sets aside. */
function unknownEvent(): Append {
  return append([{ type: 'Unheard', schemaVersion: 1, data: {}, tags: ['order:x'] }]);
}

let server: PostgresServer;
let eventLogUrl: string;
let one: Service;
let two: Service;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

beforeEach(async () => {
  eventLogUrl = await server.newDatabase();
  one = await startService({ eventLogUrl });
  two = await startService({ eventLogUrl });
});

describe('What was written on one node', () => {
  test('is read on the other with the position in the header', async () => {
    const release = two.hold();
    const { orderId, receipt } = await createOrder(one);
    const reading = two.gql(READ, { id: orderId }, { 'tidemark-read-after': receipt.position });
    const without = await two.gql(READ, { id: orderId });
    expect(without.body.data.order).toBeNull();
    release();
    const { body } = await reading;
    expect(body.data.order).toEqual({ id: orderId, status: 'DRAFT', position: receipt.position });
    expect(body.extensions?.consistency).toMatchObject({ position: receipt.position, stale: false });
  });

  test('is read on the other with @readAfter', async () => {
    const { orderId, receipt } = await createOrder(one);
    const query = READ.replace(') {', ') @readAfter(position: $position, onTimeout: ERROR) {').replace(
      '$id: ID!',
      '$id: ID!, $position: Position!',
    );
    const { body } = await two.gql(query, { id: orderId, position: receipt.position });
    expect(body.errors).toBeUndefined();
    expect(body.data.order.position).toBe(receipt.position);
  });

  test('is announced on the other by projectionCaughtUp, and pushed to who looks at it there', async () => {
    const { orderId, receipt } = await createOrder(one);
    const caughtUp = two.subscribe(
      'subscription Up($position: Position!) { projectionCaughtUp(position: $position) { position } }',
      { position: receipt.position },
    );
    const frame = await caughtUp.next();
    expect(frame?.data.projectionCaughtUp.position >= receipt.position).toBe(true);
    const live = two.subscribe('subscription Live($id: ID!) { order(id: $id) { order { status } } }', {
      id: orderId,
    });
    expect((await live.next())?.data.order.order.status).toBe('DRAFT');
    await accepted(one, 'placeOrder', { orderId });
    expect((await live.next())?.data.order.order.status).toBe('PLACED');
    await live.stop();
  });

  test('is refused on the other as unknown where the position lies ahead of the log', async () => {
    const { receipt } = await createOrder(one);
    const ahead = receipt.position.slice(0, -1) + '9';
    const { body } = await two.gql(READ, { id: newId() }, { 'tidemark-read-after': ahead });
    expect(body.errors?.[0]?.extensions.code).toBe('UNKNOWN_POSITION');
  });

  test('happens once, whichever node is asked again', async () => {
    const headers = { 'idempotency-key': newId() };
    const both = await Promise.all(
      [one, two, one, two].map((node) => send(node, 'createOrder', ORDER, undefined, headers)),
    );
    const payloads = both.map(({ body }) => body.data.createOrder as Payload);
    expect(new Set(payloads.map(({ orderId }) => orderId)).size).toBe(1);
    expect(payloads.filter(({ receipt }) => !receipt.duplicate)).toHaveLength(1);
    const other = await send(two, 'createOrder', { ...ORDER, reference: 'PO-2' }, undefined, headers);
    expect(other.body.errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_MISMATCH');
    expect(await one.head()).toBe(1);
  });

  test('is what ifUnchangedSince is held against on the other', async () => {
    const { orderId, receipt } = await createOrder(one);
    const placed = await accepted(two, 'placeOrder', { orderId });
    const pay = (node: Service, ifUnchangedSince: string) =>
      send(node, 'payOrder', { orderId, paymentReference: 'P-1', options: { ifUnchangedSince } });
    const late = await pay(one, receipt.position);
    expect(late.body.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT' });
    const { body } = await pay(one, placed.receipt.position);
    expect(body.data.payOrder.receipt.status).toBe('ACCEPTED');
  });

  test('is what the other decides on, however long it had not looked', async () => {
    const { orderId } = await createOrder(one);
    await accepted(two, 'placeOrder', { orderId });
    // The first node still has the order in memory as it was.
    await accepted(one, 'payOrder', { orderId, paymentReference: 'P-1' });
    const again = await send(two, 'payOrder', { orderId, paymentReference: 'P-1' });
    expect(again.body.data.payOrder.receipt.status).toBe('ACCEPTED');
    expect(await two.head()).toBe(3);
  });
});

describe('A node', () => {
  test('keeps its views, and goes on with them when it is started again', async () => {
    await createOrder(one);
    await settled(two);
    const { dataDir } = two;
    await two.stop();
    const { orderId, receipt } = await createOrder(one);
    const again = await startService({ eventLogUrl, dataDir });
    expect(again.app.kernel.status().map(({ generation }) => generation)).toEqual([1, 1, 1]);
    const { body } = await again.gql(READ, { id: orderId }, { 'tidemark-read-after': receipt.position });
    expect(body.data.order.position).toBe(receipt.position);
  });

  test('joins with a copy of another one’s views, and goes on from there', async () => {
    for (let n = 0; n < 3; n += 1) await createOrder(one);
    await settled(two);
    await two.stop();
    const dataDir = tempDir();
    cpSync(join(two.dataDir, 'views'), join(dataDir, 'views'), { recursive: true });
    // A mark that no event explains: it is there afterwards only if the copy was gone on with.
    const copy = new Database(join(dataDir, 'views', 'orders.1.sqlite'));
    copy.prepare(`UPDATE orders SET reference = 'copied'`).run();
    copy.close();
    const { orderId, receipt } = await createOrder(one);
    const third = await startService({ eventLogUrl, dataDir });
    const list = '{ orders(first: 9) { nodes { id reference } } }';
    const { body } = await third.gql(list, {}, { 'tidemark-read-after': receipt.position });
    const nodes = body.data.orders.nodes as { id: string; reference: string }[];
    expect(nodes.find(({ id }) => id === orderId)?.reference).toBe('PO-1');
    expect(nodes.filter(({ reference }) => reference === 'copied')).toHaveLength(3);
  });

  test('finds what operators did on another one in the log’s database', async () => {
    const by = { actor: 'ann', correlationId: 'c-1' };
    await one.app.kernel.operations.pause('sales', by);
    const third = await startService({ eventLogUrl });
    expect(third.app.kernel.operations.status('sales').state).toBe('PAUSED');
    expect(await two.app.kernel.operations.done({ limit: 9 })).toMatchObject([
      { name: 'pauseProjection', projection: 'sales', actor: 'ann', seq: 1 },
    ]);
  });

  test('does what operators did on another one, also while it runs', async () => {
    const by = { actor: 'ann', correlationId: 'c-1' };
    const { operations } = one.app.kernel;
    await operations.pause('sales', by);
    await until(() => expect(two.app.kernel.operations.status('sales').state).toBe('PAUSED'));
    await operations.resume('sales', by);
    await until(() => expect(two.app.kernel.operations.status('sales').state).toBe('LIVE'));
    expect(operations.status('sales').state).toBe('LIVE');
  });

  test('passes over an event that was given up on another one', async () => {
    const poison = await one.app.kernel.log.append(unknownEvent());
    const set = (node: Service) => node.app.kernel.operations.parkedCount('orders');
    await until(() => expect([set(one), set(two)]).toEqual([1, 1]));
    const by = { actor: 'ann', correlationId: 'c-2' };
    const { position } = poison;
    const outcome = await one.app.kernel.operations.skipParked('orders', position, 'never mind', by);
    expect(outcome).toBeDefined();
    await until(() => expect([set(one), set(two)]).toEqual([0, 0]));
    const third = await startService({ eventLogUrl });
    await until(() => expect(third.app.kernel.operations.status('orders').lagEvents).toBe(0));
    expect(set(third)).toBe(0);
  });

  test('says how fresh its reads are while the log cannot be asked', async () => {
    const { orderId } = await createOrder(one);
    await settled(one);
    await server.halt('orderly');
    const lagging = async () => (await one.gql(READ, { id: orderId })).body;
    try {
      await until(async () => {
        const { data, extensions } = await lagging();
        expect(data.order.id).toBe(orderId);
        expect(extensions?.consistency?.lagMs).toBeGreaterThan(0);
      });
      const refused = await send(one, 'placeOrder', { orderId });
      expect(refused.status).toBe(503);
      expect(refused.body.errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
      expect(refused.headers.get('retry-after')).not.toBeNull();
      const ready = await fetch(`${one.url}/readyz`);
      expect(ready.status).toBe(503);
      expect(await ready.text()).toMatch(/database server does not answer/);
    } finally {
      await server.start();
    }
    await until(() => accepted(one, 'placeOrder', { orderId }));
    await until(async () => {
      expect((await fetch(`${one.url}/readyz`)).status).toBe(200);
      expect((await fetch(`${two.url}/readyz`)).status).toBe(200);
    });
    await until(async () => expect((await lagging()).extensions?.consistency?.lagMs).toBe(0));
  });
});
