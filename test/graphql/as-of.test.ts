import { describe, expect, test } from 'vitest';
import { newId } from '../../src/kernel/index.js';
import { ADDRESS, accepted, createOrder } from '../support/order-operations.js';
import { changingNothing, expectRefusal } from '../support/refusals.js';
import { startService, type Answer, type Body, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { AUTH, actingAs, asCustomer, signedIn } from '../support/tokens.js';
import { append, event } from '../../src/testing/contract/samples.js';

const AS_OF = `query($id: ID!, $position: Position, $time: DateTime) {
  order(id: $id, asOfPosition: $position, asOfTime: $time) { id status position total { amount } shippingAddress { city } degraded }
  orderHistory(orderId: $id, asOfPosition: $position, asOfTime: $time) { type position recordedAt }
}`;

interface When {
  readonly position?: string | undefined;
  readonly time?: string | undefined;
}

const ask = (service: Service, id: string, when: When, headers = {}): Promise<Answer> =>
  service.gql(AS_OF, { id, ...when }, headers);

async function asOf(service: Service, id: string, when: When, headers = {}): Promise<Body> {
  const { body, text } = await ask(service, id, when, headers);
  expect(body.errors, text).toBeUndefined();
  return body;
}

/** An order that was created, sent elsewhere, and placed; the positions of that. */
async function anOrder(service: Service, change: object = {}) {
  const { orderId: id, receipt } = await createOrder(service, change);
  const moved = await accepted(service, 'changeShippingAddress', {
    orderId: id,
    shippingAddress: { ...ADDRESS, city: 'Bonn' },
  });
  const placed = await accepted(service, 'placeOrder', { orderId: id });
  const positions = [receipt.position, moved.receipt.position, placed.receipt.position] as const;
  return { id, positions };
}

const NOTHING = { order: null, orderHistory: [] };

describe('An order as of a position', () => {
  test('is what it was, with its timeline so far, and the answer is of that position', async () => {
    const service = await startService();
    const { id, positions } = await anOrder(service);
    const [created, moved, placed] = positions;
    await createOrder(service);
    await settled(service);
    const head = (await accepted(service, 'createOrder', orderInput())).receipt.position;
    for (const [index, { city, status }] of [
      { city: 'Berlin', status: 'DRAFT' },
      { city: 'Bonn', status: 'DRAFT' },
      { city: 'Bonn', status: 'PLACED' },
    ].entries()) {
      const position = positions[index];
      const { data, extensions } = await asOf(service, id, { position });
      expect(data.order).toMatchObject({ id, status, position, shippingAddress: { city }, degraded: false });
      const types = ['OrderCreated', 'ShippingAddressChanged', 'OrderPlaced'].slice(0, index + 1);
      expect(data.orderHistory.map(({ type }: { type: string }) => type)).toEqual(types);
      expect(extensions?.consistency).toEqual({
        position,
        head,
        lagMs: 0,
        stale: false,
        waitedMs: 0,
        parked: 0,
      });
    }
    expect((await asOf(service, id, { position: head })).data.order).toMatchObject({ position: placed });
    const earlier = await createOrder(service);
    expect((await asOf(service, earlier.orderId, { position: moved })).data).toEqual(NOTHING);
    expect((await asOf(service, newId(), { position: created })).data).toEqual(NOTHING);
    expect((await asOf(service, id, { position: created.replace(/\d{16}$/, '0'.repeat(16)) })).data).toEqual(
      NOTHING,
    );
  });

  test('is there at once while the views stand still, also where the operation asks for later events', async () => {
    const service = await startService();
    const release = service.hold();
    const { id, positions } = await anOrder(service);
    const later = { 'tidemark-read-after': positions[2] };
    const { data, extensions } = await asOf(service, id, { position: positions[1] }, later);
    expect(data.order).toMatchObject({ status: 'DRAFT', shippingAddress: { city: 'Bonn' } });
    expect(extensions?.consistency).toMatchObject({ position: positions[1], stale: false, waitedMs: 0 });
    release();
  });

  test('beside what is read now makes the answer as old as it is', async () => {
    const service = await startService();
    const { id, positions } = await anOrder(service);
    await settled(service);
    const both = `query($id: ID!, $position: Position) { now: order(id: $id) { status } then: order(id: $id, asOfPosition: $position) { status } }`;
    const { body } = await service.gql(both, { id, position: positions[0] });
    expect(body.data).toEqual({ now: { status: 'PLACED' }, then: { status: 'DRAFT' } });
    expect(body.extensions?.consistency).toMatchObject({ position: positions[0], head: positions[2] });
  });

  test('with a position that is null is the order as it is now', async () => {
    const service = await startService();
    const { id } = await anOrder(service);
    await settled(service);
    const { body } = await service.gql(
      'query($id: ID!) { order(id: $id, asOfPosition: null, asOfTime: null) { status } }',
      { id },
    );
    expect(body.data).toEqual({ order: { status: 'PLACED' } });
  });
});

const orderInput = () => ({
  customerId: 'ALFKI',
  items: [{ sku: 'CHAI', quantity: 1, unitPrice: '1.00' }],
  shippingAddress: ADDRESS,
});

describe('An order as of a time', () => {
  test('is what had been recorded by then', async () => {
    const service = await startService();
    const { id } = await anOrder(service);
    await settled(service);
    const now = await asOf(service, id, { time: new Date().toISOString() });
    expect(now.data.order).toMatchObject({ status: 'PLACED' });
    const entries = now.data.orderHistory as readonly { position: string; recordedAt: string }[];
    for (const { recordedAt } of entries) {
      const { data } = await asOf(service, id, { time: recordedAt });
      const by = entries.filter((entry) => entry.recordedAt <= recordedAt);
      expect(data.orderHistory).toEqual(by);
      expect(data.order).toMatchObject({ position: by.at(-1)?.position });
    }
  });
});

describe('What cannot be read as of then', () => {
  test('is refused, with what is expected', async () => {
    const service = await startService();
    const other = await startService();
    const { id, positions } = await anOrder(service);
    const { receipt } = await createOrder(other);
    const [position] = positions;
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const expected =
      /^The time must be no earlier than the log’s first event, \S+Z, and no later than now, \S+Z\.$/;
    await changingNothing(service, async () => {
      for (const [when, code, message] of [
        [
          { position, time: new Date().toISOString() },
          'BAD_USER_INPUT',
          'Give a position or a time, not both.',
        ],
        [{ time: soon }, 'BAD_USER_INPUT', expected],
        [{ time: '1999-12-31T23:59:59Z' }, 'BAD_USER_INPUT', expected],
        [{ time: '0001-01-01T00:00:00Z' }, 'BAD_USER_INPUT', expected],
        [{ time: 'yesterday' }, 'BAD_USER_INPUT', /DateTime/],
        [{ position: 'latest' }, 'BAD_USER_INPUT', /Not a position/],
        [
          { position: position.replace(/\d{16}$/, '9'.repeat(15).padStart(16, '0')) },
          'UNKNOWN_POSITION',
          /ahead of/,
        ],
        [{ position: receipt.position }, 'UNKNOWN_POSITION', /of another log/],
      ] as const) {
        const answer = await ask(service, id, when);
        expectRefusal({ ...answer, status: 200 }, 200, code, message);
      }
      const ahead = { 'tidemark-read-after': position.replace(/\d$/, '9') };
      expectRefusal(await ask(service, id, { position }, ahead), 200, 'UNKNOWN_POSITION', /ahead of the log/);
      expectRefusal(await ask(service, 'x', { position }), 200, 'BAD_USER_INPUT', /id of an order is a UUID/);
    });
  });

  test('because of an event that cannot be applied is UNAVAILABLE from its position on', async () => {
    const service = await startService();
    const { id, positions } = await anOrder(service);
    const { log } = service.app.kernel;
    const unheard = event(`order:${id}`, { type: 'OrderEaten' });
    await log.append(append([unheard]));
    const poison = positions[2].replace(/\d$/, '4');
    const answer = await ask(service, id, { position: poison });
    expect(answer.status).toBe(503);
    const [error] = answer.body.errors ?? [];
    expect(error).toMatchObject({
      message: `The event at position 4, OrderEaten, cannot be applied to orders: what became of order:${id} from there on is not known. Ask for an earlier position.`,
      extensions: { code: 'UNAVAILABLE', position: poison },
    });
    expect((await asOf(service, id, { position: positions[2] })).data.order).toMatchObject({
      status: 'PLACED',
    });
  });
});

describe('A customer reads as of then', () => {
  test('their own orders, also before the views have them, and another’s as if it did not exist', async () => {
    const service = await startService({ auth: AUTH });
    const staff = actingAs(service, await signedIn());
    const alfki = actingAs(service, await asCustomer('ALFKI'));
    const theirs = await anOrder(staff, { customerId: 'BOLID' });
    await settled(service);
    // The log's first event is read in the way that is held up below.
    await asOf(staff, theirs.id, { time: new Date().toISOString() });
    const release = service.hold();
    const mine = await anOrder(alfki);
    const { log } = service.app.kernel;
    const when: readonly When[] = [
      { position: theirs.positions[0] },
      { position: mine.positions[2] },
      { time: new Date().toISOString() },
    ];
    expect((await asOf(alfki, mine.id, { position: mine.positions[0] })).data.order).toMatchObject({
      status: 'DRAFT',
    });
    for (const each of when) {
      expect((await asOf(alfki, theirs.id, each)).data).toEqual(NOTHING);
      expect((await asOf(alfki, newId(), each)).data).toEqual(NOTHING);
    }
    expect((await asOf(staff, theirs.id, { position: theirs.positions[0] })).data.order).not.toBeNull();
    // Nor does what is wrong with it show that it is there.
    await log.append(append([event(`order:${theirs.id}`, { type: 'OrderEaten' })]));
    const time = new Date().toISOString();
    expect((await asOf(alfki, theirs.id, { time })).data).toEqual(NOTHING);
    release();
    const future = { time: new Date(Date.now() + 3_600_000).toISOString() };
    for (const id of [mine.id, theirs.id, newId()])
      expectRefusal(await ask(alfki, id, future), 200, 'BAD_USER_INPUT', /no later than now/);
  });
});

describe('rowOrigin', () => {
  const ORIGIN = `query($projection: String!, $table: String!, $key: [String!]!, $position: Position) {
    rowOrigin(projection: $projection, table: $table, key: $key, asOfPosition: $position) {
      position type recordedAt actor commandId change columns { column before after }
    }
  }`;

  test('names the events that made a row, who sent them, and the columns that each changed', async () => {
    const service = await startService();
    const { id, positions } = await anOrder(service);
    const { body } = await service.gql(ORIGIN, { projection: 'orders', table: 'orders', key: [id] });
    const [created, moved, placed] = body.data.rowOrigin;
    expect(created).toMatchObject({ position: positions[0], type: 'OrderCreated', change: 'ADDED' });
    expect(created.columns).toContainEqual({ column: 'status', before: null, after: 'DRAFT' });
    expect(moved).toMatchObject({
      type: 'ShippingAddressChanged',
      change: 'CHANGED',
      actor: 'developer',
      columns: [
        { column: 'shippingAddress', before: { city: 'Berlin' }, after: { city: 'Bonn' } },
        { column: 'position', before: 1, after: 2 },
      ],
    });
    expect(placed.columns.map(({ column }: { column: string }) => column)).toEqual([
      'status',
      'placedAt',
      'position',
    ]);
    expect(new Date(placed.recordedAt).getTime()).toBeGreaterThanOrEqual(
      new Date(created.recordedAt).getTime(),
    );
    const earlier = { projection: 'sales', table: 'orders', key: [id], position: positions[1] };
    expect((await service.gql(ORIGIN, earlier)).body.data.rowOrigin).toMatchObject([
      { type: 'OrderCreated' },
    ]);
  });

  test('refuses what has no such rows, and says why', async () => {
    const service = await startService();
    await createOrder(service);
    await changingNothing(service, async () => {
      for (const [projection, table, key, code, message] of [
        ['x', 'orders', ['1'], 'NOT_FOUND', /There are: orders, customers, sales\.$/],
        ['orders', 'x', ['1'], 'NOT_FOUND', /There are: orders, history\.$/],
        ['customers', 'customers', ['ALFKI'], 'BAD_USER_INPUT', /does not say whose events make a row/],
        ['orders', 'history', ['1'], 'BAD_USER_INPUT', /2 values, orderId, position; got 1/],
        ['orders', 'orders', ['x'.repeat(5_000)], 'BAD_USER_INPUT', /200/],
      ] as const) {
        const answer = await service.gql(ORIGIN, { projection, table, key });
        expectRefusal(answer, 200, code, message);
      }
    });
  });
});
