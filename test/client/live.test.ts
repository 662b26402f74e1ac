import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient, type Client, type ClientOptions, type Frame } from '../../src/client/index.js';
import { defaultLimits } from '../../src/graphql/index.js';
import { rebuilt } from '../support/operators.js';
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

const LIST = `subscription List($after: Position) {
  orders(after: $after) { position snapshot discontinuity totalCount changes { kind orderId } }
}`;

interface ListData {
  readonly orders: {
    readonly snapshot: boolean;
    readonly totalCount: number | null;
    readonly changes: readonly { readonly kind: string; readonly orderId: string }[];
  };
}

type ListFrame = Frame<ListData>;

function changesIn(frames: readonly ListFrame[]): readonly string[] {
  return frames.flatMap(({ data }) =>
    (data?.orders.changes ?? []).map(({ kind, orderId }) => `${kind} ${orderId}`),
  );
}

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

/** How often somebody has begun to wait for the orders. */
function countWaits({ app }: Service): () => number {
  const { freshness } = app.kernel.projectors.get('orders') ?? {};
  const wait = freshness?.wait.bind(freshness);
  let waits = 0;
  const counted: typeof wait = (...given) => {
    waits += 1;
    return wait?.(...given) ?? Promise.reject(new Error('There are no orders.'));
  };
  Object.assign(freshness ?? {}, { wait: counted });
  return () => waits;
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

  test('of a list is told each change once, and starts over only where the service says that something is missing', async () => {
    const service = await startService();
    const proxy = await startProxy(service.url);
    const writer = clientOf(service);
    const reader = clientOf(proxy);
    const frames: ListFrame[] = [];
    onTestFinished(
      reader.listen<ListData, object>(
        LIST,
        {},
        {
          next: (frame) => frames.push(frame),
          error: () => undefined,
          complete: () => undefined,
        },
      ),
    );
    await until(() => expect(frames.at(-1)?.data?.orders.snapshot).toBe(true));
    const created: string[] = [];
    const whileCut = async (work: () => Promise<unknown>): Promise<void> => {
      const allow = proxy.refuseSockets();
      proxy.cutSockets();
      await work();
      await until(() => expect(reader.session.connection.get()).toBe('retrying'));
      allow();
    };
    const create = async (): Promise<void> => {
      const { data } = await writer.mutate(createOrder, { input: anOrder() });
      created.push(data?.createOrder.orderId ?? '');
    };
    for (let round = 0; round < 3; round += 1) {
      await whileCut(async () => {
        for (let time = 0; time < 4; time += 1) await create();
      });
      await until(() => expect(changesIn(frames)).toEqual(created.map((id) => `ADDED ${id}`)));
    }
    expect(frames.filter(({ data }) => data?.orders.snapshot)).toHaveLength(1);
    expect(frames.some(({ discontinuity }) => discontinuity)).toBe(false);

    const before = frames.length;
    await whileCut(() => rebuilt(service, 'orders'));
    await until(() => expect(frames.length).toBeGreaterThanOrEqual(before + 2));
    const [gap, anew] = frames.slice(before);
    expect(gap).toMatchObject({ discontinuity: true, data: { orders: { snapshot: false, changes: [] } } });
    expect(anew?.data?.orders).toMatchObject({ snapshot: true, totalCount: created.length });
  });

  test('outlasts views that are further behind than the service waits for', async () => {
    const service = await startService({ limits: { ...defaultLimits, readAfterMs: 20 } });
    const client = clientOf(service);
    const { data, written: before } = await client.mutate(createOrder, { input: anOrder() });
    const orderId = data?.createOrder.orderId ?? '';
    await client.caughtUp(before ?? '');
    const release = service.hold();
    await client.mutate(placeOrder, { input: { orderId } });
    const waits = countWaits(service);
    const seen: string[] = [];
    onTestFinished(
      client.listen<ListData, object>(
        LIST,
        { after: before },
        {
          next: (frame) => seen.push(...changesIn([frame])),
          error: (error) => seen.push(String(error)),
          complete: () => seen.push('ended'),
        },
      ),
    );
    await until(() => expect(waits()).toBeGreaterThan(2));
    release();
    await until(() => expect(seen).toEqual([`UPDATED ${orderId}`]));
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
    const second = await startService({ port });
    await until(() => expect(client.session.connection.get()).toBe('open'));
    const again = await client.mutate(createOrder, { input: anOrder() });
    expect(again.errors).toEqual([]);
    expect(forgotten).toEqual([written]);
    // It goes on from now, which is when the new service has the subscription: what was written before is not seen.
    await until(async () => {
      const metrics = await fetch(`${second.url}/metrics`);
      expect(await metrics.text()).toContain('\ntidemark_subscriptions 1\n');
    });
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
