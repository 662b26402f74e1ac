import { createHash } from 'node:crypto';
import { bench, compare, latency, type Sample, type Section, type Variant } from './harness.js';
import { createHttpClient } from './http-client.js';
import { operations } from './operations.js';
import { startService, type Service } from './service.js';
import { closedLoop, itemOf, orderOf, timed } from './workload.js';

const CONNECTIONS = 64;
const ITEMS_PER_ORDER = 8;
/** How many orders there are before lists are read, so that pages are full. */
const ORDERS_FIRST = 50;

const NAMES = ['tidemark', 'constant', 'bare'] as const;
type Name = (typeof NAMES)[number];

/** What the bare app does, for who reads the tables. */
const WRITES = [
  'bare SQLite, promises as much: the app of the constants, whose mutation does only what no command can be without: its input validated by its schema, its ids, its fingerprint, its event as JSON text, its checksum, and the log’s rows for it in a transaction and an fsync that all share that wait; the thread waits for the disk. Its event is the input as it was validated. No decision, no state, nothing looked up, no view written, no sender asked who they are; but for the order’s id its answer is the constant one.',
];
const READS = [
  'bare SQLite, promises as much: the app of the constants, whose query reads the selected columns, and no others, from a file of the orders view that nobody writes to: one statement, prepared once, that an index answers. It parses the items and puts amounts and the position into words. No count, as none is selected; no row more to see whether there is a next page; no sender asked who they are; and its answer does not say how fresh it is, as the service’s does.',
];

await bench('http', async ({ by, scratch }) => {
  const runMs = by(300, 500, 3_000);
  const rounds = by(1, 5, 5);
  const service = {
    tidemark: await startService('service', scratch()),
    constant: await startService('constant', ''),
    bare: await startService('bare', scratch()),
    hello: await startService('hello', ''),
  };
  const client = {
    tidemark: createHttpClient(service.tidemark.url, CONNECTIONS),
    constant: createHttpClient(service.constant.url, CONNECTIONS),
    bare: createHttpClient(service.bare.url, CONNECTIONS),
    hello: createHttpClient(service.hello.url, CONNECTIONS),
  };
  let orders = 0;
  const create = (name: Name) => client[name].send(operations.createOrder, { input: orderOf(orders++) });
  const orderIds = new Map<Name, string>();
  for (const name of NAMES) {
    for (let nth = 0; nth < ORDERS_FIRST; nth += 1) await create(name);
    // One that its view has: what the bare app creates is in none.
    orderIds.set(name, (await client[name].send(operations.orders, {})).data['orders'].nodes[0].id);
  }
  const order = (name: Name) => client[name].send(operations.order, { id: orderIds.get(name) });

  const section = async (
    title: string,
    notes: readonly string[],
    send: (name: Name) => () => Promise<unknown>,
  ): Promise<Section> => {
    const compared = await compare({
      title: `${title}, ${CONNECTIONS} keep-alive connections`,
      rounds,
      compare: { metric: 'requests/s', reference: 'constant resolvers' },
      variants: {
        'constant resolvers': run(service.constant, runMs, send('constant')),
        'bare SQLite, promises as much': run(service.bare, runMs, send('bare')),
        tidemark: run(service.tidemark, runMs, send('tidemark')),
      },
    });
    return { ...compared, notes };
  };

  const hash = createHash('sha256').update(operations.order).digest('hex');
  const orderByHash = (query?: string) =>
    client.constant.sendHash(hash, { id: orderIds.get('constant') }, query);
  await orderByHash(operations.order);

  // The lists are read before items are added, so that their orders have two items, as the constant ones do.
  const sections = [
    await section('Mutation createOrder, durable', WRITES, (name) => () => create(name)),
    await section('Query order(id)', READS, (name) => () => order(name)),
    await section('Query orders(first: 20)', READS, (name) => () => client[name].send(operations.orders, {})),
    await section(
      'Query orders(first: 20, filter: { status: DRAFT })',
      READS,
      (name) => () => client[name].send(operations.ordersOf, { filter: { status: 'DRAFT' } }),
    ),
    await section('Mutation addOrderItem, durable', WRITES, addItems),
    await compare({
      title: `What the way through Apollo costs, ${CONNECTIONS} keep-alive connections`,
      rounds,
      compare: { metric: 'server CPU µs', reference: 'node:http hello' },
      variants: {
        'node:http hello': run(service.hello, runMs, () => client.hello.get('/')),
        'order(id), constant resolvers': run(service.constant, runMs, () => order('constant')),
        'order(id), constant resolvers, trusted': run(service.constant, runMs, () => orderByHash()),
        'order(id), tidemark': run(service.tidemark, runMs, () => order('tidemark')),
      },
    }),
  ];
  for (const one of Object.values(client)) one.close();
  for (const one of Object.values(service)) await one.stop();
  return sections;

  /** Each connection adds some items to an order, then creates the next one. */
  function addItems(name: Name): () => Promise<unknown> {
    const free: { id: string; items: number }[] = [];
    return async () => {
      const at = free.pop() ?? { id: (await create(name)).data['createOrder'].orderId as string, items: 0 };
      at.items += 1;
      await client[name].send(operations.addOrderItem, { input: { orderId: at.id, item: itemOf(at.items) } });
      if (at.items < ITEMS_PER_ORDER) free.push(at);
    };
  }
});

/** Sends for so long on all connections, and reads what the server used meanwhile. */
function run(service: Service, runMs: number, send: () => Promise<unknown>): Variant {
  return async () => {
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
    return sampleOf(latencies, ms, (await service.read()).cpuMs, process.cpuUsage(cpu));
  };
}

function sampleOf(
  latencies: readonly number[],
  ms: number,
  serverCpuMs: number,
  clientCpu: NodeJS.CpuUsage,
): Sample {
  return {
    'requests/s': (latencies.length / ms) * 1_000,
    ...latency('request', latencies),
    'server CPU µs': (serverCpuMs / latencies.length) * 1_000,
    'server cores': serverCpuMs / ms,
    'client cores': (clientCpu.user + clientCpu.system) / 1_000 / ms,
  };
}
