import { beforeEach, describe, expect, test } from 'vitest';
import { accepted, createOrder } from '../support/order-operations.js';
import { auditOf, breakHandler, operate, operating, statusOf, untilParked } from '../support/operators.js';
import { expectRefusal } from '../support/refusals.js';
import { startService, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';

const MUTATIONS = [
  'rebuildProjection',
  'cancelRebuild',
  'rollbackProjection',
  'pruneProjection',
  'pauseProjection',
  'resumeProjection',
];
const RETRY =
  'mutation($p: String!, $at: Position!) { retryParked(projection: $p, position: $at) { applied } }';
const SKIP = `mutation($p: String!, $at: Position!, $reason: String! = "x") {
  skipParked(projection: $p, position: $at, reason: $reason) { applied }
}`;

let service: Service;
beforeEach(async () => {
  service = await startService();
});

/** Holds what must change nothing against it: every status, and the audit log, are as before. */
async function changingNothing(work: () => Promise<void>): Promise<void> {
  const look = async () => ({
    // Rates are of the moment.
    statuses: service.app.kernel.status().map((status) => ({ ...status, eventsPerSecond: 0, lagMs: 0 })),
    audit: await auditOf(service),
    head: await service.head(),
  });
  const before = await look();
  await work();
  expect(await look()).toEqual(before);
}

describe('An operation', () => {
  test('on a projection that does not exist is NOT_FOUND, with the names of those that do', async () => {
    const { receipt } = await createOrder(service);
    await settled(service);
    const named = /There is no projection "orderz". There are: orders, customers, sales\./;
    await changingNothing(async () => {
      for (const name of MUTATIONS)
        expectRefusal(await operating(service, name, 'orderz'), 200, 'NOT_FOUND', named);
      for (const document of [
        'mutation { verifyProjection(name: "orderz") { outcome } }',
        'mutation { delayProjection(name: "orderz", delayMs: 1) { name } }',
        '{ projection(name: "orderz") { name } }',
        '{ parkedEvents(projection: "orderz") { totalCount } }',
        '{ operations(projection: "orderz") { nodes { seq } } }',
      ]) {
        expectRefusal(await service.gql(document), 200, 'NOT_FOUND', named);
      }
      for (const document of [RETRY, SKIP])
        expectRefusal(
          await service.gql(document, { p: 'orderz', at: receipt.position }),
          200,
          'NOT_FOUND',
          named,
        );
    });
  });

  test('that holds events back for longer than may be, or less than nothing, is BAD_USER_INPUT', async () => {
    await changingNothing(async () => {
      for (const delayMs of [-1, 10_001]) {
        const document = `mutation { delayProjection(name: "orders", delayMs: ${delayMs}) { name } }`;
        expectRefusal(await service.gql(document), 200, 'BAD_USER_INPUT', /0 to 10000 ms/);
      }
    });
  });

  test('that does not fit what is going on is a CONFLICT', async () => {
    await createOrder(service);
    await settled(service);
    await changingNothing(async () => {
      for (const [name, message] of [
        ['cancelRebuild', /not being rebuilt/],
        ['rollbackProjection', /no generation to go back to/],
        ['pruneProjection', /keeps no generation/],
      ] as const)
        expectRefusal(await operating(service, name, 'orders'), 200, 'CONFLICT', message);
    });
    const goOn = service.hold();
    await operate(service, 'rebuildProjection', 'orders');
    await changingNothing(async () => {
      expectRefusal(
        await operating(service, 'rebuildProjection', 'orders'),
        200,
        'CONFLICT',
        /being rebuilt/,
      );
      expectRefusal(
        await operating(service, 'rollbackProjection', 'orders'),
        200,
        'CONFLICT',
        /being rebuilt/,
      );
    });
    goOn();
  });

  test('that two ask for at once is done once', async () => {
    await createOrder(service);
    await settled(service);
    const goOn = service.hold();
    const answers = await Promise.all([1, 2, 3].map(() => operating(service, 'rebuildProjection', 'sales')));
    const codes = answers.map(({ body }) => body.errors?.[0]?.extensions.code ?? 'done');
    expect(codes.sort()).toEqual(['CONFLICT', 'CONFLICT', 'done']);
    expect(await auditOf(service)).toMatchObject([{ seq: 1, name: 'rebuildProjection' }]);
    goOn();
  });
});

describe('A retry or a skip', () => {
  test('is of an event that is set aside, and of the first of its entity', async () => {
    const { orderId, receipt } = await createOrder(service);
    await settled(service);
    breakHandler(service, 'orders', 'OrderPlaced', orderId);
    await accepted(service, 'placeOrder', { orderId });
    const behind = await accepted(service, 'payOrder', { orderId, paymentReference: 'P' });
    await untilParked(service, 'orders', 2);
    await changingNothing(async () => {
      for (const document of [RETRY, SKIP]) {
        const applied = await service.gql(document, { p: 'orders', at: receipt.position });
        expectRefusal(applied, 200, 'NOT_FOUND', /No event at this position is set aside in orders/);
        const elsewhere = await service.gql(document, { p: 'sales', at: behind.receipt.position });
        expectRefusal(elsewhere, 200, 'NOT_FOUND', /set aside in sales/);
        const waiting = await service.gql(document, { p: 'orders', at: behind.receipt.position });
        expectRefusal(waiting, 200, 'CONFLICT', /waits behind another event of order:/);
      }
    });
    expect((await statusOf(service, 'orders')).parked).toBe(2);
  });

  test('of a position ahead of the log, of another log, or of none is refused', async () => {
    const { receipt } = await createOrder(service);
    const foreign = (await createOrder(await startService())).receipt.position;
    await settled(service);
    await changingNothing(async () => {
      for (const document of [RETRY, SKIP]) {
        const ask = (at: string) => service.gql(document, { p: 'orders', at });
        expectRefusal(
          await ask(receipt.position.replace(/1$/, '9')),
          200,
          'UNKNOWN_POSITION',
          /ahead of the log/,
        );
        expectRefusal(await ask(foreign), 200, 'UNKNOWN_POSITION', /another log/);
        expect((await ask('1')).body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      }
    });
  });

  test('says why it passes an event over, in 1 to 1,000 characters', async () => {
    const { orderId } = await createOrder(service);
    await settled(service);
    breakHandler(service, 'orders', 'OrderPlaced', orderId);
    const at = (await accepted(service, 'placeOrder', { orderId })).receipt.position;
    await untilParked(service, 'orders', 1);
    await changingNothing(async () => {
      for (const reason of ['', ' \n', 'x'.repeat(1_001)])
        expectRefusal(
          await service.gql(SKIP, { p: 'orders', at, reason }),
          200,
          'BAD_USER_INPUT',
          /1 to 1000/,
        );
    });
    const { body } = await service.gql(SKIP, { p: 'orders', at, reason: 'x'.repeat(1_000) });
    expect(body.errors).toBeUndefined();
  });
});

describe('A page of what operators look at', () => {
  const lists = ['operations', 'events', 'parkedEvents(projection: "orders")'];
  for (const list of lists) {
    test(`of ${list} has 1 to 100 of them, and a cursor of its own`, async () => {
      const ask = (args: string) =>
        service.gql(
          `{ ${list.replace(/\)$/, '')}${list.endsWith(')') ? ', ' : '('}${args}) { nodes { __typename } } }`,
        );
      const other = Buffer.from(JSON.stringify(['CREATED_AT:DESC,ID:DESC', 1, 'x'])).toString('base64url');
      await changingNothing(async () => {
        for (const size of [-1, 0, 101])
          expectRefusal(await ask(`first: ${size}`), 200, 'BAD_USER_INPUT', /must be 1 to 100/);
        expectRefusal(await ask('after: "x"'), 200, 'BAD_USER_INPUT', /Not a cursor/);
        expectRefusal(await ask(`after: "${other}"`), 200, 'BAD_USER_INPUT', /another order/);
        for (const order of ['SEQ', 'POSITION']) {
          const odd = Buffer.from(JSON.stringify([order, 'x'])).toString('base64url');
          expectRefusal(await ask(`after: "${odd}"`), 200, 'BAD_USER_INPUT');
        }
      });
    });
  }
});
