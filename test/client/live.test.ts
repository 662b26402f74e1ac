import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient, type Client, type ClientOptions, type Frame } from '../../src/client/index.js';
import { startService, type Service } from '../support/service.js';
import { AUTH, tokenOf } from '../support/tokens.js';
import { until } from '../support/until.js';
import { anOrder, createOrder, liveEvents, liveOrder, placeOrder } from './documents.js';
import { startProxy } from './support/proxy.js';

function clientOf({ url }: { readonly url: string }, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({ url: `${url}/graphql`, webSocketImpl: WebSocket, ...options });
  onTestFinished(() => client.dispose());
  return client;
}

type Events = Frame<{ events: { events: readonly { position: string }[] } }>;

/** The positions of all events that a client was sent, in the order in which they came. */
function positionsSeen(client: Client): string[] {
  const seen: string[] = [];
  const add = ({ data }: Events): void => {
    seen.push(...(data?.events.events ?? []).map(({ position }) => position));
  };
  const stop = client.listen(
    liveEvents,
    {},
    { next: add, error: () => undefined, complete: () => undefined },
  );
  onTestFinished(stop);
  return seen;
}

describe('A live view over a lost connection', () => {
  test('goes on after its last frame, without a gap and without a repetition', async () => {
    const service = await startService();
    const proxy = await startProxy(service.url);
    const writer = clientOf(service);
    const reader = clientOf(proxy);
    const written: string[] = [];
    const write = async (): Promise<void> => {
      const { data } = await writer.mutate(createOrder, { input: anOrder() });
      written.push(data?.createOrder.receipt.position ?? '');
    };
    const seen = positionsSeen(reader);
    await until(() => expect(reader.session.connection.get()).toBe('open'));
    // From now on, so it must have begun before the first is written: its first frame says where it is.
    await until(() => expect(reader.memory.position()).toBeDefined());
    for (let round = 0; round < 5; round += 1) {
      await write();
      await until(() => expect(seen).toEqual(written));
      const allow = proxy.refuseSockets();
      expect(proxy.cutSockets()).toBeGreaterThan(0);
      for (let time = 0; time < 10; time += 1) await write();
      await until(() => expect(reader.session.connection.get()).toBe('retrying'));
      allow();
      await until(() => expect(seen).toEqual(written));
    }
    expect(seen).toHaveLength(55);
  });

  test('shows at once what happened meanwhile where it cannot go on', async () => {
    const service = await startService();
    const proxy = await startProxy(service.url);
    const client = clientOf(proxy);
    const { data } = await client.mutate(createOrder, { input: anOrder() });
    const orderId = data?.createOrder.orderId ?? '';
    const seen: (string | undefined)[] = [];
    onTestFinished(
      client.listen(
        liveOrder,
        { id: orderId },
        {
          next: (frame) => seen.push(frame.data?.order.order?.status),
          error: () => seen.push('failed'),
          complete: () => seen.push('ended'),
        },
      ),
    );
    await until(() => expect(seen).toEqual(['DRAFT']));
    proxy.cutSockets();
    await client.mutate(placeOrder, { input: { orderId } });
    await until(() => expect(seen.at(-1)).toBe('PLACED'));
    expect(seen).not.toContain('failed');
  });

  test('outlives the service: a new one is connected to, and a position of another log forgotten', async () => {
    const first = await startService();
    const port = Number(new URL(first.url).port);
    const client = clientOf(first);
    const { written } = await client.mutate(createOrder, { input: anOrder() });
    const seen = positionsSeen(client);
    await until(() => expect(client.session.connection.get()).toBe('open'));
    const forgotten: string[] = [];
    client.memory.onForget((position) => forgotten.push(position));
    await first.stop();
    await startService({ port });
    await until(() => expect(client.session.connection.get()).toBe('open'));
    const again = await client.mutate(createOrder, { input: anOrder() });
    expect(again.errors).toEqual([]);
    expect(forgotten).toEqual([written]);
    await client.mutate(createOrder, { input: anOrder() });
    await until(() => expect(seen.at(-1)).toBe(client.memory.position()));
  });
});

describe('A socket', () => {
  const authenticated = (): Promise<Service> => startService({ auth: AUTH });

  test('asks for a new token when the old one is over, and goes on', async () => {
    const service = await authenticated();
    const asked: boolean[] = [];
    const token = (refused: boolean): Promise<string> => {
      asked.push(refused);
      return tokenOf({ roles: ['admin'], expiresIn: refused ? 600 : 2 });
    };
    const client = clientOf(service, { token });
    const seen: unknown[] = [];
    onTestFinished(
      client.listen(
        liveEvents,
        {},
        {
          next: (frame) => seen.push(frame.data),
          error: (error) => seen.push(error),
          complete: () => seen.push('ended'),
        },
      ),
    );
    await until(() => expect(asked).toEqual([false, true]));
    await until(() => expect(client.session.connection.get()).toBe('open'));
    await client.mutate(createOrder, { input: { ...anOrder(), customerId: 'ALFKI' } });
    await until(() => expect(JSON.stringify(seen.at(-1))).toContain('OrderCreated'));
    expect(seen).not.toContain('ended');
  });

  test('gives up when the new token is refused as well', async () => {
    const service = await authenticated();
    const asked: boolean[] = [];
    const token = (refused: boolean): string => {
      asked.push(refused);
      return 'not a token';
    };
    const frames = clientOf(service, { token }).subscribe(liveEvents, {});
    await expect(frames.next()).rejects.toThrow('4403');
    expect(asked).toEqual([false, true]);
    expect(await frames.next()).toEqual({ done: true, value: undefined });
  });

  test('and a request each ask for a token; a refused one is asked for anew, once', async () => {
    const service = await authenticated();
    const asked: boolean[] = [];
    const token = (refused: boolean): Promise<string> | string => {
      asked.push(refused);
      return refused ? tokenOf({ roles: ['admin'] }) : 'an old one';
    };
    const { data } = await clientOf(service, { token }).query<{ orders: { totalCount: number } }>(
      '{ orders { totalCount } }',
    );
    expect(data?.orders.totalCount).toBe(0);
    expect(asked).toEqual([false, true]);
  });
});
