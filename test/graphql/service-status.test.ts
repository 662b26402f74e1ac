import { describe, expect, test } from 'vitest';
import { newId } from '../../src/kernel/index.js';
import { accepted, createOrder, send } from '../support/order-operations.js';
import { operate } from '../support/operators.js';
import { startService, type Frames, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { AUTH, openAs, signedIn } from '../support/tokens.js';

const HISTOGRAM = '{ bounds counts count sum }';
const STATUS = `subscription { serviceStatus {
  at startedAt version durability ready reasons head
  commands { name count } commandSeconds ${HISTOGRAM}
  commitCommands ${HISTOGRAM} commitSyncSeconds ${HISTOGRAM} readAfterSeconds ${HISTOGRAM}
  readAfterWaiters { name count } sockets subscriptions operationsRunning operationsQueued
  eventLoopDelayP50Ms eventLoopDelayP99Ms cpuSeconds rssBytes heapUsedBytes
} }`;

async function frame(frames: Frames) {
  return (await frames.next())?.data.serviceStatus;
}

function watch(service: Service): Frames {
  return service.subscribe(STATUS);
}

describe('serviceStatus', () => {
  test('counts what was done: commands by outcome, their time, commits, and who watches', async () => {
    const service = await startService();
    const options = { commandId: newId() };
    const { receipt } = await createOrder(service, { options });
    await createOrder(service, { options });
    await send(service, 'cancelOrder', { orderId: newId(), reason: 'mistake' });
    const status = await frame(watch(service));
    const counts = Object.fromEntries(
      status.commands.map((each: { name: string; count: number }) => [each.name, each.count]),
    );
    expect(counts).toMatchObject({ accepted: 1, duplicate: 1 });
    expect(status.commandSeconds.count).toBe(3);
    expect(status.commandSeconds.sum).toBeGreaterThan(0);
    expect(status.commandSeconds.counts).toHaveLength(status.commandSeconds.bounds.length);
    expect(status.commandSeconds.counts.at(-1)).toBe(3);
    expect(status.commitCommands).toMatchObject({ bounds: expect.arrayContaining([1, 512]) });
    expect(status.commitSyncSeconds.count).toBe(status.commitCommands.count);
    expect(status).toMatchObject({ head: receipt.position, sockets: 1, subscriptions: 1, ready: true });
    expect(status).toMatchObject({ reasons: [], durability: 'normal', operationsQueued: 0 });
    expect(status.rssBytes).toBeGreaterThan(status.heapUsedBytes);
    expect(status.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('knows who waits for a projection, and how long the reads waited that are over', async () => {
    const service = await startService();
    const release = service.hold();
    const { receipt } = await createOrder(service);
    const waiting = service.gql('{ orders { totalCount } }', {}, { 'tidemark-read-after': receipt.position });
    const frames = watch(service);
    let status = await frame(frames);
    while (status.readAfterWaiters.find(({ name }: { name: string }) => name === 'orders').count === 0)
      status = await frame(frames);
    expect(status.operationsRunning).toBe(1);
    expect(status.readAfterSeconds.count).toBe(0);
    release();
    await waiting;
    while (status.readAfterSeconds.count === 0) status = await frame(frames);
    expect(status.readAfterSeconds.sum).toBeGreaterThan(0);
  });

  test('comes again by itself, later each time, with one sample for all who watch', async () => {
    const service = await startService();
    const [one, other] = [watch(service), watch(service)];
    const ofOne = [await frame(one), await frame(one)];
    const ofOther = [await frame(other), await frame(other)];
    expect(Date.parse(ofOne[1].at)).toBeGreaterThan(Date.parse(ofOne[0].at));
    expect(ofOne.map(({ at }) => at)).toContain(ofOther[1].at);
  });

  test('says in words why the service is not ready', async () => {
    const service = await startService();
    await createOrder(service);
    await settled(service);
    const { projection } = service.app.kernel.projectors.get('orders') ?? {};
    Object.assign(projection ?? {}, { acceptableLag: { events: 0, ms: 1_000_000 } });
    await operate(service, 'pauseProjection', 'orders');
    await createOrder(service);
    const status = await frame(watch(service));
    expect(status.ready).toBe(false);
    expect(status.reasons).toEqual([
      'The projection orders is 1 event (0 s) behind and paused: more than it declares acceptable.',
    ]);
    Object.assign(projection ?? {}, { acceptableLag: { events: 1_000, ms: 5_000 } });
  });

  test('is for admins only', async () => {
    const service = await startService({ auth: AUTH });
    for (const headers of [{}, await signedIn(), await signedIn({ roles: ['customer'], customerId: 'A' })]) {
      const socket = await openAs(service, headers);
      socket.send({ id: '1', type: 'subscribe', payload: { query: STATUS } });
      const code = 'authorization' in headers ? 'FORBIDDEN' : 'UNAUTHENTICATED';
      expect(await socket.message('error')).toMatchObject({ payload: [{ extensions: { code } }] });
    }
    const socket = await openAs(service, await signedIn({ subject: 'root', roles: ['admin'] }));
    socket.send({ id: '1', type: 'subscribe', payload: { query: STATUS } });
    expect(await socket.message('next')).toMatchObject({
      payload: { data: { serviceStatus: { ready: true } } },
    });
  });
});

describe('The subscription to operations', () => {
  test('has what was done before, then what is done', async () => {
    const service = await startService();
    await operate(service, 'pauseProjection', 'orders');
    const frames = service.subscribe('subscription { operations { seq name projection actor } }');
    const pause = { seq: 1, name: 'pauseProjection', projection: 'orders', actor: 'developer' };
    expect((await frames.next())?.data.operations).toEqual([pause]);
    await operate(service, 'resumeProjection', 'orders');
    const resume = { ...pause, seq: 2, name: 'resumeProjection' };
    expect((await frames.next())?.data.operations).toEqual([resume]);
  });
});

describe('rowChanges', () => {
  const CHANGES = `query Changes($tag: String!, $at: Position) { rowChanges(tag: $tag, asOfPosition: $at) {
    position projection table key shared change columns { column before after } } }`;

  test('are the rows that each event of an order touched, and what it changed of its own', async () => {
    const service = await startService();
    const { orderId, receipt } = await createOrder(service);
    await createOrder(service, { customerId: 'BOLID' });
    const placed = (await accepted(service, 'placeOrder', { orderId })).receipt.position;
    const { body } = await service.gql(CHANGES, { tag: `order:${orderId}` });
    const changes = body.data.rowChanges as { position: string; table: string; [key: string]: unknown }[];
    const of = (position: string) => changes.filter((change) => change.position === position);
    expect(changes).toHaveLength(of(receipt.position).length + of(placed).length);
    expect(of(receipt.position)).toContainEqual(
      expect.objectContaining({ table: 'orders', projection: 'orders', key: [orderId], change: 'ADDED' }),
    );
    const change = of(placed).find(({ table, projection }) => table === 'orders' && projection === 'orders');
    expect(change).toMatchObject({ change: 'CHANGED', shared: false });
    expect(change?.['columns']).toContainEqual({ column: 'status', before: 'DRAFT', after: 'PLACED' });
    expect(of(placed)).toContainEqual(
      expect.objectContaining({ projection: 'customers', key: ['ALFKI'], shared: true, columns: [] }),
    );
    const then = await service.gql(CHANGES, { tag: `order:${orderId}`, at: receipt.position });
    expect(then.body.data.rowChanges).toEqual(of(receipt.position));
    expect((await service.gql(CHANGES, { tag: 'order:none' })).body.data.rowChanges).toEqual([]);
  });

  test('come of commands, whose names events tell', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    const placed = (await accepted(service, 'placeOrder', { orderId })).receipt.position;
    const { body } = await service.gql('{ events { nodes { type command { name position } } } }');
    expect(body.data.events.nodes.at(-1)).toEqual({
      type: 'OrderPlaced',
      command: { name: 'placeOrder', position: placed },
    });
  });
});
