import { describe, expect, test } from 'vitest';
import { append, event } from '../../src/testing/contract/samples.js';
import { ORDER, PAYLOAD, accepted, createOrder, send } from '../support/order-operations.js';
import { operate } from '../support/operators.js';
import { changingNothing, expectRefusal } from '../support/refusals.js';
import { startService, type Frames, type Service, type Variables } from '../support/service.js';

const EVENTS = `query Events($filter: EventFilter, $first: Int, $after: String, $last: Int, $before: String) {
  events(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { position } }
    nodes { position type schemaVersion tags data recordedAt issuedAt actor commandId correlationId causationId }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const TAIL = `subscription Tail($filter: EventFilter, $after: Position) {
  events(filter: $filter, after: $after) { position events { position type } }
}`;

async function eventsOf(service: Service, variables: Variables = {}) {
  const { body, text } = await service.gql(EVENTS, variables);
  expect(body.errors, text).toBeUndefined();
  return body.data.events;
}

async function typesOf(service: Service, variables: Variables): Promise<string[]> {
  return (await eventsOf(service, variables)).nodes.map(({ type }: { type: string }) => type);
}

/** Two orders, three events of the first with one of the second in between. */
async function someEvents(service: Service) {
  const one = await createOrder(service);
  const two = await createOrder(service, { customerId: 'BOLID' });
  const placed = await accepted(service, 'placeOrder', { orderId: one.orderId });
  const paid = await accepted(service, 'payOrder', { orderId: one.orderId, paymentReference: 'P' });
  const tag = `order:${one.orderId}`;
  const positions = [one, two, placed, paid].map(({ receipt }) => receipt.position);
  return { tag, positions, one };
}

describe('events', () => {
  test('are the log as it was recorded, by page, forward and backward', async () => {
    const service = await startService();
    const { positions, one, tag } = await someEvents(service);
    const all = await eventsOf(service);
    expect(all.nodes.map(({ position }: { position: string }) => position)).toEqual(positions);
    expect(all.nodes[0]).toMatchObject({
      type: 'OrderCreated',
      schemaVersion: 1,
      actor: 'developer',
      commandId: one.receipt.commandId,
      data: { orderId: one.orderId, customerId: 'ALFKI' },
      causationId: null,
    });
    expect(all.nodes[0].tags).toContain(tag);
    expect(all.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    const first = await eventsOf(service, { first: 3 });
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, endCursor: first.edges[2].cursor });
    const rest = await eventsOf(service, { first: 3, after: first.pageInfo.endCursor });
    expect(rest).toMatchObject({ nodes: [{ position: positions[3] }], pageInfo: { hasNextPage: false } });
    const last = await eventsOf(service, { last: 3 });
    expect(last.nodes.map(({ position }: { position: string }) => position)).toEqual(positions.slice(1));
    expect(last.pageInfo).toMatchObject({ hasPreviousPage: true, startCursor: last.edges[0].cursor });
    const before = await eventsOf(service, { last: 3, before: last.pageInfo.startCursor });
    expect(before).toMatchObject({
      nodes: [{ position: positions[0] }],
      pageInfo: { hasPreviousPage: false },
    });
  });

  test('are narrowed by types, tags, positions and times', async () => {
    const service = await startService();
    const { tag, positions } = await someEvents(service);
    const [, second, third] = positions;
    const cases: readonly (readonly [object, string[]])[] = [
      [{ tags: [tag] }, ['OrderCreated', 'OrderPlaced', 'OrderPaid']],
      [{ tags: [tag, 'customer:BOLID'] }, []],
      [{ types: ['OrderPaid', 'OrderPlaced'] }, ['OrderPlaced', 'OrderPaid']],
      [{ types: ['OrderCreated'], tags: [tag] }, ['OrderCreated']],
      [{ afterPosition: second }, ['OrderPlaced', 'OrderPaid']],
      [{ beforePosition: third }, ['OrderCreated', 'OrderCreated']],
      [{ tags: [tag], afterPosition: second, beforePosition: positions[3] }, ['OrderPlaced']],
      [{ from: '2020-01-01T00:00:00Z', types: ['OrderPaid'] }, ['OrderPaid']],
      [{ to: '2020-01-01T00:00:00Z' }, []],
    ];
    for (const [filter, types] of cases) {
      expect(await typesOf(service, { filter }), JSON.stringify(filter)).toEqual(types);
      expect(await typesOf(service, { filter, last: 50 }), JSON.stringify(filter)).toEqual(types);
    }
  });

  test('that are far apart are found over pages that are empty and yet not the last', async () => {
    const service = await startService();
    const { log } = service.app.kernel;
    // These are no events that could be applied.
    for (const name of ['orders', 'customers', 'sales']) await operate(service, 'pauseProjection', name);
    const thousand = Array.from({ length: 1_000 }, () => event('thing:1', { type: 'OrderShipped' }));
    for (let n = 0; n < 13; n += 1) await log.append(append(thousand));
    await log.append(append([event('thing:2', { type: 'OrderPaid' })]));
    const filter = { types: ['OrderPaid'] };
    const first = await eventsOf(service, { filter });
    expect(first).toMatchObject({ nodes: [], pageInfo: { hasNextPage: true } });
    expect(await typesOf(service, { filter, after: first.pageInfo.endCursor })).toEqual(['OrderPaid']);
    const rare = { types: ['OrderCreated'] };
    const last = await eventsOf(service, { filter: rare, last: 5 });
    expect(last).toMatchObject({ nodes: [], pageInfo: { hasPreviousPage: true } });
    const rest = await eventsOf(service, { filter: rare, last: 5, before: last.pageInfo.startCursor });
    expect(rest).toMatchObject({ nodes: [], pageInfo: { hasPreviousPage: false } });
  });

  test('are refused where the filter cannot be meant, and nothing changes', async () => {
    const service = await startService();
    const { positions } = await someEvents(service);
    const foreign = (await createOrder(await startService())).receipt.position;
    const [first = ''] = positions;
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const cases: readonly (readonly [object, string, RegExp])[] = [
      [{ types: [] }, 'BAD_USER_INPUT', /filter\.types: must be 1 to 32 types/],
      [{ tags: [] }, 'BAD_USER_INPUT', /filter\.tags: must be 1 to 16 tags/],
      [{ tags: ['x'.repeat(201)] }, 'BAD_USER_INPUT', /1 to 200 characters/],
      [{ from: tomorrow }, 'BAD_USER_INPUT', /filter\.from: must be a time that has come/],
      [{ to: tomorrow }, 'BAD_USER_INPUT', /filter\.to: must be a time that has come/],
      [{ from: '2020-01-01T00:00:00Z', to: '2020-01-01T00:00:00Z' }, 'BAD_USER_INPUT', /later than `from`/],
      [{ afterPosition: first, beforePosition: first }, 'BAD_USER_INPUT', /later than `afterPosition`/],
      [{ afterPosition: first.replace(/1$/, '9') }, 'UNKNOWN_POSITION', /ahead of the log/],
      [{ beforePosition: first.replace(/1$/, '9') }, 'UNKNOWN_POSITION', /ahead of the log/],
      [{ afterPosition: foreign }, 'UNKNOWN_POSITION', /another log/],
    ];
    await changingNothing(service, async () => {
      for (const [filter, code, message] of cases) {
        expectRefusal(await service.gql(EVENTS, { filter }), 200, code, message);
        const refused = service.subscribe(TAIL, { filter }).next();
        await expect(refused, JSON.stringify(filter)).rejects.toMatchObject([{ extensions: { code } }]);
      }
      for (const after of [foreign, first.replace(/1$/, '9')])
        await expect(service.subscribe(TAIL, { after }).next()).rejects.toMatchObject([
          { extensions: { code: 'UNKNOWN_POSITION' } },
        ]);
    });
  });
});

interface Frame {
  readonly position: string;
  readonly events: readonly { readonly position: string; readonly type: string }[];
}

async function frameOf(frames: Frames): Promise<Frame> {
  return (await frames.next())?.data.events as Frame;
}

describe('An event', () => {
  test('is found by its position, its command and what it belongs to', async () => {
    const service = await startService();
    const correlation = { 'x-correlation-id': 'incident-7' };
    await createOrder(service);
    const { body } = await send(service, 'createOrder', ORDER, PAYLOAD, correlation);
    const { position, commandId } = body.data.createOrder.receipt as { position: string; commandId: string };
    await createOrder(service);
    const found = await service.gql(
      `query Find($position: Position!, $commandId: ID!) {
        event(position: $position) { commandId }
        byCommand: events(filter: { commandId: $commandId }) { nodes { position } }
        byCorrelation: events(filter: { correlationId: "incident-7" }, last: 5) { nodes { position } }
      }`,
      { position, commandId },
    );
    const nodes = [{ position }];
    expect(found.body.data).toEqual({ event: { commandId }, byCommand: { nodes }, byCorrelation: { nodes } });
  });
});

describe('The tail of the log', () => {
  test('begins with where it is, then has what comes', async () => {
    const service = await startService();
    const { positions } = await someEvents(service);
    const frames = service.subscribe(TAIL);
    expect(await frameOf(frames)).toEqual({ position: positions[3], events: [] });
    const { receipt } = await createOrder(service);
    expect(await frameOf(frames)).toEqual({
      position: receipt.position,
      events: [{ position: receipt.position, type: 'OrderCreated' }],
    });
  });

  test('goes on after any position without a gap, in frames of 100 at most', async () => {
    const service = await startService();
    const first = await createOrder(service);
    await Promise.all(Array.from({ length: 250 }, () => createOrder(service)));
    const frames = service.subscribe(TAIL, { after: first.receipt.position });
    const seen: Frame[] = [];
    while (seen.flatMap(({ events }) => events).length < 250) seen.push(await frameOf(frames));
    expect(seen.map(({ events }) => events.length)).toEqual([100, 100, 50]);
    const found = seen.flatMap(({ events }) => events.map(({ position }) => position));
    expect(found).toEqual([...new Set(found)].sort());
    expect(seen.at(-1)?.position).toBe(found.at(-1));
    const again = service.subscribe(TAIL, { after: seen[1]?.position });
    expect((await frameOf(again)).events).toEqual(seen[2]?.events);
  });

  test('has only what passes the filter', async () => {
    const service = await startService();
    const { tag, one } = await someEvents(service);
    const frames = service.subscribe(TAIL, { filter: { tags: [tag], types: ['OrderShipped'] } });
    expect((await frameOf(frames)).events).toEqual([]);
    await createOrder(service);
    const { receipt } = await accepted(service, 'shipOrder', { orderId: one.orderId, carrier: 'UPS' });
    expect((await frameOf(frames)).events).toEqual([{ position: receipt.position, type: 'OrderShipped' }]);
  });

  test('leaves nothing behind when it is unsubscribed', async () => {
    const service = await startService();
    const frames = service.subscribe(TAIL);
    await frameOf(frames);
    await frames.stop();
    await createOrder(service);
    expect(service.logged).toEqual([]);
  });
});
