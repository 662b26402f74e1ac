import { describe, expect, test } from 'vitest';
import { ORDER, createOrder, send } from '../support/order-operations.js';
import { changingNothing, expectRefusal } from '../support/refusals.js';
import { startService } from '../support/service.js';

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const READ = 'query Read($position: Position!) @readAfter(position: $position) { orders { totalCount } }';

describe('What does not exist', () => {
  test('is null or empty, and no error', async () => {
    const service = await startService();
    const { body } = await service.gql(
      `query Nothing($id: ID!) {
        order(id: $id) { id } node(id: $id) { id } customer(id: "NOBODY") { id }
        orderHistory(orderId: $id) { type } orders(filter: { search: "nothing" }) { totalCount nodes { id } }
      }`,
      { id: UNKNOWN },
    );
    expect(body.errors).toBeUndefined();
    expect(body.data).toEqual({
      order: null,
      node: null,
      customer: null,
      orderHistory: [],
      orders: { totalCount: 0, nodes: [] },
    });
  });

  test('of another case is the same id', async () => {
    const service = await startService();
    const { orderId, receipt } = await createOrder(service);
    const { body } = await service.gql(
      'query($id: ID!) { order(id: $id) { id } }',
      { id: orderId.toUpperCase() },
      { 'tidemark-read-after': receipt.position },
    );
    expect(body.data.order.id).toBe(orderId);
  });
});

describe('A malformed id', () => {
  test('is refused wherever an order is asked for', async () => {
    const service = await startService();
    await changingNothing(service, async () => {
      for (const field of [
        'order(id: $id) { id }',
        'node(id: $id) { id }',
        'orderHistory(orderId: $id) { type }',
      ]) {
        for (const id of ['', '42', "' OR 1=1 --", `${UNKNOWN} `, '\ud800', 'x'.repeat(50_000)]) {
          const answer = await service.gql(`query Read($id: ID!) { ${field} }`, { id });
          expectRefusal(answer, 200, 'BAD_USER_INPUT', /id of an order is a UUID/);
        }
      }
    });
  });
});

describe('A page', () => {
  const sizes = ['first: -1', 'first: 0', 'first: 101', 'first: 1000000', 'last: -1', 'last: 0', 'last: 101'];
  for (const list of ['orders', 'customers']) {
    test(`of ${list} has 1 to 100 of them`, async () => {
      const service = await startService();
      await changingNothing(service, async () => {
        for (const size of sizes) {
          const answer = await service.gql(`{ ${list}(${size}) { nodes { id } } }`);
          expectRefusal(answer, 200, 'BAD_USER_INPUT', /^(first|last) must be 1 to 100, got -?\d+\.$/);
        }
        const answer = await service.gql(
          `query Page($first: Int) { ${list}(first: $first) { nodes { id } } }`,
          {
            first: 1_000_000,
          },
        );
        expectRefusal(answer, 200, 'BAD_USER_INPUT');
      });
    });

    test(`of ${list} goes one way at a time`, async () => {
      const service = await startService();
      for (const args of [
        'first: 1, last: 1',
        'after: "a", before: "b"',
        'first: 1, before: "b"',
        'last: 1, after: "a"',
      ]) {
        const answer = await service.gql(`{ ${list}(${args}) { nodes { id } } }`);
        expectRefusal(answer, 200, 'BAD_USER_INPUT', /not both|not with/);
      }
    });
  }
});

describe('A cursor', () => {
  const PAGE = `query Page($after: String, $orderBy: [OrderOrder!]) {
    orders(after: $after, orderBy: $orderBy) { pageInfo { endCursor } nodes { id } }
  }`;
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  test('that the service never returned is refused', async () => {
    const service = await startService();
    await createOrder(service);
    const order = 'CREATED_AT:DESC,ID:DESC';
    const cursors = [
      '',
      'x',
      'bm90IGpzb24',
      encode('text'),
      encode([]),
      encode([7, 1, 'a']),
      encode([order]),
      encode([order, 1]),
      encode([order, 1, 'a', 'b']),
      encode([order, null, 'a']),
      encode([order, { $gt: 0 }, 'a']),
      encode([order, [1], 'a']),
      'A'.repeat(5_000),
      '\ud800',
    ];
    await changingNothing(service, async () => {
      for (const after of cursors) {
        expectRefusal(await service.gql(PAGE, { after }), 200, 'BAD_USER_INPUT', /Not a cursor/);
      }
    });
  });

  test('of another order is refused, and named', async () => {
    const service = await startService();
    const { receipt } = await createOrder(service);
    const first = await service.gql(PAGE, {}, { 'tidemark-read-after': receipt.position });
    const after: string = first.body.data.orders.pageInfo.endCursor;
    await changingNothing(service, async () => {
      for (const orderBy of [
        [{ field: 'TOTAL', direction: 'ASC' }],
        [{ field: 'CREATED_AT', direction: 'ASC' }],
        [
          { field: 'CREATED_AT', direction: 'DESC' },
          { field: 'TOTAL', direction: 'ASC' },
        ],
      ]) {
        const answer = await service.gql(PAGE, { after, orderBy });
        expectRefusal(answer, 200, 'BAD_USER_INPUT', /belongs to another order \(CREATED_AT:DESC,ID:DESC\)/);
      }
    });
  });
});

