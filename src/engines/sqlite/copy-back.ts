import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** What a copy found: whether all pages of the write-ahead log are in the database now, and how many it holds. */
export interface CopiedBack {
  readonly whole: boolean;
  readonly pages: number;
}

type Answer = { readonly id: number } & (CopiedBack | { readonly error: string });

interface Waiting {
  readonly resolve: (copied: CopiedBack) => void;
  readonly reject: (error: Error) => void;
}

/** Text, as it runs as it is whether the rest is compiled or not. Each database is open only while it is worked on. */
const SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
const Database = require(workerData);
function copyBack(file) {
  const database = new Database(file, { fileMustExist: true, timeout: 1000 });
  try {
    database.pragma('synchronous = NORMAL');
    const [{ busy, log, checkpointed }] = database.pragma('wal_checkpoint(PASSIVE)');
    return { whole: busy === 0 && log === checkpointed, pages: log };
  } finally {
    database.close();
  }
}
parentPort.on('message', ({ id, file }) => {
  if (file === undefined) return parentPort.close();
  try {
    parentPort.postMessage({ id, ...copyBack(file) });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error) });
  }
});`;

/** The thread, and who waits for an answer of it. */
interface Copier {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

let copier: Copier | undefined;
let stopped = Promise.resolve();
let calls = 0;

/** Copies what the write-ahead log of a database has gathered back into it, and syncs both, on a thread of its own. */
export function copyBack(file: string): Promise<CopiedBack> {
  copier ??= start();
  const { worker, waiting } = copier;
  calls += 1;
  const id = calls;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    // Alive for those who wait, but never for nothing.
    worker.ref();
    worker.postMessage({ id, file });
  });
}

/** Ends the thread, if there is one, after what it is at; a later call starts another one. */
export function stopCopying(): Promise<void> {
  if (copier !== undefined) stopped = Promise.all([stopped, end(copier)]).then(() => undefined);
  copier = undefined;
  return stopped;
}

/** Not terminated: SQLite must never be cut short in the middle of a call. */
function end({ worker }: Copier): Promise<unknown> {
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.ref();
  worker.postMessage({});
  return ended;
}

function start(): Copier {
  const library = createRequire(import.meta.url).resolve('better-sqlite3');
  const worker = new Worker(SOURCE, { eval: true, workerData: library });
  const waiting = new Map<number, Waiting>();
  const started = { worker, waiting };
  worker.on('message', (answer: Answer) => {
    const { resolve, reject } = waiting.get(answer.id) ?? {};
    waiting.delete(answer.id);
    // One that is being stopped is waited for.
    if (waiting.size === 0 && copier === started) worker.unref();
    if ('error' in answer) reject?.(new Error(answer.error));
    else resolve?.(answer);
  });
  worker.on('error', () => undefined);
  worker.on('exit', () => {
    if (copier === started) copier = undefined;
    for (const { reject } of waiting.values())
      reject(new Error('The thread that copies pages back has ended.'));
  });
  return started;
}
