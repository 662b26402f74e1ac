import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/settings/index.js';
import { newId } from '../../src/kernel/index.js';
import { ORDER, createOrder, mutation, send } from '../support/order-operations.js';
import { expectRefusal } from '../support/refusals.js';
import { startService, type Answer, type Service } from '../support/service.js';
import { until } from '../support/until.js';

const READ = `query Read($after: Position!) @readAfter(position: $after, timeoutMs: 5000) { orders { totalCount } }`;
const COUNT = '{ orders(first: 1) { totalCount } }';

/** A service that works on one request at a time, and on each for half a second. */
function impatient(more: Readonly<Record<string, string>> = {}): Promise<Service> {
  const { limits } = readConfig({ LIMIT_OPERATION_MS: '500', LIMIT_OPERATIONS: '1', ...more });
  return startService({ limits });
}

function waiters({ app }: Service): number {
  return [...app.kernel.projectors.values()].reduce((sum, { freshness }) => sum + freshness.waiters(), 0);
}

/** Lets no append get to the log until the returned function is called; counts those that try. */
function hangAppends({ app: { kernel } }: Service) {
  const append = kernel.log.append.bind(kernel.log);
  const tried = { count: 0 };
  let release: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (release = resolve));
  const hang: typeof kernel.log.append = async (what) => {
    tried.count += 1;
    await opened;
    return append(what);
  };
  Object.assign(kernel.log, { append: hang });
  return { tried, release };
}

describe('A query that takes longer than an operation may', () => {
  test('is answered TIMEOUT, waits no longer, and makes room for the next', async () => {
    const service = await impatient();
    const release = service.hold();
    const { receipt } = await createOrder(service);
    const waiting = service.gql(READ, { after: receipt.position });
    await until(() => expect(waiters(service)).toBe(1));
    expectRefusal(await waiting, 504, 'TIMEOUT', /no answer within 500 ms/);
    expect(waiters(service)).toBe(0);
    release();
    expect((await service.gql(READ, { after: receipt.position })).body.data).toEqual({
      orders: { totalCount: 1 },
    });
    expect(service.logged).toEqual([]);
  });

  test('is answered so, too, where it is the log that does not answer', async () => {
    const service = await impatient();
    const { log } = service.app.kernel;
    const head = log.head.bind(log);
    const { receipt } = await createOrder(service);
    Object.assign(log, { head: () => new Promise(() => undefined) });
    const read = 'query ($after: Position!) @readAfter(position: $after) { orders { totalCount } }';
    const ahead = receipt.position.replace(/1$/, '2');
    expectRefusal(await service.gql(read, { after: ahead }), 504, 'TIMEOUT', /Nothing was written/);
    Object.assign(log, { head });
  });

  test('is not over before its own wait is: that answers stale, as it was asked to', async () => {
    const service = await impatient({ LIMIT_OPERATION_MS: '20000' });
    service.hold();
    const { receipt } = await createOrder(service);
    const { status, body } = await service.gql(READ.replace('5000', '50'), { after: receipt.position });
    expect({ status, stale: body.extensions?.consistency?.stale }).toEqual({ status: 200, stale: true });
  });
});

describe('A mutation that takes longer than an operation may', () => {
  test('has an unknown outcome; sent again with the same command id it is done once', async () => {
    const service = await impatient();
    const { tried, release } = hangAppends(service);
    const input = { ...ORDER, options: { commandId: newId() } };
    const hanging = await send(service, 'createOrder', input);
    expectRefusal(hanging, 503, 'OUTCOME_UNKNOWN', /Send it again with the same command id/);
    expect(hanging.headers.get('retry-after')).toBe('1');
    expect((await service.gql(COUNT)).body.data).toEqual({ orders: { totalCount: 0 } });
    release();
    await until(async () => expect(await service.head()).toBe(1));
    const { body } = await send(service, 'createOrder', input);
    expect(body.data.createOrder.receipt).toMatchObject({ status: 'ACCEPTED', duplicate: true });
    expect(tried.count).toBe(2);
    expect(await service.head()).toBe(1);
  });

  test('sends none of the commands that it had not come to', async () => {
    const service = await impatient();
    const { tried, release } = hangAppends(service);
    const [first, second] = [mutation('createOrder'), mutation('createOrder')].map((text) =>
      text.slice(text.indexOf('createOrder('), -2),
    );
    const both = `mutation ($input: CreateOrderInput!) { one: ${first} two: ${second} }`;
    expectRefusal(await service.gql(both, { input: ORDER }), 503, 'OUTCOME_UNKNOWN');
    release();
    await until(async () => expect(await service.head()).toBe(1));
    expect((await send(service, 'createOrder', ORDER)).status).toBe(200);
    expect(tried.count).toBe(2);
    expect(await service.head()).toBe(2);
  });
});

describe('A batch', () => {
  const post = async ({ url }: Service, operations: readonly object[]): Promise<Answer> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(operations),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: JSON.parse(text) as Answer['body'],
    };
  };

  test('runs one after another, each answered on its own, and reads what it wrote', async () => {
    const service = await startService({ limits: readConfig({ LIMIT_BATCH: '3' }).limits });
    const create = {
      query: mutation('createOrder', 'receipt { position } order { status }'),
      variables: { input: ORDER },
    };
    const { status, headers, body } = await post(service, [
      create,
      { query: '{ nonsense }' },
      { query: COUNT },
    ]);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(body).toMatchObject([
      { data: { createOrder: { order: { status: 'DRAFT' } } } },
      { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
      { data: { orders: { totalCount: 1 } } },
    ]);
  });

  test('has the time of one operation for all of them, and none for those it did not come to', async () => {
    const service = await impatient({ LIMIT_BATCH: '2' });
    const { tried, release } = hangAppends(service);
    const create = { query: mutation('createOrder'), variables: { input: ORDER } };
    expectRefusal(await post(service, [create, create]), 503, 'OUTCOME_UNKNOWN');
    release();
    await until(async () => expect(await service.head()).toBe(1));
    expect(tried.count).toBe(1);
  });
});
