import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient, unwrap, type Client, type ClientOptions } from '../../src/client/index.js';
import { startService, type Service } from '../support/service.js';
import { until } from '../support/until.js';
import {
  anOrder,
  countOrders,
  createOrder,
  liveEvents,
  liveOrder,
  placeOrder,
  readOrder,
} from './documents.js';

function clientOf({ url }: Service, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({ url: `${url}/graphql`, webSocketImpl: WebSocket, ...options });
  onTestFinished(() => client.dispose());
  return client;
}

describe('A client', () => {
  test('reads what it wrote, while the views are behind', async () => {
    const service = await startService({ dawdleMs: 20 });
    const client = clientOf(service);
    const { createOrder: created } = unwrap(await client.mutate(createOrder, { input: anOrder() }));
    const { data, consistency, written } = await client.query(readOrder, { id: created.orderId });
    expect(data?.order).toMatchObject({ status: 'DRAFT', position: created.receipt.position });
    expect(consistency?.stale).toBe(false);
    expect(written).toBeUndefined();
    expect(client.memory.position()).toBe(created.receipt.position);
  });

  test('sees in a live view what it wrote, from the first frame on', async () => {
    const service = await startService({ dawdleMs: 20 });
    const client = clientOf(service);
    const { createOrder: created } = unwrap(await client.mutate(createOrder, { input: anOrder() }));
    const frames = client.subscribe(liveOrder, { id: created.orderId });
    expect((await frames.next()).value.data.order.order.status).toBe('DRAFT');
    await client.mutate(placeOrder, { input: { orderId: created.orderId } });
    const second = await frames.next();
    expect(second.value.data.order.order.status).toBe('PLACED');
    expect(second.value.position).toBe(second.value.data.order.position);
    await frames.return();
    expect(await frames.next()).toEqual({ done: true, value: undefined });
  });

  test('waits until the views show a position', async () => {
    const service = await startService();
    const client = clientOf(service);
    const release = service.hold();
    const { written } = await client.mutate(createOrder, { input: anOrder() });
    const waiting = client.caughtUp(written ?? '', { projection: 'orders' });
    await expect(client.caughtUp(written ?? '', { timeoutMs: 30 })).rejects.toThrow('had not reached');
    release();
    expect(await waiting).toMatchObject({ projection: 'orders', parked: false });
  });

  test('goes on after the last frame when the connection was lost', async () => {
    const service = await startService();
    const client = clientOf(service);
    const seen: string[] = [];
    const frames = client.subscribe(liveEvents, {});
    void (async () => {
      for await (const { data } of frames)
        seen.push(...(data?.events.events ?? []).map(({ position }) => position));
    })();
    await until(() => expect(client.session.connection.get()).toBe('open'));
    await client.mutate(createOrder, { input: anOrder() });
    await until(() => expect(seen).toHaveLength(1));
  });

  test('gives refusals as data, and does not send them again', async () => {
    const service = await startService();
    const client = clientOf(service);
    const { data, errors } = await client.mutate(placeOrder, {
      input: { orderId: '01890a5d-ac96-774b-bcce-b302099a8057' },
    });
    expect(errors).toEqual([]);
    expect(data?.placeOrder).toMatchObject({ receipt: { status: 'REFUSED', duplicate: false } });
  });

  test('tells errors of the service as they are', async () => {
    const service = await startService();
    const client = clientOf(service);
    const { errors, data } = await client.query('{ orders { nothing } }');
    expect(data).toBeUndefined();
    expect(errors[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(unwrap(await client.query(countOrders)).orders.totalCount).toBe(0);
  });
});
