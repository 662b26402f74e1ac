import 'reflect-metadata/lite';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openReader } from '../src/engines/sqlite/connection.js';
import { openSqliteLog, takeDataDir } from '../src/engines/sqlite/index.js';
import {
  createCommandBus,
  createEventReader,
  createFeed,
  createFreshness,
  createMemoryOperations,
  createOperations,
  createQueryBus,
  handleWith,
  type EventLog,
  type Kernel,
  type Projection,
  type Projector,
  type ViewStore,
} from '../src/kernel/index.js';
import { order, orders } from '../src/orders/index.js';
import { listenTo } from './plain-app.js';
import type { Caught, Wake, WorkerFiles } from './projector-worker.js';

/** The service with all projections in one worker thread; everything else as in `startPlainApp`. */
export async function startWorkerApp(folder: string) {
  const dataDir = takeDataDir(folder);
  const log = openSqliteLog({ file: dataDir.logFile, durability: 'full' });
  const files: WorkerFiles = { logFile: dataDir.logFile, viewsFolder: dataDir.viewsFolder };
  const worker = startWorker(files);
  await once(worker, 'message');
  const remotes = (orders.projections ?? []).map((projection) =>
    remoteProjector(projection, join(dataDir.viewsFolder, `${projection.name}.1.sqlite`), log),
  );
  worker.on('message', ({ projection, checkpoint }: Caught) => remotes[projection]?.caught(checkpoint));
  log.onAppend((head) => worker.postMessage(head satisfies Wake));
  const kernel = kernelOf(
    log,
    new Map(remotes.map(({ projector }) => [projector.projection.name, projector])),
  );
  const edge = await listenTo(kernel);
  return {
    url: edge.url,
    kernel,
    stop: async () => {
      await edge.close();
      // By message: ending a thread while it is inside better-sqlite3 ends the process.
      worker.postMessage(null satisfies Wake);
      await once(worker, 'exit');
      for (const { projector } of remotes) projector.store().close();
      log.close();
      dataDir.release();
    },
  };
}

function startWorker(workerData: WorkerFiles): Worker {
  if (import.meta.url.endsWith('.js'))
    return new Worker(new URL('./projector-worker.js', import.meta.url), { workerData });
  // Workers do not inherit the loader of TypeScript, so the first thing this one does is to register it.
  const [loader, file] = [
    import.meta.resolve('tsx/esm/api'),
    new URL('./projector-worker.ts', import.meta.url).href,
  ];
  const code = `import('${loader}').then(({ register }) => { register(); return import('${file}'); })`;
  return new Worker(code, { workerData, eval: true });
}

function kernelOf(log: EventLog, projectors: ReadonlyMap<string, Projector>): Kernel {
  const handle = handleWith(order, { log });
  const commands = createCommandBus({
    commands: Object.values(order.commands),
    // The bus routes by name, so each command is one of the decider's own.
    handlers: Object.keys(order.decide).map((command) => ({ command, handle: handle as never })),
  });
  return {
    log,
    commands,
    queries: createQueryBus(orders.queries ?? [], projectors, log),
    projectors,
    operations: createOperations(projectors, createMemoryOperations()),
    events: createEventReader(log),
    history: { check: notHere, asOf: notHere, origin: notHere, changes: notHere },
    status: () => [...projectors.values()].map((projector) => projector.status()),
    start: () => undefined,
    stop: async () => undefined,
  };
}

/** A projector that works elsewhere: it knows its checkpoint from messages and reads the file that is written there. */
function remoteProjector(projection: Projection, file: string, log: EventLog) {
  const freshness = createFreshness(0);
  const reader = openReader(file);
  const store: ViewStore = {
    generation: 1,
    version: projection.version,
    built: () => true,
    settled: () => true,
    parked: () => [],
    serve: notHere,
    checkpoint: () => freshness.checkpoint(),
    reader: drizzle(reader),
    commit: notHere,
    hold: () => undefined,
    close: () => reader.close(),
  };
  let head = 0;
  log.onAppend((position) => (head = position));
  const projector: Projector = {
    projection,
    freshness,
    feed: createFeed(projection, store),
    store: () => store,
    servesFrom: () => 0,
    status: () => {
      const checkpoint = freshness.checkpoint();
      const lagEvents = Math.max(0, head - checkpoint);
      const facts = { name: projection.name, version: projection.version, generation: 1, parked: 0 };
      return {
        ...facts,
        state: 'LIVE',
        checkpoint,
        head,
        lagEvents,
        lagMs: 0,
        healthy: true,
        progress: 1,
        parkedEntities: 0,
        delayMs: 0,
        eventsPerSecond: 0,
        rebuild: null,
        kept: null,
        lastError: null,
      };
    },
    failedRead: () => 'other',
    // Row changes are not posted: what subscriptions would cost on top is not part of this comparison.
    onCommit: () => () => undefined,
    onSwitch: () => () => undefined,
    start: () => undefined,
    stop: async () => undefined,
    parkedSince: () => undefined,
    parkedCount: () => 0,
    parked: () => [],
    isSetAside: () => false,
    skips: new Set(),
    checkParked: notHere,
    retry: notHere,
    skip: notHere,
    passOver: notHere,
    succession: {
      check: notHere,
      rebuild: notHere,
      cancelRebuild: notHere,
      rollback: notHere,
      prune: notHere,
    },
    verify: notHere,
    copying: { check: notHere, copy: notHere },
    pause: notHere,
    resume: notHere,
    delay: notHere,
  };
  return { projector, caught: (checkpoint: number) => freshness.announce(checkpoint) };
}

function notHere(): never {
  throw new Error('That is done in the worker.');
}
