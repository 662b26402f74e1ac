import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bench, compare, latency, type Sample, type Section, type Variant } from './harness.js';
import type { PeerDispatch, PeerRebuild, PeerRequest, PeerRun } from './peer.js';
import { installPeers } from './peers-install.js';
import { START_FLAGS } from './service.js';
import { COMMANDS_PER_ORDER } from './workload.js';

/** A peer that does not answer for so long is ended, and the bench with it. */
const ANSWER_MAX_MS = 60_000;
const OWN = './peer-own.js';
const EMMETT = './peers/emmett.ts';
const EVTSTORE = './peers/evtstore.ts';
/** At 64 in flight it fails so slowly that it is run once there. */
const DEFAULT_POOL = 'Emmett SQLite, default pool';

/** Each store, the module that has it, and what an acknowledgement is worth. */
const stores = {
  'bare group commit': { file: OWN, durability: 'WAL, FULL' },
  'bare, looks up and checks': { file: OWN, durability: 'WAL, FULL' },
  'bare, a transaction each': { file: OWN, durability: 'WAL, FULL' },
  'tidemark, no projections': { file: OWN, durability: 'WAL, FULL' },
  'tidemark, three projections': { file: OWN, durability: 'WAL, FULL' },
  'Emmett SQLite, one connection': { file: EMMETT, durability: 'WAL, FULL' },
  [DEFAULT_POOL]: { file: EMMETT, durability: 'WAL, FULL' },
  'evtstore, Knex and sqlite3': { file: EVTSTORE, durability: 'rollback journal, FULL' },
  'Emmett in memory': { file: EMMETT, durability: 'none' },
  'evtstore in memory': { file: EVTSTORE, durability: 'none' },
  'Castore in memory': { file: './peers/castore.ts', durability: 'none' },
} as const;
const dispatchers = {
  'async call': OWN,
  'Map and three middlewares': OWN,
  'tidemark, three middlewares': OWN,
  '@nestjs/cqrs, no middleware': './peers/nest.ts',
} as const;
const rebuilds = {
  tidemark: OWN,
  'Emmett SQLite, consumer of 100': EMMETT,
  'Emmett SQLite, consumer of 1,000': EMMETT,
} as const;

type StoreName = keyof typeof stores;
const ALL = Object.keys(stores) as StoreName[];
/** Those that a bar speaks of. */
const BAR_STORES: readonly StoreName[] = [
  'bare group commit',
  'tidemark, no projections',
  'tidemark, three projections',
  'Emmett SQLite, one connection',
  DEFAULT_POOL,
  'evtstore, Knex and sqlite3',
];

/** How often each store said what. */
type Errors = Map<string, number>;

/** A peer in a process of its own. */
interface PeerProcess {
  readonly ask: (request: PeerRequest) => Promise<unknown>;
  readonly stop: () => void;
}

