import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/index.js';
import { networkBefore } from '../support/network.js';
import { createOrder } from '../support/order-operations.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { post, startService, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { until } from '../support/until.js';

const PROJECTIONS = ['orders', 'customers', 'sales'] as const;
const LIVE = `subscription Live($after: Position) {
  orders(after: $after) { position snapshot discontinuity totalCount changes { order { id } } }
}`;
const COUNT = '{ orders { totalCount } customers { totalCount } salesReport(groupBy: YEAR) { key } }';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

interface LiveFrame {
  readonly orders: {
    readonly position: string;
    readonly snapshot: boolean;
    readonly discontinuity: boolean;
    readonly totalCount: number | null;
    readonly changes: readonly { readonly order: { readonly id: string } | null }[];
  };
}

test('A live view goes on at another node when its own dies: no gap, no repeat, and nothing from the start', async () => {
  const eventLogUrl = await server.newDatabase();
  const [one, two] = [await startService({ eventLogUrl }), await startService({ eventLogUrl })];
  // What stands before both: it leads to the first until that is gone.
  let isGone = false;
  const network = await networkBefore(() => Number(new URL((isGone ? two : one).url).port));
  await createOrder(two);
  await settled(one);
  await settled(two);
  const client = createClient({ url: `${network.url}/graphql`, webSocketImpl: WebSocket });
  onTestFinished(() => client.dispose());
  const frames: LiveFrame['orders'][] = [];
  const reading = (async () => {
    for await (const { data } of client.subscribe<LiveFrame>(LIVE)) if (data) frames.push(data.orders);
  })();
  onTestFinished(async () => {
    await client.dispose();
    await reading.catch(() => undefined);
  });
  const seen = (): readonly string[] =>
    frames.slice(1).flatMap(({ changes }) => changes.flatMap(({ order }) => order?.id ?? []));
  await until(() => expect(frames).toHaveLength(1));
  const written: string[] = [];
  const write = async (node: Service, orders: number): Promise<void> => {
    for (let n = 0; n < orders; n += 1) written.push((await createOrder(node)).orderId);
  };
  await write(two, 5);
  await until(() => expect(seen()).toEqual(written));
  isGone = true;
  network.cut();
  void one.stop();
  // Nobody is told of these while the connection is away.
  await write(two, 5);
  network.mend();
  await write(two, 5);
  await until(() => expect(seen()).toHaveLength(written.length));
  expect(seen()).toEqual(written);
  expect(frames.map(({ snapshot }) => snapshot)).toEqual(frames.map((_, index) => index === 0));
  expect(frames.some(({ discontinuity }) => discontinuity)).toBe(false);
});

test('Rebuilds, verifications and rollbacks go through a cluster node by node, and no read is wrong or refused', async () => {
  const eventLogUrl = await server.newDatabase();
  const nodes = [
    await startService({ eventLogUrl }),
    await startService({ eventLogUrl }),
    await startService({ eventLogUrl }),
  ];
  for (let n = 0; n < 30; n += 1) await createOrder(nodes[n % 3]!);
  for (const node of nodes) await settled(node);
  let latest = '';
  let written = 30;
  let reads = 0;
  const wrong: unknown[] = [];
  let over = false;
  let next = 0;

  /** As a load balancer does: the next one that says that it is ready. */
  async function ready(): Promise<string> {
    for (let tries = 0; tries < 3; tries += 1) {
      next += 1;
      const { url } = nodes[next % 3]!;
      if ((await fetch(`${url}/readyz`)).status === 200) return url;
    }
    wrong.push('No node is ready.');
    return nodes[0]!.url;
  }

  const reading = (async () => {
    while (!over) {
      const atLeast = written;
      const { body } = await post(await ready(), JSON.stringify({ query: COUNT }), {
        'tidemark-read-after': latest,
      });
      const count = (body.data?.orders.totalCount ?? -1) as number;
      const { stale } = body.extensions?.consistency ?? { stale: true };
      if (stale || body.data.customers.totalCount !== 1 || count < atLeast || count > written + 1)
        wrong.push({ body, atLeast, written });
      reads += 1;
    }
  })();
  const writing = (async () => {
    while (!over) {
      latest = (await createOrder(nodes[next % 3]!)).receipt.position;
      written += 1;
      await sleep(5);
    }
  })();
  try {
    for (const node of nodes)
      for (const name of PROJECTIONS) {
        const operate = async (what: string): Promise<void> => {
          const { body } = await node.gql(`mutation { ${what}(name: "${name}") { name } }`);
          expect(body.errors).toBeUndefined();
        };
        const generation = (): number => node.app.kernel.operations.status(name).generation;
        const before = generation();
        await operate('rebuildProjection');
        await until(() => expect(generation()).toBeGreaterThan(before));
        const { body } = await node.gql(`mutation { verifyProjection(name: "${name}") { outcome } }`);
        expect(body.data.verifyProjection.outcome).toBe('IDENTICAL');
        await operate('rollbackProjection');
        expect(generation()).toBe(before);
      }
  } finally {
    over = true;
    await Promise.all([reading, writing]);
  }
  expect(wrong).toEqual([]);
  expect(reads).toBeGreaterThan(20);
});
