import { describe, expect, test } from 'vitest';
import { createOrder, mutation, ORDER, send, type Payload } from '../support/order-operations.js';
import { startService, type Answer, type Service } from '../support/service.js';
import { until } from '../support/until.js';

const CLIENTS = 64;
const ROUNDS = 3;

const ORDER_BY_ID = 'query Read($id: ID!) { order(id: $id) { id status position } }';
const READ_AFTER = `query Read($id: ID!, $position: Position!, $timeoutMs: Int! = 2000, $onTimeout: OnTimeout! = STALE)
  @readAfter(position: $position, timeoutMs: $timeoutMs, onTimeout: $onTimeout)
  { order(id: $id) { id status position } }`;
const CAUGHT_UP = `subscription Wait($position: Position!, $projection: String) {
  projectionCaughtUp(position: $position, projection: $projection) { projection position }
}`;

/** Reads an order, sure to see what was written at the position. */
type Reading = (service: Service, id: string, position: string) => Promise<Answer>;

const ways: Record<string, Reading> = {
  '@readAfter with a variable': (service, id, position) => service.gql(READ_AFTER, { id, position }),
  '@readAfter with a literal': (service, id, position) =>
    service.gql(
      `{ order(id: "${id}") { id status position } }`.replace(
        '{',
        `query @readAfter(position: "${position}") {`,
      ),
    ),
  'the tidemark-read-after header': (service, id, position) =>
    service.gql(ORDER_BY_ID, { id }, { 'tidemark-read-after': position }),
  'projectionCaughtUp before a plain query': async (service, id, position) => {
    const frames = service.subscribe(CAUGHT_UP, { position, projection: 'orders' });
    const frame = await frames.next();
    expect(frame?.data.projectionCaughtUp.position >= position).toBe(true);
    expect(await frames.next()).toBeUndefined();
    return service.gql(ORDER_BY_ID, { id });
  },
};

/** Creates, then places an order, and reads it after each; what was read must have been written, at the least. */
async function writeAndRead(service: Service, read: Reading, customerId: string): Promise<void> {
  const { orderId, receipt } = await createOrder(service, { customerId });
  const { body: first } = await read(service, orderId, receipt.position);
  expect(first.data.order).toMatchObject({ id: orderId, status: 'DRAFT', position: receipt.position });
  const placed = await send(service, 'placeOrder', { orderId });
  const after = (placed.body.data.placeOrder as Payload).receipt.position;
  const { body: second } = await read(service, orderId, after);
  expect(second.data.order).toMatchObject({ id: orderId, status: 'PLACED', position: after });
  expect(second.extensions?.consistency).toMatchObject({ stale: false });
  expect((second.extensions?.consistency?.position ?? '') >= after).toBe(true);
}

async function inParallel(work: (client: number) => Promise<void>): Promise<void> {
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let round = 0; round < ROUNDS; round += 1) await work(client);
  });
  await Promise.all(clients);
}

function waiters({ app }: Service): number[] {
  return [...app.kernel.projectors.values()].map(({ freshness }) => freshness.waiters());
}

describe(`${CLIENTS} clients at a time read what they wrote`, () => {
  for (const [way, read] of Object.entries(ways)) {
    test(`by ${way}`, async () => {
      const service = await startService({ dawdleMs: 5 });
      await inParallel((client) => writeAndRead(service, read, `C-${client}`));
      expect(waiters(service)).toEqual([0, 0, 0]);
      expect(service.logged).toEqual([]);
    });
  }

  test('by selecting the view in the payload', async () => {
    const service = await startService({ dawdleMs: 5 });
    const selection = 'orderId receipt { position } order { status position }';
    await inParallel(async (client) => {
      const input = { ...ORDER, customerId: `C-${client}` };
      const { body } = await send(service, 'createOrder', input, selection);
      const { orderId, receipt, order } = body.data.createOrder;
      expect(order).toEqual({ status: 'DRAFT', position: receipt.position });
      const placed = await send(service, 'placeOrder', { orderId }, selection);
      expect(placed.body.data.placeOrder.order.status).toBe('PLACED');
      expect(placed.body.extensions?.consistency?.stale).toBe(false);
    });
    expect(service.logged).toEqual([]);
  });
});