installPeers();
await bench('peers', async ({ by, scratch }) => {
  const rounds = by(1, 5, 5);
  const runMs = by(200, 300, 1_000);
  /** More than any of them writes in a round, but for the bare ones, whose rounds may end before. */
  const orders = by(200, 1_500, 6_000);
  const processes = new Map<string, PeerProcess>();
  const ask = (file: string, name: string, request: PeerRequest): Promise<unknown> => {
    const running = processes.get(name) ?? startPeer(file, name);
    processes.set(name, running);
    return running.ask(request);
  };

  const run = async (name: StoreName, inFlight: number, errors: Errors): Promise<Sample> => {
    const request = { ask: 'run', folder: scratch(), inFlight, orders, ms: runMs } as const;
    const answer = (await ask(stores[name].file, name, request)) as PeerRun;
    for (const [error, times] of Object.entries({ ...answer.errors, ...answer.logged })) {
      const said = `${name}: ${error.split('\n')[0]}`;
      errors.set(said, (errors.get(said) ?? 0) + times);
    }
    return sampleOf(answer, inFlight);
  };

  const commands = async (inFlight: number, names: readonly StoreName[]): Promise<Section> => {
    const errors: Errors = new Map();
    const section = await compare({
      title: `${inFlight} in flight: createOrder and ${COMMANDS_PER_ORDER - 1} × addOrderItem, each loads its stream, decides and appends`,
      rounds,
      compare: { metric: 'commands/s', reference: labelOf('bare group commit') },
      variants: Object.fromEntries(names.map((name) => [labelOf(name), () => run(name, inFlight, errors)])),
    });
    return { ...section, notes: notesOf(errors) };
  };

  const once64 = async (name: StoreName): Promise<Section> => {
    const errors: Errors = new Map();
    const metrics = await run(name, 64, errors);
    const row = { name: labelOf(name), metrics, rounds: [metrics['commands/s'] ?? 0] };
    return { title: `64 in flight, one run of ${runMs} ms: ${name}`, rows: [row], notes: notesOf(errors) };
  };

  const dispatch = (): Promise<Section> =>
    compare({
      title: 'Dispatch alone: one command to a handler that does nothing, awaited',
      rounds: by(1, 5, 9),
      compare: { metric: 'ns/dispatch', reference: '@nestjs/cqrs, no middleware' },
      variants: variantsOf(dispatchers, async (name, file) => {
        const answer = await ask(file, name, { ask: 'dispatch', times: by(1_000, 100_000, 200_000) });
        return { 'ns/dispatch': (answer as PeerDispatch).ns };
      }),
    });

  const rebuild = (): Promise<Section> => {
    const rebuilt = by(20, 300, 600);
    return compare({
      title: `Rebuild of a view of ${rebuilt} orders, ${rebuilt * COMMANDS_PER_ORDER} events (Tidemark's also has items and money)`,
      rounds,
      compare: { metric: 'events/s', reference: 'Emmett SQLite, consumer of 100' },
      variants: variantsOf(rebuilds, async (name, file) => {
        const answer = await ask(file, name, { ask: 'rebuild', folder: scratch(), orders: rebuilt });
        const { events, ms } = answer as PeerRebuild;
        return { 'events/s': (events / ms) * 1_000 };
      }),
    });
  };

  try {
    const names = by<readonly StoreName[]>(ALL, BAR_STORES, ALL);
    const together = await commands(
      64,
      names.filter((name) => name !== DEFAULT_POOL),
    );
    const notes = [...(together.notes ?? []), 'Emmett on PostgreSQL: see the bench cluster.'];
    const failing = by(true, false, true) ? [await once64(DEFAULT_POOL)] : [];
    return [{ ...together, notes }, ...failing, await commands(1, names), await dispatch(), await rebuild()];
  } finally {
    for (const { stop } of processes.values()) stop();
  }
});

function variantsOf<Name extends string>(
  files: Readonly<Record<Name, string>>,
  run: (name: Name, file: string) => Promise<Sample>,
): Record<string, Variant> {
  const names = Object.keys(files) as Name[];
  return Object.fromEntries(names.map((name) => [name, () => run(name, files[name])]));
}

function sampleOf({ ms, cpuMs, latencies, errors, uncommitted }: PeerRun, inFlight: number): Sample {
  return {
    'commands/s': (latencies.length / ms) * 1_000,
    ...latency('ack', latencies),
    'CPU µs/command': latencies.length === 0 ? NaN : (cpuMs * 1_000) / latencies.length,
    errors: Object.values(errors).reduce((sum, times) => sum + times, 0),
    ...(inFlight > 1 && { 'acknowledged, not committed': uncommitted }),
  };
}

/** The store's name with what its acknowledgement is worth. */
function labelOf(name: StoreName): string {
  return `${name} (${stores[name].durability})`;
}

function notesOf(errors: Errors): readonly string[] {
  return [...errors].map(([said, times]) => `${said} (${times} ×)`);
}

/** Starts a peer; what it prints is not ours to show. */
function startPeer(file: string, name: string): PeerProcess {
  // What is ours runs built, as users run it; the peers' packages are found from the source.
  const isOwn = file === OWN;
  const script = isOwn ? '../dist/bench/bench/peer-process.js' : './peer-process.ts';
  const path = fileURLToPath(new URL(script, import.meta.url));
  let child: Promise<ChildProcess> | undefined;
  const start = async (): Promise<ChildProcess> => {
    const started = fork(path, [file, name], {
      serialization: 'advanced',
      execArgv: isOwn ? START_FLAGS : process.execArgv,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await answerOf(started);
    return started;
  };
  return {
    ask: async (request) => {
      child ??= start();
      const running = await child;
      running.send(request);
      try {
        return await answerOf(running);
      } catch (cause) {
        running.kill('SIGKILL');
        throw new Error(`${name} did not answer.`, { cause });
      }
    },
    stop: () => void child?.then((running) => running.connected && running.disconnect()),
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const end = (): void => gone.abort();
  child.once('exit', end);
  try {
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(ANSWER_MAX_MS)]);
    const [answer] = (await once(child, 'message', { signal })) as [unknown];
    return answer;
  } finally {
    child.off('exit', end);
  }
}
