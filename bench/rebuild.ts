import 'reflect-metadata/lite';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataFiles, openLogReadOnly, verifyViews } from '../src/engines/sqlite/index.js';
import { orderEvents } from '../src/orders/index.js';
import { ordersProjection } from '../src/orders/views/orders.projection.js';
import { bench, latency, type Row, type Sample } from './harness.js';
import { createHttpClient, type GraphQLAnswer, type HttpClient } from './http-client.js';
import { operations } from './operations.js';
import { replayRaw } from './raw-replay.js';
import { startService } from './service.js';
import { itemOf, orderOf } from './workload.js';
import { writeLog } from './written-log.js';

/** Whole lives of orders in the log, about seven events each: a million events unless told otherwise. */
const ORDERS = Number(process.env['REBUILD_ORDERS'] ?? 145_000);
/** What clients send meanwhile, each second. */
const READS_PER_SECOND = 150;
const WRITES_PER_SECOND = 50;
const CONNECTIONS = 64;
const TICK_MS = 5;
const READY_MAX_MS = 600_000;

const REBUILD = `mutation { rebuildProjection(name: "orders") { generation } }`;
const STATUS = `{ projection(name: "orders") { generation eventsPerSecond rebuild { progress eventsPerSecond } } }`;

/** What one stretch of load saw. */
interface Seen {
  readonly reads: number[];
  readonly writes: number[];
  readonly ownReads: number[];
  /** Answers that missed the client's own write, or went back in time. */
  wrong: number;
  failed: number;
}

await bench('rebuild', async ({ quick, scratch }) => {
  const folder = scratch();
  const head = await writeLog(folder, quick ? 2_000 : ORDERS);
  const raw = rawSeconds(join(folder, 'log.sqlite'), join(scratch(), 'raw.sqlite'));
  const service = await startService('service', folder);
  const http = createHttpClient(service.url, CONNECTIONS);
  await ready(service.url);
  const orders = await createOrders(http);
  const stretch = (over: () => boolean): Promise<Seen> => load(http, orders, over);

  await stretch(after(quick ? 300 : 3_000));
  const before = await stretch(after(quick ? 1_000 : 15_000));
  const started = performance.now();
  const { data } = await http.send(REBUILD, {});
  const old = data['rebuildProjection'].generation as number;
  let ended = 0;
  void watch(http, old).then(() => (ended = performance.now()));
  const during = await stretch(() => ended > 0);
  const seconds = (ended - started) / 1_000;
  const afterwards = await stretch(after(quick ? 1_000 : 15_000));
  http.close();
  await service.stop();
  await verify(folder);

  const rows = [
    rowOf('before', before, before),
    rowOf('during the rebuild', during, before),
    rowOf('after the switch', afterwards, before),
  ];
  const rate = head / seconds;
  const rebuilt: Sample = { seconds, 'events/s': rate, 'share of raw': rate / (head / raw) };
  return [
    {
      title: `order(id) over HTTP, ${READS_PER_SECOND} reads/s and ${WRITES_PER_SECOND} commands/s beside the rebuild`,
      rows,
    },
    {
      title: `Rebuild of orders, ${head} events, under that load; raw is the same handlers on bare SQLite, alone`,
      rows: [
        { name: 'rebuild', metrics: rebuilt, rounds: [rate] },
        { name: 'raw', metrics: { seconds: raw, 'events/s': head / raw }, rounds: [head / raw] },
      ],
    },
  ];
});

/** Throws where the rebuilt views are not what a replay makes. */
async function verify(folder: string): Promise<void> {
  const { logFile, viewsFolder } = dataFiles(folder);
  const log = openLogReadOnly(logFile);
  const report = await verifyViews({
    viewsFolder,
    projection: ordersProjection,
    log,
    knownTypes: new Set<string>(orderEvents.types),
  });
  log.close();
  if (report.outcome !== 'identical') throw new Error(`After the rebuild: ${JSON.stringify(report)}`);
}

function rawSeconds(logFile: string, viewFile: string): number {
  const started = performance.now();
  replayRaw(logFile, viewFile, ordersProjection, 500);
  return (performance.now() - started) / 1_000;
}

