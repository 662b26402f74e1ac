import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ORDER, accepted, createOrder } from '../support/order-operations.js';
import { startService, type Body, type Service } from '../support/service.js';
import { until } from '../support/until.js';

const ONE = 'subscription One($id: ID!) { order(id: $id) { position order { id status position } } }';
const MANY = `subscription Many($filter: OrderFilter) {
  orders(filter: $filter) { position snapshot totalCount changes { kind orderId order { id status position } } }
}`;
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Waits until everything written so far is in the views. */
async function settled(service: Service): Promise<void> {
  const head = await service.head();
  await until(() => {
    expect(service.app.kernel.status().every(({ checkpoint }) => checkpoint === head)).toBe(true);
  });
}

/** The changes of the next frame, as `KIND orderId`. */
function changesOf(frame: Body | undefined): string[] {
  const changes = frame?.data.orders.changes as { kind: string; orderId: string }[];
  return changes.map(({ kind, orderId }) => `${kind} ${orderId}`);
}

describe('order(id)', () => {
  test('pushes the order as it is, then after every change', async () => {
    const service = await startService();
    const { orderId, receipt } = await createOrder(service);
    await settled(service);
    const frames = service.subscribe(ONE, { id: orderId });
    expect((await frames.next())?.data.order).toEqual({
      position: receipt.position,
      order: { id: orderId, status: 'DRAFT', position: receipt.position },
    });
    for (const [name, input, status] of [
      ['placeOrder', {}, 'PLACED'],
      ['payOrder', { paymentReference: 'P' }, 'PAID'],
      ['cancelOrder', { reason: 'mistake' }, 'CANCELLED'],
    ] as const) {
      const sent = await accepted(service, name, { orderId, ...input });
      const frame = await frames.next();
      expect(frame?.data.order.order).toEqual({ id: orderId, status, position: sent.receipt.position });
      expect(frame?.extensions?.consistency).toMatchObject({ stale: false });
    }
  });

  test('of an order that is not there yet pushes null, then the order', async () => {
    const service = await startService();
    const frames = service.subscribe(ONE, { id: UNKNOWN });
    expect((await frames.next())?.data.order.order).toBeNull();
  });

  test('is not told of other orders', async () => {
    const service = await startService();
    const mine = await createOrder(service);
    const other = await createOrder(service);
    await settled(service);
    const frames = service.subscribe(ONE, { id: mine.orderId });
    await frames.next();
    await accepted(service, 'placeOrder', { orderId: other.orderId });
    await settled(service);
    await accepted(service, 'cancelOrder', { orderId: mine.orderId, reason: 'mistake' });
    expect((await frames.next())?.data.order.order).toMatchObject({ id: mine.orderId, status: 'CANCELLED' });
  });

  test('that reads late gets the last state, not each one between', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    await settled(service);
    const goOn = service.hold();
    await accepted(service, 'placeOrder', { orderId });
    await accepted(service, 'payOrder', { orderId, paymentReference: 'P' });
    const frames = service.subscribe(ONE, { id: orderId });
    expect((await frames.next())?.data.order.order.status).toBe('DRAFT');
    goOn();
    let status = '';
    while (status !== 'PAID') status = (await frames.next())?.data.order.order.status;
  });

  test('with @readAfter has the position in its first frame', async () => {
    const service = await startService({ dawdleMs: 20 });
    const { orderId, receipt } = await createOrder(service);
    const query = ONE.replace(') {', `) @readAfter(position: "${receipt.position}") {`);
    const frame = await service.subscribe(query, { id: orderId }).next();
    expect(frame?.data.order.order).toMatchObject({ id: orderId, position: receipt.position });
    expect(frame?.extensions?.consistency).toMatchObject({ stale: false, position: receipt.position });
  });

  test('reads what else is selected anew for each frame', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    await settled(service);
    const query =
      'subscription One($id: ID!) { order(id: $id) { order { status customer { orderCount } } } }';
    const frames = service.subscribe(query, { id: orderId });
    expect((await frames.next())?.data.order.order).toEqual({ status: 'DRAFT', customer: { orderCount: 0 } });
    await accepted(service, 'placeOrder', { orderId });
    expect((await frames.next())?.data.order.order.status).toBe('PLACED');
    await settled(service);
    await accepted(service, 'payOrder', { orderId, paymentReference: 'P' });
    expect((await frames.next())?.data.order.order).toEqual({ status: 'PAID', customer: { orderCount: 1 } });
  });
});