describe('Selecting the view in the payload', () => {
  test('waits for every view that the selection reads', async () => {
    const service = await startService({ dawdleMs: 20 });
    const { orderId } = await createOrder(service);
    const selection = 'order { status customer { orderCount } }';
    const { body } = await send(service, 'placeOrder', { orderId }, selection);
    expect(body.data.placeOrder.order).toEqual({ status: 'PLACED', customer: { orderCount: 1 } });
  });

  test('shows each of several commands of one request as it was done', async () => {
    const service = await startService({ dawdleMs: 20 });
    const first = await createOrder(service);
    const second = await createOrder(service);
    const { body } = await service.gql(
      `mutation Both($a: ID!, $b: ID!) {
        a: placeOrder(input: { orderId: $a }) { order { customer { orderCount } } }
        b: placeOrder(input: { orderId: $b }) { order { customer { orderCount } } }
      }`,
      { a: first.orderId, b: second.orderId },
    );
    expect(body.data.a.order.customer.orderCount).toBeGreaterThanOrEqual(1);
    expect(body.data.b.order.customer.orderCount).toBe(2);
  });

  test('of a refused command reads the order as it is', async () => {
    const service = await startService({ dawdleMs: 5 });
    const { orderId } = await createOrder(service);
    const { body } = await send(service, 'shipOrder', { orderId, carrier: 'DHL' }, 'order { status }');
    expect(body.data.shipOrder.order).toEqual({ status: 'DRAFT' });
  });

  test('answers at once with the receipt alone while the projections stand still', async () => {
    const service = await startService();
    service.hold();
    const { receipt } = await createOrder(service);
    expect(receipt.status).toBe('ACCEPTED');
  });
});

describe('While the projections stand still', () => {
  test('a read that may be stale answers with what there is, and says so', async () => {
    const service = await startService();
    service.hold();
    const { orderId: id, receipt } = await createOrder(service);
    const { status, body } = await service.gql(READ_AFTER, {
      id,
      position: receipt.position,
      timeoutMs: 20,
      onTimeout: 'STALE',
    });
    expect(status).toBe(200);
    expect(body.errors).toBeUndefined();
    expect(body.data).toEqual({ order: null });
    expect(body.extensions?.consistency).toMatchObject({ stale: true, head: receipt.position });
    expect(body.extensions?.consistency?.waitedMs).toBeGreaterThan(0);
    expect(waiters(service)).toEqual([0, 0, 0]);
  });

  test('a read that must not be stale is the error STALE_READ', async () => {
    const service = await startService();
    service.hold();
    const { orderId: id, receipt } = await createOrder(service);
    const variables = { id, position: receipt.position, timeoutMs: 20, onTimeout: 'ERROR' };
    const { body } = await service.gql(READ_AFTER, variables);
    expect(body.errors?.[0]?.extensions.code).toBe('STALE_READ');
    expect(body.errors?.[0]?.message).toContain('had not reached the position');
    expect(body.data).toEqual({ order: null });
  });

  test('a timeout of 0 does not wait', async () => {
    const service = await startService();
    service.hold();
    const { orderId: id, receipt } = await createOrder(service);
    const { body } = await service.gql(READ_AFTER, { id, position: receipt.position, timeoutMs: 0 });
    expect(body.extensions?.consistency?.stale).toBe(true);
  });

  test('a query waits, and answers when they go on', async () => {
    const service = await startService();
    const goOn = service.hold();
    const { orderId: id, receipt } = await createOrder(service);
    const answer = service.gql(READ_AFTER, { id, position: receipt.position, timeoutMs: 5000 });
    await until(() => expect(waiters(service)).toEqual([0, 1, 0].sort().reverse()));
    goOn();
    const { body } = await answer;
    expect(body.data.order.status).toBe('DRAFT');
    expect(body.extensions?.consistency).toMatchObject({ stale: false, position: receipt.position });
    expect(body.extensions?.consistency?.waitedMs).toBeGreaterThan(0);
  });

  test('a payload that selects the view waits no longer than the operation says', async () => {
    const service = await startService();
    const { receipt } = await createOrder(service);
    service.hold();
    const document = mutation('createOrder', 'orderId order { id }').replace(
      ') {',
      `) @readAfter(position: "${receipt.position}", timeoutMs: 20) {`,
    );
    const { body } = await service.gql(document, { input: ORDER });
    expect(body.errors).toBeUndefined();
    expect(body.data.createOrder).toMatchObject({ order: null });
    expect(body.extensions?.consistency?.stale).toBe(true);
  });

  test('the later of the header and the directive counts', async () => {
    const service = await startService();
    const early = await createOrder(service);
    service.hold();
    const late = await createOrder(service);
    const read = (header: string, directive: string): Promise<Answer> =>
      service.gql(
        READ_AFTER,
        { id: late.orderId, position: directive, timeoutMs: 20 },
        { 'tidemark-read-after': header },
      );
    for (const [header, directive] of [
      [early.receipt.position, late.receipt.position],
      [late.receipt.position, early.receipt.position],
    ] as const) {
      const { body } = await read(header, directive);
      expect(body.extensions?.consistency?.stale).toBe(true);
    }
  });

  test('a query that asks for nothing does not wait', async () => {
    const service = await startService();
    service.hold();
    const { orderId: id } = await createOrder(service);
    const { body } = await service.gql(ORDER_BY_ID, { id });
    expect(body.data).toEqual({ order: null });
    expect(body.extensions?.consistency).toMatchObject({ stale: false, waitedMs: 0 });
  });

  test('only a view that is read is waited for', async () => {
    const service = await startService();
    service.fail('sales');
    const { orderId: id, receipt } = await createOrder(service);
    const { body } = await service.gql(READ_AFTER, { id, position: receipt.position, onTimeout: 'ERROR' });
    expect(body.data.order.id).toBe(id);
  });
});

