import { bench, compare, latency, type Sample, type Variant } from './harness.js';
import { createHttpClient } from './http-client.js';
import { operations } from './operations.js';
import { startService, type Service } from './service.js';
import { closedLoop, itemOf, orderOf, timed } from './workload.js';

const CONNECTIONS = 64;
const ITEMS_PER_ORDER = 8;

await bench('http', async ({ by, scratch }) => {
  const runMs = by(300, 500, 3_000);
  const rounds = by(1, 5, 5);
  const tidemark = await startService('service', scratch());
  const constant = await startService('constant', '');
  const client = { tidemark: clientOf(tidemark), constant: clientOf(constant) };
  let orders = 0;

  type Send = (name: keyof typeof client) => () => Promise<unknown>;
  const orderIds = new Map<keyof typeof client, string>();
  for (const name of ['tidemark', 'constant'] as const) {
    const { data } = await client[name].send(operations.createOrder, { input: orderOf(0) });
    orderIds.set(name, data['createOrder'].orderId);
  }

  const run =
    (name: keyof typeof client, send: () => Promise<unknown>): Variant =>
    async () => {
      const service = name === 'tidemark' ? tidemark : constant;
      const latencies: number[] = [];
      await service.read();
      const cpu = process.cpuUsage();
      const started = performance.now();
      await closedLoop(
        CONNECTIONS,
        () => performance.now() - started < runMs,
        async () => void (await timed(latencies, send)),
      );
      const ms = performance.now() - started;
      return sampleOf(latencies, ms, (await service.read()).cpu, process.cpuUsage(cpu));
    };

  const section = (title: string, send: Send) =>
    compare({
      title: `${title}, ${CONNECTIONS} keep-alive connections`,
      rounds,
      compare: { metric: 'requests/s', reference: 'constant resolvers' },
      variants: {
        'constant resolvers': run('constant', send('constant')),
        tidemark: run('tidemark', send('tidemark')),
      },
    });

  // The lists are read before items are added, so that their orders have two items, as the constant ones do.
  const sections = [
    await section(
      'Mutation createOrder, durable',
      (name) => () => client[name].send(operations.createOrder, { input: orderOf(orders++) }),
    ),
    await section(
      'Query order(id)',
      (name) => () => client[name].send(operations.order, { id: orderIds.get(name) }),
    ),
    await section('Query orders(first: 20)', (name) => () => client[name].send(operations.orders, {})),
    await section('Mutation addOrderItem, durable', addItems),
  ];
  for (const name of ['tidemark', 'constant'] as const) client[name].close();
  await tidemark.stop();
  await constant.stop();
  return sections;

  /** Each connection adds some items to an order, then creates the next one. */
  function addItems(name: keyof typeof client): () => Promise<unknown> {
    const free: { id: string; items: number }[] = [];
    return async () => {
      let at = free.pop();
      if (at === undefined) {
        const { data } = await client[name].send(operations.createOrder, { input: orderOf(orders++) });
        at = { id: data['createOrder'].orderId, items: 0 };
      }
      at.items += 1;
      await client[name].send(operations.addOrderItem, { input: { orderId: at.id, item: itemOf(at.items) } });
      if (at.items < ITEMS_PER_ORDER) free.push(at);
    };
  }
});

function clientOf({ url }: Service) {
  return createHttpClient(url, CONNECTIONS);
}

function sampleOf(
  latencies: readonly number[],
  ms: number,
  serverCpu: number,
  clientCpu: NodeJS.CpuUsage,
): Sample {
  return {
    'requests/s': (latencies.length / ms) * 1_000,
    ...latency('request', latencies),
    'server cores': serverCpu,
    'client cores': (clientCpu.user + clientCpu.system) / 1_000 / ms,
  };
}
