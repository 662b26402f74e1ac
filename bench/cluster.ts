import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres, type PostgresServer } from '../test/support/postgres.js';
import { copyRows, openBarePostgres, recordAppends } from './bare-postgres.js';
import { openNode } from './cluster-node.js';
import type { ClusterRun, ElsewhereRun, ReadKind, ReplayRun } from './cluster-store.js';
import { startWorker, type Worker } from './cluster-workers.js';
import { bench, compare, latency, type Bench, type Sample, type Section, type Variant } from './harness.js';
import { createHttpClient, type HttpClient } from './http-client.js';
import { caughtUp } from './in-process.js';
import { operations } from './operations.js';
import { installPeers } from './peers-install.js';
import { startService, type Service } from './service.js';
import { closedLoop, liveOrder, orderOf, timed } from './workload.js';

const OWN = './cluster-own.js';
const EMMETT = './peers/emmett-postgres.ts';
const BARE = 'bare batched append';
const PLAIN = 'kernel, no projections';
const VIEWS = 'kernel, three projections';
const PEER = 'Emmett PostgreSQL';
/** Whole lives of orders, about seven events each, of which a log to catch up with is made. */
const PATTERN_ORDERS = 300;
const TAIL_COPIES = 1;
const READY_MAX_MS = 120_000;
const READY_POLL_MS = 5;

/** A server and how to have a database on it for as long as something runs. */
interface Server {
  readonly postgres: PostgresServer;
  readonly withDatabase: <T>(run: (url: string) => Promise<T>) => Promise<T>;
}

await bench('cluster', async (context) => {
  if (context.by(false, true, true)) installPeers();
  const started = loadavg()[0] ?? NaN;
  const postgres = await startPostgres();
  try {
    await refuseUnsafe(postgres);
    const server = { postgres, withDatabase: databasesOf(postgres) };
    const sections = [
      ...(await commands(server, context)),
      ...(await readsInProcess(server, context)),
      ...(await overHttp(server, context)),
      ...(await elsewhereInProcess(server, context)),
      ...(await joining(server, context)),
    ];
    const load = `Everything, the server, all nodes and the clients, ran on ${cpus().length} cores; their load before the run was ${started.toFixed(1)}.`;
    return sections.map(({ notes = [], ...section }, n) => ({
      ...section,
      notes: n === 0 ? [...notes, load] : notes,
    }));
  } catch (error) {
    // Told before the server stops, which whoever is still connected may not survive.
    console.error(error);
    throw error;
  } finally {
    await postgres.stop();
  }
});

/** Figures of a server that does not sync would be of no use. */
async function refuseUnsafe(postgres: PostgresServer): Promise<void> {
  const url = await postgres.newDatabase();
  const rows = await postgres.query<{ name: string; setting: string }>(
    url,
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')`,
  );
  const off = rows.filter(({ setting }) => setting !== 'on');
  if (rows.length !== 3 || off.length > 0)
    throw new Error(`The server is not durable: ${JSON.stringify(rows)}`);
}

function databasesOf(postgres: PostgresServer): Server['withDatabase'] {
  return async (run) => {
    const url = await postgres.newDatabase();
    try {
      return await run(url);
    } finally {
      const name = new URL(url).pathname.slice(1);
      await postgres.query(url.replace(name, 'postgres'), `DROP DATABASE ${name} WITH (FORCE)`);
    }
  };
}

