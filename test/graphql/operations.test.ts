import { describe, expect, test } from 'vitest';
import { accepted, createOrder } from '../support/order-operations.js';
import { auditOf, operate, rebuilt, statusOf, type WireStatus } from '../support/operators.js';
import { expectRefusal } from '../support/refusals.js';
import { startService, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { AUTH, actingAs, signedIn } from '../support/tokens.js';
import { until } from '../support/until.js';

const READ = `query Read($id: ID!, $position: Position!) @readAfter(position: $position, onTimeout: ERROR) {
  order(id: $id) { id status position degraded }
}`;

/** Writes orders and reads each of them back, until told to stop; how many reads there were, all of them right. */
async function writeAndReadUntil(service: Service, done: () => boolean): Promise<number> {
  let reads = 0;
  while (!done()) {
    const { orderId } = await createOrder(service);
    const { receipt } = await accepted(service, 'placeOrder', { orderId });
    const { body } = await service.gql(READ, { id: orderId, position: receipt.position });
    expect(body.errors).toBeUndefined();
    expect(body.data.order).toEqual({
      id: orderId,
      status: 'PLACED',
      position: receipt.position,
      degraded: false,
    });
    expect(body.extensions?.consistency).toMatchObject({ stale: false });
    reads += 1;
  }
  return reads;
}

async function verify(service: Service, name: string): Promise<unknown> {
  const { body } = await service.gql(
    `mutation($name: String!) { verifyProjection(name: $name) {
      projection outcome differing parked parkedError message differences { table key live replayed }
    } }`,
    { name },
  );
  return body.data.verifyProjection;
}

const IDENTICAL = { outcome: 'IDENTICAL', differing: 0, parked: 0, message: null, differences: [] };

describe('A rebuild', () => {
  test('runs beside live writes to its end, without one wrong read', async () => {
    const service = await startService({ dawdleMs: 3 });
    await Promise.all(Array.from({ length: 600 }, () => createOrder(service)));
    await settled(service);
    const started = await operate(service, 'rebuildProjection', 'orders');
    expect(started).toMatchObject({
      generation: 1,
      rebuild: { generation: 2, state: 'BUILDING' },
      kept: null,
    });
    let done = false;
    const traffic = [1, 2, 3].map(() => writeAndReadUntil(service, () => done));
    await until(async () =>
      expect(await statusOf(service, 'orders')).toMatchObject({ generation: 2, rebuild: null }),
    );
    done = true;
    const reads = await Promise.all(traffic);
    expect(Math.min(...reads)).toBeGreaterThan(0);
    await settled(service);
    expect(await statusOf(service, 'orders')).toMatchObject({
      state: 'LIVE',
      kept: { generation: 1, version: 1 },
    });
    expect(await verify(service, 'orders')).toMatchObject(IDENTICAL);
    expect(service.logged).toEqual([]);
  });

  test('is pushed as it goes, also what comes of it', async () => {
    const service = await startService();
    await createOrder(service);
    await settled(service);
    const frames = service.subscribe(`subscription {
      projectionStatus(name: "sales") { generation state rebuild { generation checkpoint head progress parked startedAt } kept { generation } }
    }`);
    const next = async (fits: (status: WireStatus) => boolean): Promise<WireStatus> => {
      for (;;) {
        const status = (await frames.next())?.data.projectionStatus as WireStatus;
        if (fits(status)) return status;
      }
    };
    await next(({ rebuild }) => rebuild === null);
    const goOn = service.hold();
    await operate(service, 'rebuildProjection', 'sales');
    expect(await next(({ rebuild }) => rebuild !== null)).toMatchObject({
      generation: 1,
      rebuild: { generation: 2, progress: 0, parked: 0 },
    });
    goOn();
    expect(await next(({ generation }) => generation === 2)).toMatchObject({
      rebuild: null,
      kept: { generation: 1 },
    });
    await operate(service, 'pauseProjection', 'sales');
    await next(({ state }) => state === 'PAUSED');
    await operate(service, 'resumeProjection', 'sales');
    await next(({ state }) => state === 'LIVE');
  });

  test('can be cancelled, after which there is nothing of it', async () => {
    const service = await startService();
    await createOrder(service);
    await settled(service);
    const goOn = service.hold();
    await operate(service, 'rebuildProjection', 'orders');
    const cancelled = operate(service, 'cancelRebuild', 'orders');
    await until(async () => expect((await statusOf(service, 'orders')).rebuild).toBeNull());
    goOn();
    expect(await cancelled).toMatchObject({ generation: 1, rebuild: null, kept: null, state: 'LIVE' });
    // Its number is not used again: a thread may not have let go of its file yet.
    expect((await rebuilt(service, 'orders')).generation).toBe(3);
  });
});

describe('A rollback', () => {
  test('goes back at once, and what was written since is there to who asks for it', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    await settled(service);
    await rebuilt(service, 'orders');
    const { receipt } = await accepted(service, 'placeOrder', { orderId });
    await settled(service);
    const status = await operate(service, 'rollbackProjection', 'orders');
    expect(status).toMatchObject({ generation: 1, kept: { generation: 2 } });
    const { body } = await service.gql(READ, { id: orderId, position: receipt.position });
    expect(body.data.order).toMatchObject({ status: 'PLACED', position: receipt.position });
    expect(await verify(service, 'orders')).toMatchObject(IDENTICAL);
    expect(await operate(service, 'pruneProjection', 'orders')).toMatchObject({ generation: 1, kept: null });
  });
});