describe('extensions.consistency', () => {
  test('moves on with the log', async () => {
    const service = await startService();
    const seen: string[] = [];
    for (let order = 0; order < 3; order += 1) {
      const { orderId: id, receipt } = await createOrder(service);
      const { body } = await service.gql(READ_AFTER, { id, position: receipt.position });
      expect(body.extensions?.consistency).toMatchObject({
        position: receipt.position,
        head: receipt.position,
      });
      seen.push(body.extensions?.consistency?.position ?? '');
    }
    expect(seen).toEqual([...new Set(seen)].sort());
  });

  test('goes with every answer that read a view', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    const reads = [
      `{ order(id: "${orderId}") { id } }`,
      `{ node(id: "${orderId}") { id } }`,
      '{ orders { nodes { id } } }',
      '{ customer(id: "ALFKI") { id } }',
      '{ customers { nodes { id } } }',
      '{ salesReport(groupBy: DAY) { key } }',
      `{ orderHistory(orderId: "${orderId}") { type } }`,
    ];
    for (const query of reads) {
      const { body } = await service.gql(query);
      expect(body.errors, query).toBeUndefined();
      expect(Object.keys(body.extensions?.consistency ?? {}), query).toEqual([
        'position',
        'head',
        'lagMs',
        'stale',
        'waitedMs',
        'parked',
      ]);
    }
  });

  test('is absent where no view was read', async () => {
    const service = await startService();
    const { body } = await send(service, 'createOrder', ORDER);
    expect(body.data.createOrder.receipt.status).toBe('ACCEPTED');
    expect(body.extensions).not.toHaveProperty('consistency');
    expect((await service.gql('{ __typename }')).body).toEqual({ data: { __typename: 'Query' } });
  });

  test('gives the oldest position where views of different age were read', async () => {
    const service = await startService();
    const first = await createOrder(service);
    await service.gql(
      '{ customers { nodes { id } } }',
      {},
      { 'tidemark-read-after': first.receipt.position },
    );
    service.fail('customers');
    const second = await createOrder(service);
    const { body } = await service.gql(
      `query Both($id: ID!, $position: Position!) @readAfter(position: $position, timeoutMs: 100) {
        order(id: $id) { id } customers { nodes { id } }
      }`,
      { id: second.orderId, position: second.receipt.position },
    );
    expect(body.data.order.id).toBe(second.orderId);
    expect(body.extensions?.consistency).toMatchObject({
      stale: true,
      position: first.receipt.position,
      head: second.receipt.position,
    });
  });
});