/** Commands/s in process at one, two and three nodes; each run has a database of its own. */
async function commands({ postgres, withDatabase }: Server, { by, scratch }: Bench): Promise<Section[]> {
  const runMs = by(150, 300, 600);
  const peers = existsSync(resolve('bench/peers/node_modules/@event-driven-io/emmett-postgresql'));
  const names = [BARE, PLAIN, VIEWS, ...(peers && by(false, true, true) ? [PEER] : [])];
  const counts = by([1], [1, 2, 3], [1, 2, 3]);
  const workers = new Map<string, readonly Worker[]>();
  for (const name of names) {
    const file = name === PEER ? EMMETT : OWN;
    workers.set(name, await Promise.all(counts.map(() => startWorker(file, name))));
  }

  const run = (name: string, nodes: number, inFlight: number): Variant => {
    const group = (workers.get(name) ?? []).slice(0, nodes);
    return () =>
      withDatabase(async (url) => {
        // One after the other: the first one makes the tables.
        for (const worker of group) await worker.ask({ ask: 'open', url, folder: scratch() });
        const runs = (await Promise.all(
          group.map((worker) => worker.ask({ ask: 'write', inFlight, ms: runMs })),
        )) as ClusterRun[];
        await Promise.all(group.map((worker) => worker.ask({ ask: 'close' })));
        const sample = sampleOf('commands', 'ack', runs);
        const stored = await storedIn(postgres, url, name);
        const done = runs.reduce((sum, one) => sum + one.done, 0);
        if (stored !== done) throw new Error(`${name}: ${done} were acknowledged, ${stored} are stored.`);
        return sample;
      });
  };

  const sections: Section[] = [];
  for (const nodes of counts) {
    for (const inFlight of by([8], [1, 64], [1, 8, 64])) {
      const section = await compare({
        title: `createOrder in process, ${nodesOf(nodes)}, ${inFlight} in flight on each: loads, decides, appends, durable (fsync)`,
        rounds: by(1, 3, 5),
        compare: { metric: 'commands/s', reference: BARE },
        variants: Object.fromEntries(names.map((name) => [name, run(name, nodes, inFlight)])),
      });
      sections.push(section);
    }
  }
  for (const worker of [...workers.values()].flat()) worker.stop();
  const notes = [
    `${BARE}: a driver's client sends the same rows by the same function of the server, all that wait in one call. It loads and decides nothing.`,
    `${VIEWS}: the run ends when each node has applied the commands of all nodes to its own views.`,
    peers
      ? `${PEER}: CommandHandler on getPostgreSQLEventStore with the pool that it brings; it stores no result of a command.`
      : 'Emmett was not measured, as bench/peers is not installed.',
  ];
  return sections.map((section, n) => (n === 0 ? { ...section, notes } : section));
}

async function storedIn(postgres: PostgresServer, url: string, name: string): Promise<number> {
  const table = name === PEER ? 'emt_messages' : 'tidemark.log_commands';
  const [row] = await postgres.query<{ rows: number }>(url, `SELECT count(*)::integer AS rows FROM ${table}`);
  return row?.rows ?? NaN;
}

function sampleOf(what: string, name: string, runs: readonly ClusterRun[]): Sample {
  const done = runs.reduce((sum, run) => sum + run.done, 0);
  const ms = Math.max(...runs.map((run) => run.ms));
  const cpuMs = runs.reduce((sum, run) => sum + run.cpuMs, 0);
  return {
    [`${what}/s`]: (done / ms) * 1_000,
    ...latency(
      name,
      runs.flatMap(({ latencies }) => latencies),
    ),
    // Of all nodes together, the server's not counted; it hardly depends on what else the machine does.
    'CPU µs each': (cpuMs / done) * 1_000,
  };
}

/** Each node reads its own views in its own process. */
async function readsInProcess({ withDatabase }: Server, { by, scratch }: Bench): Promise<Section[]> {
  return withDatabase(async (url) => {
    await fill(url, scratch(), by(1, 10, 10));
    const workers: Worker[] = [];
    const counts = by([1, 2], [1, 2, 3], [1, 2, 3]);
    for (const _ of counts) workers.push(await startWorker('', 'nodes'));
    for (const worker of workers) await worker.ask({ ask: 'open', url, folder: scratch() });
    const ms = by(100, 300, 500);
    const run = (nodes: number, what: ReadKind): Variant => {
      return async () => {
        const runs = await Promise.all(
          workers.slice(0, nodes).map((worker) => worker.ask({ ask: 'read', what, inFlight: 8, ms })),
        );
        return sampleOf('reads', 'read', runs as ClusterRun[]);
      };
    };
    const section = (title: string, what: ReadKind): Promise<Section> =>
      compare({
        title,
        rounds: by(1, 3, 5),
        compare: { metric: 'reads/s', reference: nodesOf(1) },
        variants: Object.fromEntries(counts.map((nodes) => [nodesOf(nodes), run(nodes, what)])),
      });
    const sections = [
      await section('Reads in process: order by id, 8 in flight on each node', 'order'),
      await section('Reads in process: list of 20 orders, 8 in flight on each node', 'list'),
    ];
    for (const worker of workers) {
      await worker.ask({ ask: 'close' });
      worker.stop();
    }
    return sections;
  });
}