describe('orders(filter)', () => {
  test('pushes a snapshot, then what is added, updated and removed', async () => {
    const service = await startService();
    const first = await createOrder(service);
    await settled(service);
    const frames = service.subscribe(MANY, { filter: { status: ['DRAFT', 'PLACED'] } });
    const snapshot = await frames.next();
    expect(snapshot?.data.orders).toMatchObject({ snapshot: true, totalCount: 1 });
    expect(changesOf(snapshot)).toEqual([`ADDED ${first.orderId}`]);

    const second = await createOrder(service);
    const added = await frames.next();
    expect(added?.data.orders).toMatchObject({
      snapshot: false,
      totalCount: null,
      position: second.receipt.position,
    });
    expect(changesOf(added)).toEqual([`ADDED ${second.orderId}`]);

    await accepted(service, 'placeOrder', { orderId: first.orderId });
    const updated = await frames.next();
    expect(changesOf(updated)).toEqual([`UPDATED ${first.orderId}`]);
    expect(updated?.data.orders.changes[0].order.status).toBe('PLACED');

    await accepted(service, 'cancelOrder', { orderId: first.orderId, reason: 'mistake' });
    const removed = await frames.next();
    expect(changesOf(removed)).toEqual([`REMOVED ${first.orderId}`]);
    expect(removed?.data.orders.changes[0].order).toBeNull();
  });

  test('adds an order that moves into the filter', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    await settled(service);
    const frames = service.subscribe(MANY, { filter: { status: ['PLACED'] } });
    expect((await frames.next())?.data.orders).toMatchObject({ snapshot: true, totalCount: 0, changes: [] });
    await accepted(service, 'placeOrder', { orderId });
    expect(changesOf(await frames.next())).toEqual([`ADDED ${orderId}`]);
    await accepted(service, 'payOrder', { orderId, paymentReference: 'P' });
    expect(changesOf(await frames.next())).toEqual([`REMOVED ${orderId}`]);
  });

  test('says nothing of orders outside the filter', async () => {
    const service = await startService();
    const frames = service.subscribe(MANY, { filter: { customerId: 'BOLID' } });
    await frames.next();
    await createOrder(service, { customerId: 'ALFKI' });
    const mine = await createOrder(service, { customerId: 'BOLID' });
    expect(changesOf(await frames.next())).toEqual([`ADDED ${mine.orderId}`]);
  });

  test('filters live as it filters lists', async () => {
    const service = await startService();
    const filters = [
      { search: 'anders' },
      { country: 'Germany' },
      { reference: 'PO-1' },
      { currencyCode: 'USD', total: { min: '180.00', max: '180' } },
      { createdAt: { from: '2000-01-01T00:00:00Z' } },
      { customerId: 'ALFKI', status: ['DRAFT'] },
    ];
    const all = filters.map((filter) => service.subscribe(MANY, { filter }));
    for (const frames of all) expect((await frames.next())?.data.orders.totalCount).toBe(0);
    const { orderId } = await createOrder(service);
    for (const frames of all) expect(changesOf(await frames.next())).toEqual([`ADDED ${orderId}`]);
    for (const filter of filters) {
      const query = 'query($filter: OrderFilter) { orders(filter: $filter) { nodes { id } } }';
      expect((await service.gql(query, { filter })).body.data.orders.nodes).toEqual([{ id: orderId }]);
    }
  });

  test('loses no order and repeats none, however fast they are written', async () => {
    const service = await startService();
    const frames = service.subscribe(MANY);
    const seen = changesOf(await frames.next());
    const written = await Promise.all(Array.from({ length: 100 }, () => createOrder(service)));
    while (seen.length < 100) seen.push(...changesOf(await frames.next()));
    expect(seen.sort()).toEqual(written.map(({ orderId }) => `ADDED ${orderId}`).sort());
  });

  test('starts over with a snapshot when the reader is too far behind', async () => {
    const service = await startService();
    const goOn = service.hold();
    const frames = service.subscribe(MANY);
    expect((await frames.next())?.data.orders).toMatchObject({ snapshot: true, totalCount: 0 });
    await Promise.all(Array.from({ length: 1_200 }, () => createOrder(service)));
    goOn();
    let count = 0;
    for (;;) {
      const frame = await frames.next();
      if (frame?.data.orders.snapshot === true) count = frame.data.orders.totalCount;
      else count += changesOf(frame).length;
      if (count >= 1_200) break;
    }
    expect(count).toBe(1_200);
  });
});