describe('A pause', () => {
  test('holds up that projection alone, also over a restart, until it is resumed', async () => {
    const service = await startService();
    expect(await operate(service, 'pauseProjection', 'orders')).toMatchObject({ state: 'PAUSED' });
    const { orderId, receipt } = await createOrder(service);
    await until(async () =>
      expect(await statusOf(service, 'sales')).toMatchObject({ checkpoint: receipt.position }),
    );
    expect((await service.gql('{ orders { totalCount } }')).body.data.orders.totalCount).toBe(0);
    await service.stop();
    const again = await startService({ dataDir: service.dataDir });
    expect(await statusOf(again, 'orders')).toMatchObject({ state: 'PAUSED' });
    await operate(again, 'resumeProjection', 'orders');
    const { body } = await again.gql(READ, { id: orderId, position: receipt.position });
    expect(body.data.order.id).toBe(orderId);
    expect((await auditOf(again)).map(({ name }) => name)).toEqual(['pauseProjection', 'resumeProjection']);
  });
});

describe('A verification', () => {
  test('finds a row that is not what the log gives, and says which', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    await settled(service);
    const store = service.app.kernel.projectors.get('orders')?.store();
    store?.commit(store.checkpoint(), ({ rows }) => {
      rows['orders']?.patch({ id: orderId }, { reference: 'tampered with' });
    });
    expect(await verify(service, 'orders')).toMatchObject({
      projection: 'orders',
      outcome: 'DIFFERENT',
      differing: 1,
      differences: [
        {
          table: 'orders',
          key: { id: orderId },
          live: { reference: 'tampered with' },
          replayed: { reference: 'PO-1' },
        },
      ],
    });
    await rebuilt(service, 'orders');
    expect(await verify(service, 'orders')).toMatchObject(IDENTICAL);
  });

  test('compares a sample where one is asked for, of 1 to 10000 rows', async () => {
    const service = await startService();
    for (let n = 0; n < 5; n += 1) await createOrder(service);
    await settled(service);
    const sampled = (name: string, sample: number) =>
      service.gql(
        `mutation($name: String!, $sample: Int) { verifyProjection(name: $name, sample: $sample) {
          outcome rows sampled setAside notSampled differing
        } }`,
        { name, sample },
      );
    const identical = { outcome: 'IDENTICAL', setAside: 0, differing: 0 };
    const of = { orders: { rows: 10, sampled: 6, notSampled: [] }, sales: { rows: 5, sampled: 3 } };
    for (const [name, found] of Object.entries(of)) {
      const { body } = await sampled(name, 3);
      expect(body.data.verifyProjection).toMatchObject({ ...identical, ...found });
    }
    for (const sample of [0, -1, 10_001])
      expectRefusal(await sampled('orders', sample), 200, 'BAD_USER_INPUT', /A sample has 1 to 10000 rows/);
  });
});

describe('What operators do', () => {
  test('is written down with who did it and in which request, and told by page', async () => {
    const service = await startService({ auth: AUTH });
    const as = async (subject: string): Promise<Service> =>
      actingAs(service, await signedIn({ subject, roles: ['admin'] }));
    const [ann, bob] = [await as('ann'), await as('bob')];
    await operate(ann, 'pauseProjection', 'orders');
    await operate(bob, 'pauseProjection', 'sales');
    await bob.gql(
      'mutation { resumeProjection(name: "orders") { name } }',
      {},
      { 'x-correlation-id': 'c-7' },
    );
    const page = async (args: string) => {
      const { body } = await ann.gql(
        `{ operations(${args}) { edges { cursor } nodes { seq name projection actor correlationId } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } }`,
      );
      return body.data.operations;
    };
    const first = await page('first: 2');
    expect(first).toMatchObject({
      nodes: [
        { seq: 1, name: 'pauseProjection', projection: 'orders', actor: 'ann' },
        { seq: 2, name: 'pauseProjection', projection: 'sales', actor: 'bob' },
      ],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    expect(await page(`first: 2, after: "${first.pageInfo.endCursor}"`)).toMatchObject({
      nodes: [{ seq: 3, name: 'resumeProjection', actor: 'bob', correlationId: 'c-7' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
    const last = await page('last: 1');
    expect(last).toMatchObject({ nodes: [{ seq: 3 }], pageInfo: { hasPreviousPage: true } });
    expect(await page(`last: 1, before: "${last.pageInfo.startCursor}"`)).toMatchObject({
      nodes: [{ seq: 2 }],
    });
    expect((await page('projection: "orders"')).nodes.map(({ seq }: { seq: number }) => seq)).toEqual([1, 3]);
  });
});