/** Reads over HTTP at one, two and three nodes, then a write on one and the read of it on the next. */
async function overHttp({ withDatabase }: Server, { by, scratch }: Bench): Promise<Section[]> {
  return withDatabase(async (url) => {
    const nodes: Service[] = [];
    const counts = by([1, 2], [1, 2, 3], [1, 2, 3]);
    for (const _ of counts) nodes.push(await startService('service', scratch(), { EVENT_LOG_URL: url }));
    const clients = nodes.map((node) => createHttpClient(node.url, 64));
    let orders = 0;
    const create = async (client: HttpClient) => {
      const { data } = await client.send(operations.createOrder, { input: orderOf(orders++) });
      const { orderId: id, receipt } = data['createOrder'];
      return { id: id as string, position: receipt.position as string };
    };
    const on = (n: number): HttpClient => clients[n % clients.length] as HttpClient;
    const written: { readonly id: string; readonly position: string }[] = [];
    await closedLoop(
      32,
      (n) => n < by(50, 500, 1_000),
      async (n) => void written.push(await create(on(n))),
    );
    const last = written.at(-1);
    for (const client of clients) await client.send(operations.orderAfter, { ...last });

    const read = (count: number, what: ReadKind): Variant =>
      withClients(32 * count, by(150, 300, 600), 'reads', 'read', async (n, latencies) => {
        const client = clients[n % count] as HttpClient;
        const { id } = written[n % written.length] ?? {};
        const { data } = await timed(latencies, () =>
          what === 'order' ? client.send(operations.order, { id }) : client.send(operations.orders, {}),
        );
        if (data['order'] === null || data['orders']?.nodes.length === 0)
          throw new Error('A read found nothing.');
      });
    const reads = (title: string, what: ReadKind): Promise<Section> =>
      compare({
        title,
        rounds: by(1, 3, 5),
        compare: { metric: 'reads/s', reference: nodesOf(1) },
        variants: Object.fromEntries(counts.map((count) => [nodesOf(count), read(count, what)])),
      });
    const elsewhere = (inFlight: number): Promise<Section> => {
      const variant = (step: number): Variant => {
        let stale = 0;
        const run = withClients(inFlight, by(200, 500, 1_500), 'writes', 'visible', async (n, latencies) => {
          const order = await create(on(n));
          const { data, extensions } = await timed(latencies, () =>
            on(n + step).send(operations.orderAfter, order),
          );
          // A read without its consistency counts as stale: the contract promises one.
          if (extensions?.consistency?.stale !== false || !(data['order']?.position >= order.position))
            stale += 1;
        });
        return async () => withStale(await run(), stale);
      };
      return compare({
        title: `Over HTTP, ${inFlight} ${inFlight === 1 ? 'client' : 'clients'}, ${counts.length === 2 ? 'two' : 'three'} nodes: createOrder on one, order(id) @readAfter`,
        rounds: by(1, 3, 5),
        compare: { metric: 'visible p50 ms', reference: 'on the same node' },
        variants: { 'on another node': variant(1), 'on the same node': variant(0) },
      });
    };
    const sections = [
      await reads('Reads over HTTP: order(id), 32 clients for each node', 'order'),
      await reads('Reads over HTTP: orders(first: 20), 32 clients for each node', 'list'),
      await elsewhere(1),
      await elsewhere(by(4, 64, 64)),
    ];
    for (const client of clients) client.close();
    for (const node of nodes) await node.stop();
    return sections;
  });
}

function withClients(
  inFlight: number,
  ms: number,
  what: string,
  name: string,
  task: (n: number, latencies: number[]) => Promise<void>,
): () => Promise<Sample> {
  return async () => {
    const latencies: number[] = [];
    const started = performance.now();
    await closedLoop(
      inFlight,
      () => performance.now() - started < ms,
      (n) => task(n, latencies),
    );
    const seconds = (performance.now() - started) / 1_000;
    return { [`${what}/s`]: latencies.length / seconds, ...latency(name, latencies) };
  };
}

/** Stale answers break the promise: there is nothing to measure then. */
function withStale(sample: Sample, stale: number): Sample {
  if (stale > 0) throw new Error(`${stale} stale answers.`);
  return { ...sample, 'stale answers': stale };
}

