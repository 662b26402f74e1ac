import 'reflect-metadata/lite';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readAfter } from '../src/kernel/index.js';
import { order } from '../src/orders/index.js';
import { orderBy, orderById, orderList } from '../src/orders/queries/orders.queries.js';
import type {
  ClusterModule,
  ClusterRequest,
  ClusterRun,
  ClusterStore,
  ElsewhereRun,
  ReadKind,
  ReplayRun,
} from './cluster-store.js';
import { openNode, type ClusterNode } from './cluster-node.js';
import { caughtUp } from './in-process.js';
import { closedLoop, orderOf, subjectOf, timed } from './workload.js';

const PAGE = 20;
const BATCH = 500;
/** Orders in the views that are read. */
const READ_ORDERS = 2_000;

const [file = '', name = ''] = process.argv.slice(2);
/** `nodes` reads: two kernels, as two nodes that share nothing but the log. */
const NODES = 'nodes';
let store: ClusterStore | undefined;
let nodes: readonly ClusterNode[] = [];
let ids: readonly string[] = [];
let created = 0;

process.on('disconnect', () => process.exit(0));
// Emmett's pool throws when a database is dropped whose connections it is about to close; commands reject by themselves.
if (file.startsWith('./peers/')) process.on('uncaughtException', () => undefined);
process.on('message', (request: ClusterRequest) => void respond(request));
process.send?.('ready');

async function respond(request: ClusterRequest): Promise<void> {
  try {
    process.send?.({ answer: await answer(request) });
  } catch (error) {
    process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

async function answer(request: ClusterRequest): Promise<unknown> {
  if (request.ask === 'open') return open(request.url, request.folder);
  if (request.ask === 'write') return write(request.inFlight, request.ms);
  if (request.ask === 'read') return read(request.what, request.inFlight, request.ms);
  if (request.ask === 'readElsewhere') return readElsewhere(request.inFlight, request.ms);
  if (request.ask === 'replay') return replay(request.url, request.folder, request.projections);
  await store?.close();
  for (const node of nodes) await node.close();
  [store, nodes] = [undefined, []];
  return undefined;
}

async function open(url: string, folder: string): Promise<void> {
  created = 0;
  if (name === NODES) {
    for (const node of ['one', 'two']) nodes = [...nodes, await openNode(url, folderIn(folder, node), true)];
    return;
  }
  // Known only at run time, as the peers need not be installed. Its module says `peer: ClusterModule`.
  const { peer } = (await import(new URL(file, import.meta.url).href)) as { peer: ClusterModule };
  store = await peer.stores[name]?.(url, folder);
}

function folderIn(folder: string, sub: string): string {
  const path = join(folder, sub);
  mkdirSync(path);
  return path;
}

/** Creates orders with so many at a time, for so long. */
async function write(inFlight: number, ms: number): Promise<ClusterRun> {
  const opened = store;
  if (opened === undefined) throw new Error(`There is no store ${name} in ${file}.`);
  return measured(inFlight, ms, async (latencies) => {
    const n = created++;
    await timed(latencies, () => opened.createOrder(n));
  });
}

async function measured(
  inFlight: number,
  ms: number,
  task: (latencies: number[]) => Promise<void>,
): Promise<ClusterRun> {
  const latencies: number[] = [];
  let done = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  await closedLoop(
    inFlight,
    () => performance.now() - started < ms,
    async () => {
      await task(latencies);
      done += 1;
    },
  );
  await store?.settle?.();
  const took = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { done, ms: took, cpuMs: (user + system) / 1_000, latencies };
}

async function someOrders({ kernel }: ClusterNode): Promise<readonly string[]> {
  await caughtUp(kernel);
  const page = { size: READ_ORDERS, backward: false, cursor: undefined };
  const { value } = await kernel.queries.ask(orderList, { filter: {}, order: orderBy([]), page });
  return value.rows.map(({ id }) => id);
}

/** Reads the first node's views. */
async function read(what: ReadKind, inFlight: number, ms: number): Promise<ClusterRun> {
  const [node] = nodes;
  if (node === undefined) throw new Error('There is no node to read.');
  if (ids.length === 0) ids = await someOrders(node);
  const { queries } = node.kernel;
  const page = { size: PAGE, backward: false, cursor: undefined };
  let next = 0;
  return measured(inFlight, ms, async (latencies) => {
    const id = ids[next++ % ids.length] ?? '';
    await timed(latencies, async () => {
      const found =
        what === 'order'
          ? (await queries.ask(orderById, id)).value !== undefined
          : (await queries.ask(orderList, { filter: {}, order: orderBy([]), page })).value.rows.length > 0;
      if (!found) throw new Error('A read found nothing.');
    });
  });
}

/** Writes on one node, reads on the other with the position of what was written, in both directions in turn. */
async function readElsewhere(inFlight: number, ms: number): Promise<ElsewhereRun> {
  let stale = 0;
  const run = await measured(inFlight, ms, async (latencies) => {
    const n = created++;
    const [writer, reader] = n % 2 === 0 ? nodes : nodes.toReversed();
    if (writer === undefined || reader === undefined) throw new Error('There are no two nodes.');
    const { position, ...result } = await writer.kernel.commands.send(order.commands.createOrder, orderOf(n));
    const id = subjectOf({ position, ...result });
    const { value, consistency } = await timed(latencies, () =>
      reader.kernel.queries.ask(orderById, id, { readAfter: readAfter(position) }),
    );
    if (consistency.stale || (value?.position ?? 0) < position) stale += 1;
  });
  return { ...run, stale };
}

/** Reads the log to its end, and applies it to empty views where there are projections. */
async function replay(url: string, folder: string, projections: boolean): Promise<ReplayRun> {
  const started = performance.now();
  const node = await openNode(url, folder, projections);
  const events = await node.log.head();
  if (projections) await caughtUp(node.kernel);
  else {
    for (let after = 0; after < events;)
      after = (await node.log.read('all', { after, limit: BATCH })).at(-1)?.position ?? Infinity;
  }
  const ms = performance.now() - started;
  await node.close();
  return { events, ms };
}
