import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bench, median, percentile, type Row, type Sample } from './harness.js';
import type { Arrivals, ClientsRequest } from './fanout-clients.js';
import type { Fanout, FanoutMemory, FanoutRequest } from './fanout-server.js';
import { START_FLAGS } from './service.js';

/** What everybody subscribes to. */
const LIVE =
  'subscription { orders { position discontinuity changes { kind orderId order { status total { amount } } } } }';
/** What the slow reader does: frames of 30 kB. */
const HEAVY =
  'subscription { orders { position snapshot discontinuity totalCount changes { order { position shippingAddress { line1 } items { sku name quantity unitPrice { amount } gross { amount } discountAmount { amount } net { amount } } } } } }';
/** Sockets of one process of clients. */
const SOCKETS_PER_PROCESS = 5_000;
/** Files that a process has besides its sockets. */
const FILES = 200;
const WARM_UP = 5;
/** More frames than the sockets of both sides and the service keep for a slow reader. */
const SLOW_CHANGES = 900;

await bench('fanout', async ({ by, scratch }) => {
  const changes = by(3, 15, 40);
  const slowChanges = by(50, SLOW_CHANGES, SLOW_CHANGES);
  const sizes = by([50], [1_000], [1_000, 10_000]);
  const largest = Math.max(...sizes);
  const files = openFilesMax();
  if (files < largest + FILES)
    throw new Error(
      `${largest} sockets need ${largest + FILES} open files, and ${files} are allowed: ulimit -n.`,
    );
  const sections = [];
  for (const sockets of sizes) {
    const rows: Row[] = [];
    const notes: string[] = [];
    const add = (name: string, { metrics, rounds }: Omit<Row, 'name'>): void => {
      rows.push({ name, metrics, rounds });
    };
    add('raw ws', await measure('raw', scratch(), sockets, changes));
    if (sockets <= 1_000) add('an execution each', await measure('each', scratch(), sockets, changes));
    add('one for all', await measure('shared', scratch(), sockets, changes));
    const slow = await measure('shared', scratch(), sockets, changes, slowChanges);
    add('one for all, and a slow reader', slow);
    notes.push(slow.note ?? '');
    sections.push({
      title: `A change of an order to ${sockets.toLocaleString('en-US')} sockets, from its commit in the view to the last of them`,
      rows,
      notes: [
        'raw ws: a constant text, sent by ws to each socket. an execution each: graphql-ws with the same schema, by itself.',
        ...notes,
      ],
    });
  }
  return sections;
});

interface Measured extends Omit<Row, 'name'> {
  readonly note?: string;
}

/** One run; with `slowChanges`, beside a reader that reads nothing from so many changes before on. */
async function measure(
  kind: Fanout,
  folder: string,
  sockets: number,
  changes: number,
  slowChanges = 0,
): Promise<Measured> {
  const server = startServer(kind, folder);
  const { url } = (await server.ready()) as { url: string };
  const slow = slowChanges > 0 ? await startSlow(server, url, slowChanges) : undefined;
  const before = await memoryOf(server);
  const clients = await startClients(url, sockets);
  await awaitAll(clients);
  const after = await memoryOf(server);
  const delays: number[] = [];
  const last: number[] = [];
  for (let nth = 0; nth < WARM_UP + changes; nth += 1) {
    const arrivals = awaitAll(clients);
    const committed = (await server.ask({ ask: 'change' })) as number;
    const times = (await arrivals).flatMap(({ at }) => [...at].map((time) => time - committed));
    if (nth < WARM_UP) continue;
    delays.push(...times);
    last.push(times.reduce((latest, time) => Math.max(latest, time), 0));
  }
  const note = await slow?.end(WARM_UP + changes);
  for (const child of [...clients, server]) await child.stop();
  const metrics: Sample = {
    'last p50 ms': percentile(last, 0.5),
    'last p99 ms': percentile(last, 0.99),
    'delivery p50 ms': percentile(delays, 0.5),
    'deliveries/s': (1_000 * sockets) / median(last),
    'kB/socket': (after.kept - before.kept) / sockets / 1_000,
    'RSS kB/socket': (after.rss - before.rss) / sockets / 1_000,
  };
  return { metrics, rounds: last, ...(note !== undefined && { note }) };
}

