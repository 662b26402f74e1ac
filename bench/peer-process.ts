import 'reflect-metadata/lite';
import type {
  OrderStore,
  PeerDispatch,
  PeerModule,
  PeerRebuild,
  PeerRequest,
  PeerRun,
  Rebuilding,
} from './peer.js';
import { ITEMS_ADDED, closedLoop, itemOf, orderOf, timed } from './workload.js';

/** Waits for a store that never settles end here. */
const SETTLE_MAX_MS = 5_000;

/** After so many acknowledgements it is asked how much is committed. */
const COMMITS_EVERY = 100;

const [file = '', name = ''] = process.argv.slice(2);
// Known only at run time, as the peers need not be installed. Its module says `peer: PeerModule`.
const { peer } = (await import(new URL(file, import.meta.url).href)) as { peer: PeerModule };
type Counts = Map<string, number>;
type Send = <T>(command: () => Promise<T>) => Promise<T>;
const [errors, logged]: [Counts, Counts] = [new Map(), new Map()];
let dispatch: (() => Promise<unknown>) | undefined;
let rebuilding: Rebuilding | undefined;

// A peer's error that nobody catches would end the process of those who use it; here it is only counted.
process.on('uncaughtException', (error) => count(logged, error, 'uncaught '));
// Emmett prints the error that matters and throws the one of its rollback.
console.log = (what: unknown) => {
  if (what instanceof Error) count(logged, what, 'printed ');
};
process.on('disconnect', () => process.exit(0));
process.on('message', (request: PeerRequest) => void answer(request));
process.send?.('ready');

async function answer(request: PeerRequest): Promise<void> {
  if (request.ask === 'run') process.send?.(await run(request));
  else if (request.ask === 'dispatch') process.send?.(await dispatchTimes(request.times));
  else process.send?.(await rebuild(request));
}

function count(counts: Counts, error: unknown, prefix = ''): void {
  const said = `${prefix}${error instanceof Error ? error.message : String(error)}`;
  counts.set(said, (counts.get(said) ?? 0) + 1);
}

async function run({ folder, inFlight, orders, ms }: PeerRequest & { ask: 'run' }): Promise<PeerRun> {
  errors.clear();
  logged.clear();
  const store = await known(peer.stores)(folder, orders);
  const latencies: number[] = [];
  const uncommitted = watchCommits(store, latencies);
  const cpu = process.cpuUsage();
  const started = performance.now();
  const over = (): boolean => performance.now() - started >= ms;
  const send = async <T>(command: () => Promise<T>): Promise<T> => {
    const value = await timed(latencies, command);
    uncommitted();
    return value;
  };
  await closedLoop(
    inFlight,
    (n) => n < orders && !over(),
    (n) => writeOrder(store, n, send, over).catch((error: unknown) => count(errors, error)),
  );
  await Promise.race([store.settle?.(), later(SETTLE_MAX_MS)]);
  const took = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  await store.close();
  return {
    ms: took,
    cpuMs: (user + system) / 1_000,
    latencies,
    errors: Object.fromEntries(errors),
    logged: Object.fromEntries(logged),
    uncommitted: uncommitted(),
  };
}

async function writeOrder(store: OrderStore, n: number, send: Send, over: () => boolean): Promise<void> {
  const id = await send(() => store.createOrder(orderOf(n)));
  // A slow peer is not waited for until the order has all of its items.
  for (let added = 0; added < ITEMS_ADDED && !over(); added += 1)
    await send(() => store.addItem(id, itemOf(n + 2 + added)));
}

/** Asks every so often, right after an acknowledgement, what is committed; returns the most that was missing. */
function watchCommits(store: OrderStore, latencies: readonly number[]): () => number {
  let most = 0;
  return () => {
    const acknowledged = latencies.length;
    if (store.committed !== undefined && acknowledged % COMMITS_EVERY === 0)
      void store.committed().then((committed) => (most = Math.max(most, acknowledged - committed)), ignore);
    return most;
  };
}

/** The store is closed by then. */
function ignore(): void {
  return;
}

async function dispatchTimes(times: number): Promise<PeerDispatch> {
  dispatch ??= await known(peer.dispatchers)();
  const started = performance.now();
  for (let n = 0; n < times; n += 1) await dispatch();
  return { ns: ((performance.now() - started) / times) * 1e6 };
}

async function rebuild({ folder, orders }: PeerRequest & { ask: 'rebuild' }): Promise<PeerRebuild> {
  rebuilding ??= await known(peer.rebuilds)(folder, orders);
  return { events: rebuilding.events, ms: await rebuilding.rebuild(folder) };
}

function known<T>(all: Readonly<Record<string, T>> | undefined): T {
  const found = all?.[name];
  if (found === undefined) throw new Error(`${file} has no ${name} for that.`);
  return found;
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