describe('A position', () => {
  test('that no service returned is refused', async () => {
    const service = await startService();
    const { receipt } = await createOrder(service);
    const good = receipt.position;
    const positions = [
      '',
      '1',
      'latest',
      `${good} `,
      good.toUpperCase(),
      good.slice(0, -1),
      `${good}0`,
      '\ud800',
    ];
    await changingNothing(service, async () => {
      for (const position of positions) {
        const answer = await service.gql(READ, { position });
        expectRefusal(answer, position === good ? 200 : 400, 'BAD_USER_INPUT', /Not a position/);
      }
      const answer = await service.gql('{ orders { totalCount } }', {}, { 'tidemark-read-after': 'latest' });
      expectRefusal(answer, 400, 'BAD_USER_INPUT', /Not a position/);
    });
  });

  test('of another log is UNKNOWN_POSITION', async () => {
    const service = await startService();
    const other = await startService();
    const { orderId, receipt } = await createOrder(service);
    const foreign = (await createOrder(other)).receipt.position;
    await changingNothing(service, async () => {
      const answers = [
        await service.gql(READ, { position: foreign }),
        await service.gql('{ orders { totalCount } }', {}, { 'tidemark-read-after': foreign }),
        await send(service, 'placeOrder', { orderId, options: { ifUnchangedSince: foreign } }),
      ];
      for (const { status, body, text } of answers) {
        expect([200, 400], text).toContain(status);
        expect(body.errors?.[0]?.extensions.code, text).toBe('UNKNOWN_POSITION');
        expect(body.errors?.[0]?.message).toMatch(/of another log/);
      }
    });
    expect(receipt.position).not.toBe(foreign);
  });

  test('of another epoch of this log is UNKNOWN_POSITION, and says what to do', async () => {
    const service = await startService();
    const { receipt } = await createOrder(service);
    const [logId, , number] = receipt.position.split('-');
    await changingNothing(service, async () => {
      const { status, body } = await service.gql(READ, { position: `${logId}-0000000002-${number}` });
      expect(status).toBe(400);
      expect(body.errors?.[0]?.extensions.code).toBe('UNKNOWN_POSITION');
      expect(body.errors?.[0]?.message).toMatch(/before the log was restored/);
    });
  });

  test('that lies ahead of the log is UNKNOWN_POSITION at once', async () => {
    const service = await startService();
    const { orderId, receipt } = await createOrder(service);
    const ahead = receipt.position.replace(/0001$/, '9999');
    await changingNothing(service, async () => {
      const read = await service.gql(READ, { position: ahead });
      expectRefusal(read, 200, 'UNKNOWN_POSITION', /ahead of the log/);
      const options = { ifUnchangedSince: ahead };
      const write = await send(service, 'placeOrder', { orderId, options });
      expectRefusal(write, 200, 'UNKNOWN_POSITION', /ahead of the log/);
    });
  });

  test('is waited for 0 to 5000 ms, no more and no less', async () => {
    const service = await startService();
    const { receipt } = await createOrder(service);
    for (const timeoutMs of [-1, 5_001, 2_147_483_647]) {
      const query = `query @readAfter(position: "${receipt.position}", timeoutMs: ${timeoutMs}) { orders { totalCount } }`;
      const { status, body } = await service.gql(query);
      expect(status).toBe(400);
      expect(body.errors?.[0]).toMatchObject({
        message: `timeoutMs must be 0 to 5000, got ${timeoutMs}.`,
        extensions: { code: 'BAD_USER_INPUT' },
      });
    }
  });
});

describe('An order of a list', () => {
  test('names each field once, so that it has an end', async () => {
    const service = await startService();
    const query = 'query($orderBy: [OrderOrder!]) { orders(orderBy: $orderBy) { totalCount } }';
    const twice = [{ field: 'TOTAL' }, { field: 'STATUS' }, { field: 'TOTAL', direction: 'DESC' }];
    await changingNothing(service, async () => {
      expectRefusal(
        await service.gql(query, { orderBy: twice }),
        200,
        'BAD_USER_INPUT',
        /names a field twice/,
      );
    });
    expect((await service.gql(query, { orderBy: twice.slice(1) })).body.errors).toBeUndefined();
  });
});

describe('A filter', () => {
  test('by total needs a currency', async () => {
    const service = await startService();
    await changingNothing(service, async () => {
      for (const filter of [{ total: { min: '1' } }, { total: { max: '1' }, currencyCode: 'XQQ' }]) {
        const answer = await service.gql(
          'query($filter: OrderFilter) { orders(filter: $filter) { totalCount } }',
          {
            filter,
          },
        );
        expectRefusal(answer, 200, 'BAD_USER_INPUT', /needs a currencyCode/);
      }
    });
  });

  test('takes any text as text', async () => {
    const service = await startService();
    await createOrder(service, { ...ORDER, reference: '100%' });
    await changingNothing(service, async () => {
      for (const search of ['%', "'", '"', '\\', '_', '*', 'a'.repeat(20_000), '\ud800', '\u0000', '']) {
        const answer = await service.gql(
          'query($filter: OrderFilter) { orders(filter: $filter) { totalCount } }',
          {
            filter: { search },
          },
        );
        if (answer.body.errors) expectRefusal(answer, 200, 'BAD_USER_INPUT');
        else expect(answer.body.data.orders.totalCount).toBeGreaterThanOrEqual(0);
      }
    });
  });

  test('of a report cannot end before it begins', async () => {
    const service = await startService();
    await changingNothing(service, async () => {
      const answer = await service.gql(
        '{ salesReport(from: "2026-02-01T00:00:00Z", to: "2026-01-01T00:00:00Z", groupBy: DAY) { key } }',
      );
      expectRefusal(answer, 200, 'BAD_USER_INPUT', /end before it begins/);
    });
  });
});