/** A reader that subscribes, and then reads nothing while the order is changed. */
async function startSlow(server: Child, url: string, changes: number) {
  const reader = await startClients(url, 1, HEAVY);
  await awaitAll(reader);
  // First while it reads, so that what the service keeps of changes anyway is there.
  await server.ask({ ask: 'changes', count: changes });
  const before = await memoryOf(server);
  for (const each of reader) await each.ask({ ask: 'pause' });
  await server.ask({ ask: 'changes', count: changes });
  const grown = (await memoryOf(server)).kept - before.kept;
  return {
    /** What it is told once it reads again. */
    end: async (more: number): Promise<string> => {
      const [first] = reader;
      if (first === undefined) throw new Error('There is no slow reader.');
      await first.ask({ ask: 'resume' });
      const end = await endOf(first, `${2 * changes + more} High Street`);
      await first.stop();
      return `The slow reader read nothing during ${changes + more} changes of 30 kB; the service kept ${(grown / 1e6).toFixed(1)} MB more after the first ${changes} of them than before. When it read again, ${end}`;
    },
  };
}

/** Waits until the newest state has come, and says how. */
async function endOf(reader: Child, newest: string): Promise<string> {
  for (;;) {
    const frames = ((await reader.ask({ ask: 'last', count: 2 })) as string[]).map(
      (text) => JSON.parse(text) as { payload: { data: { orders: Record<string, unknown> } } },
    );
    const [gap, snapshot] = frames.map(({ payload }) => payload.data.orders);
    if (!JSON.stringify(frames.at(-1)).includes(newest)) continue;
    if (gap?.['discontinuity'] !== true) return 'it was given every change.';
    if (snapshot?.['snapshot'] !== true || snapshot['totalCount'] !== 1)
      throw new Error(`After a discontinuity came ${JSON.stringify(snapshot)}.`);
    return 'it was told of a discontinuity, and had the newest state from the snapshot after it.';
  }
}

async function memoryOf(server: Child): Promise<FanoutMemory> {
  // What the server's process answers.
  return (await server.ask({ ask: 'memory' })) as FanoutMemory;
}

/** A process, asked one thing at a time. */
interface Child {
  ready(): Promise<unknown>;
  ask(request: ClientsRequest | FanoutRequest): Promise<unknown>;
  stop(): Promise<void>;
}

function startServer(kind: Fanout, folder: string): Child {
  return startChild('fanout-server', [kind, folder], [...START_FLAGS, '--expose-gc']);
}

async function startClients(url: string, sockets: number, query = LIVE): Promise<readonly Child[]> {
  const sizes = Array.from({ length: Math.ceil(sockets / SOCKETS_PER_PROCESS) }, (_, nth) =>
    Math.min(SOCKETS_PER_PROCESS, sockets - nth * SOCKETS_PER_PROCESS),
  );
  return Promise.all(
    sizes.map(async (size) => {
      const child = startChild('fanout-clients', [], []);
      await child.ready();
      await child.ask({ ask: 'open', url, sockets: size, query });
      return child;
    }),
  );
}

/** One frame for each client. */
async function awaitAll(clients: readonly Child[]): Promise<readonly Arrivals[]> {
  // What each process of clients answers.
  return (await Promise.all(clients.map((child) => child.ask({ ask: 'await', frames: 1 })))) as Arrivals[];
}

function startChild(name: string, parameters: readonly string[], flags: readonly string[]): Child {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const file = fileURLToPath(new URL(`./${name}.${extension}`, import.meta.url));
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = fork(file, parameters, {
    serialization: 'advanced',
    env,
    execArgv: [...process.execArgv, ...flags],
  });
  const ready = answerOf(child);
  return {
    ready: () => ready,
    ask: (request) => {
      child.send(request);
      return answerOf(child);
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  const exit = once(child, 'exit', { signal: over.signal }).then(([code]) => {
    throw new Error(`A process of the bench ended with code ${String(code)}.`);
  });
  exit.catch(() => undefined);
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal: over.signal }), exit])) as [
      unknown,
    ];
    return message;
  } finally {
    over.abort();
  }
}

/** How many files this process and those that it starts may have open; Linux tells. */
function openFilesMax(): number {
  try {
    const [, hard] = /Max open files +\d+ +(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return Number(hard ?? Infinity);
  } catch {
    return Infinity;
  }
}