describe('projectionStatus', () => {
  const STATUS = `subscription Status($name: String) {
    projectionStatus(name: $name) { name version generation state checkpoint head lagEvents lagMs healthy parked progress }
  }`;

  test('pushes how a projection is doing, and again when that changes', async () => {
    const service = await startService();
    const frames = service.subscribe(STATUS, { name: 'sales' });
    const first = (await frames.next())?.data.projectionStatus;
    expect(first).toMatchObject({
      name: 'sales',
      state: 'LIVE',
      lagEvents: 0,
      healthy: true,
      parked: 0,
      progress: 1,
    });
    const heal = service.fail('sales');
    await createOrder(service);
    let status = first;
    while (status.state !== 'FAILED') status = (await frames.next())?.data.projectionStatus;
    expect(status).toMatchObject({ healthy: false, lagEvents: 1, progress: 0 });
    expect(JSON.stringify(status)).not.toContain('secret');
    heal();
    while (status.state !== 'LIVE') status = (await frames.next())?.data.projectionStatus;
    expect(status).toMatchObject({ checkpoint: status.head, lagEvents: 0, healthy: true });
  });

  test('is pushed once in a while, however often it changes: a lag grows at any time', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const service = await startService();
    service.hold();
    await createOrder(service);
    const frames = service.subscribe('subscription { projectionStatus(name: "orders") { lagMs } }');
    let seen = 0;
    void (async () => {
      while ((await frames.next()) !== undefined) seen += 1;
    })();
    await until(() => expect(seen).toBe(1));
    for (let n = 0; n < 5; n += 1) await service.gql('{ projections { lagMs } }');
    expect(seen).toBe(1);
    vi.advanceTimersByTime(200);
    await until(() => expect(seen).toBe(2));
  });

  test('pushes each projection where none is named', async () => {
    const service = await startService();
    const frames = service.subscribe(STATUS);
    const names = new Set<string>();
    while (names.size < 3) names.add((await frames.next())?.data.projectionStatus.name as string);
    expect([...names].sort()).toEqual(['customers', 'orders', 'sales']);
  });
});

describe('A subscription that cannot be served', () => {
  const cases: readonly (readonly [string, string, Record<string, unknown>, string])[] = [
    ['has a malformed id', ONE, { id: '42' }, 'BAD_USER_INPUT'],
    ['misses a variable', ONE, {}, 'BAD_USER_INPUT'],
    ['has a filter that cannot be meant', MANY, { filter: { total: { min: '1' } } }, 'BAD_USER_INPUT'],
    ['names no projection', 'subscription { projectionStatus(name: "x") { name } }', {}, 'NOT_FOUND'],
    ['does not parse', 'subscription { ', {}, 'GRAPHQL_PARSE_FAILED'],
    ['asks for an unknown field', 'subscription { ordrs { position } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['is a query', '{ orders { totalCount } }', {}, 'BAD_REQUEST'],
    ['is a mutation', 'mutation { placeOrder(input: { orderId: "x" }) { orderId } }', {}, 'BAD_REQUEST'],
    [
      'waits for no position',
      'subscription @readAfter(position: "x") { orders { position } }',
      {},
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ];
  for (const [title, query, variables, code] of cases) {
    test(`because it ${title} ends with ${code}`, async () => {
      const service = await startService();
      const head = await service.head();
      await expect(service.subscribe(query, variables).next()).rejects.toMatchObject([
        { extensions: { code } },
      ]);
      expect(await service.head()).toBe(head);
      expect(service.logged).toEqual([]);
    });
  }

  test('because of a failure inside ends with INTERNAL, without a word of why', async () => {
    const service = await startService();
    const broken = { ask: () => Promise.reject(new Error('SELECT secret FROM /var/lib/tidemark')) };
    Object.assign(service.app.kernel.queries, broken);
    const failure = service.subscribe(ONE, { id: UNKNOWN }).next();
    await expect(failure).rejects.toMatchObject([
      {
        message: 'Something went wrong on our side. It has been logged.',
        extensions: { code: 'INTERNAL' },
      },
    ]);
    expect(service.logged.join()).toContain('SELECT secret');
  });
});

test('An order subscribed to before it was created is pushed once it is', async () => {
  const service = await startService();
  const frames = service.subscribe(MANY, { filter: { reference: 'LATER' } });
  await frames.next();
  const { orderId } = await createOrder(service, { ...ORDER, reference: 'LATER' });
  expect(changesOf(await frames.next())).toEqual([`ADDED ${orderId}`]);
});
