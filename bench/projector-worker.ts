import 'reflect-metadata/lite';
import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteLog, sqliteViews } from '../src/engines/sqlite/index.js';
import { createProjector, openGenerations, type EventLog } from '../src/kernel/index.js';
import { orderEvents, orders } from '../src/orders/index.js';

/** Where the worker finds the log and keeps the views. */
export interface WorkerFiles {
  readonly logFile: string;
  readonly viewsFolder: string;
}

/** The log's new head; null asks the worker to end. */
export type Wake = number | null;

/** A projection, by its place in the module, has committed this checkpoint. */
export interface Caught {
  readonly projection: number;
  readonly checkpoint: number;
}

// The same projectors on connections of this thread's own; only the wake-up comes by message.
const { logFile, viewsFolder } = workerData as WorkerFiles;
const own = openSqliteLog({ file: logFile });
const listeners = new Set<(head: number) => void>();
const log: EventLog = {
  ...own,
  onAppend: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
const views = sqliteViews(viewsFolder);
const head = await own.head();
const knownTypes = new Set<string>(orderEvents.types);
const onFailure = (_: string, error: unknown): void => {
  throw error;
};
const projectors = (orders.projections ?? []).map((projection, index) => {
  const generations = openGenerations(views, projection, own.identity, head);
  const projector = createProjector({ projection, generations, views, log, knownTypes, head, onFailure });
  projector.onCommit(({ checkpoint }) => {
    parentPort?.postMessage({ projection: index, checkpoint } satisfies Caught);
  });
  projector.start();
  return projector;
});
parentPort?.on('message', (wake: Wake) => {
  if (wake === null) void stop();
  else for (const listener of listeners) listener(wake);
});
parentPort?.postMessage('ready');

async function stop(): Promise<void> {
  await Promise.all(projectors.map((projector) => projector.stop()));
  own.close();
  parentPort?.close();
}