/** True once so many ms have passed. */
function after(ms: number): () => boolean {
  const end = performance.now() + ms;
  return () => performance.now() >= end;
}

async function ready(url: string): Promise<void> {
  const late = after(READY_MAX_MS);
  while ((await fetch(`${url}/readyz`)).status !== 200) {
    if (late()) throw new Error('The service did not get ready.');
    await sleep(200);
  }
}

async function createOrders(http: HttpClient): Promise<readonly { id: string; position: string }[]> {
  const inputs = Array.from({ length: CONNECTIONS }, (_, n) => orderOf(n));
  const answers = await Promise.all(inputs.map((input) => http.send(operations.createOrder, { input })));
  return answers.map(({ data }) => ({
    id: data['createOrder'].orderId as string,
    position: data['createOrder'].receipt.position as string,
  }));
}

/** Resolves when another generation is served. */
async function watch(http: HttpClient, old: number): Promise<void> {
  for (;;) {
    const { data } = await http.send(STATUS, {});
    if (data['projection'].generation !== old) return;
    await sleep(50);
  }
}

/** Reads and writes at fixed rates, whatever comes back, until it is over; latency counts from when each was due. */
async function load(
  http: HttpClient,
  orders: readonly { id: string; position: string }[],
  over: () => boolean,
): Promise<Seen> {
  const seen: Seen = { reads: [], writes: [], ownReads: [], wrong: 0, failed: 0 };
  const newest = new Map<string, string>();
  const open = new Set<Promise<void>>();
  const started = performance.now();
  const timed = async (into: number[], due: number, run: () => Promise<void>): Promise<void> => {
    try {
      await run();
      into.push(performance.now() - due);
    } catch {
      seen.failed += 1;
    }
  };
  const check = (id: string, answer: GraphQLAnswer, atLeast: string | undefined): void => {
    const position = answer.data['order']?.position as string | undefined;
    if (position === undefined || position < (atLeast ?? '')) seen.wrong += 1;
    else if (position > (newest.get(id) ?? '')) newest.set(id, position);
  };
  const read = (n: number, due: number): Promise<void> => {
    const { id = '' } = orders[n % orders.length] ?? {};
    const atLeast = newest.get(id);
    return timed(seen.reads, due, async () => {
      check(id, await http.send(operations.order, { id }), atLeast);
    });
  };
  const write = (n: number, due: number): Promise<void> => {
    const { id = '' } = orders[(n * 7) % orders.length] ?? {};
    let position = '';
    const own = async (): Promise<void> => {
      check(id, await http.send(operations.orderAfter, { id, position }), position);
    };
    return timed(seen.writes, due, async () => {
      const { data } = await http.send(operations.addOrderItem, {
        input: { orderId: id, item: itemOf(n % 40) },
      });
      position = data['addOrderItem'].receipt.position as string;
    }).then(() => (position === '' ? undefined : timed(seen.ownReads, performance.now(), own)));
  };
  const pace = (perSecond: number, done: number, send: (n: number, due: number) => Promise<void>): number => {
    let next = done;
    for (; next < ((performance.now() - started) / 1_000) * perSecond; next += 1) {
      const sent = send(next, started + (next / perSecond) * 1_000).finally(() => open.delete(sent));
      open.add(sent);
    }
    return next;
  };
  let [reads, writes] = [0, 0];
  while (!over()) {
    reads = pace(READS_PER_SECOND, reads, read);
    writes = pace(WRITES_PER_SECOND, writes, write);
    await sleep(TICK_MS);
  }
  await Promise.all(open);
  return seen;
}

function rowOf(name: string, seen: Seen, reference: Seen): Row {
  const own = latency('read', seen.reads);
  const base = latency('read', reference.reads);
  const metrics: Sample = {
    ...own,
    'read p99 × before': (own['read p99 ms'] ?? NaN) / (base['read p99 ms'] ?? NaN),
    ...latency('write', seen.writes),
    ...latency('own write read', seen.ownReads),
    wrong: seen.wrong,
    failed: seen.failed,
  };
  return { name, metrics, rounds: [seen.reads.length] };
}