/** Two nodes in one process: what lies between them is the server, and nothing of an edge. */
async function elsewhereInProcess({ withDatabase }: Server, { by, scratch }: Bench): Promise<Section[]> {
  return withDatabase(async (url) => {
    const worker = await startWorker('', 'nodes');
    await worker.ask({ ask: 'open', url, folder: scratch() });
    const ms = by(200, 500, 1_500);
    const run =
      (inFlight: number): Variant =>
      async () => {
        const answer = await worker.ask({ ask: 'readElsewhere', inFlight, ms });
        const { stale, ...done } = answer as ElsewhereRun;
        return withStale(sampleOf('writes', 'visible', [done]), stale);
      };
    const section = await compare({
      title: 'In process, two nodes: createOrder on one, then a query with readAfter on the other',
      rounds: by(1, 3, 5),
      compare: { metric: 'visible p50 ms', reference: '1 in flight' },
      variants: { '1 in flight': run(1), '64 in flight': run(64) },
    });
    await worker.ask({ ask: 'close' });
    worker.stop();
    return [section];
  });
}

/** How long a node takes until it has caught up: by replay, and with the views that it had. */
async function joining({ withDatabase }: Server, { by, scratch }: Bench): Promise<Section[]> {
  return withDatabase(async (url) => {
    const copies = by(1, 10, 50);
    const folder = scratch();
    const filled = await fill(url, scratch(), copies);
    const node = await openNode(url, folder, true);
    await caughtUp(node.kernel);
    await node.close();
    const all = await fill(url, scratch(), TAIL_COPIES);
    const count = (events: number): string => `${events.toLocaleString('en-US')} events`;
    const worker = await startWorker('', 'nodes');
    const replay =
      (projections: boolean): Variant =>
      async () => {
        const answer = await worker.ask({ ask: 'replay', url, folder: scratch(), projections });
        const { events, ms } = answer as ReplayRun;
        return { 'events/s': (events / ms) * 1_000, ms };
      };
    const replayed = await compare({
      title: `Replay of ${count(all)} from PostgreSQL into an empty node, in process`,
      rounds: by(1, 3, 5),
      compare: { metric: 'events/s', reference: 'pages of the log alone' },
      variants: { 'pages of the log alone': replay(false), 'three projections': replay(true) },
    });
    worker.stop();
    const joined = await withDatabase((empty) =>
      compare({
        title: 'A node joins: from the start of its process until /readyz says that it has caught up',
        rounds: by(1, 3, 5),
        compare: { metric: 'ready ms', reference: 'empty log' },
        variants: {
          'empty log': () => join1(empty, scratch()),
          [`${count(all)}, no views`]: () => join1(url, scratch()),
          [`${count(all)}, its own views but for the last ${count(all - filled)}`]: () => {
            const own = scratch();
            mkdirSync(join(own, 'views'));
            cpSync(join(folder, 'views'), join(own, 'views'), { recursive: true });
            return join1(url, own);
          },
        },
      }),
    );
    return [replayed, joined];
  });
}

async function join1(url: string, folder: string): Promise<Sample> {
  const started = performance.now();
  const node = await startService('service', folder, { EVENT_LOG_URL: url });
  try {
    const late = started + READY_MAX_MS;
    while ((await fetch(`${node.url}/readyz`)).status !== 200) {
      if (performance.now() > late) throw new Error('A node did not get ready.');
      await sleep(READY_POLL_MS);
    }
    return { 'ready ms': performance.now() - started };
  } finally {
    await node.stop();
  }
}

/** Writes so many copies of a pattern to the log, in full calls; returns the head. */
async function fill(url: string, folder: string, copies: number): Promise<number> {
  const recorded = await recordAppends(folder, (bus) =>
    closedLoop(
      1,
      (n) => n < PATTERN_ORDERS,
      (n) => liveOrder(bus, n),
    ),
  );
  // Where the copies lie is not where their conditions were met.
  const appends = recorded.map(({ condition: _, ...append }) => append);
  const log = await openBarePostgres(url);
  for (let copy = 0; copy < copies; copy += 1) {
    const rows = copyRows(appends);
    await Promise.all(rows.map((row) => log.append(row)));
  }
  log.close();
  const node = await openNode(url, folder, false);
  const head = await node.log.head();
  await node.close();
  return head;
}

function nodesOf(count: number): string {
  return count === 1 ? '1 node' : `${count} nodes`;
}
