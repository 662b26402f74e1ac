import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * `service`: as it is started for users. `main`: its kernel and edge alone. `worker`: the same with its projections in a
 * worker. `constant`: the same HTTP handler with constant resolvers. `bare`: with resolvers that only use SQLite. `hello`:
 * node:http alone.
 */
export type Placement = 'service' | 'main' | 'worker' | 'constant' | 'bare' | 'hello';

/** What the service noted since the last time it was asked. */
export interface ServiceReading {
  /** p99 and the longest of the event loop's delays, in ms. */
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  /** Share of one core that the process used, all threads together. */
  readonly cpu: number;
  /** Processor time of all threads, and of the main thread alone (NaN where the system does not tell), in ms. */
  readonly cpuMs: number;
  readonly mainCpuMs: number;
  /** From an acknowledged group of commands until all projections had applied it, in ms. */
  readonly visibleMs: readonly number[];
}

/** Commands that the service ran in its own process. */
export interface InProcessReading extends ServiceReading {
  readonly commandsPerSecond: number;
  readonly latencies: readonly number[];
}

/** What the service's process is asked. */
export type Request =
  | { readonly ask: 'read' }
  | { readonly ask: 'runCommands'; readonly ms: number; readonly inFlight: number }
  | { readonly ask: 'paceCommands'; readonly ms: number; readonly perSecond: number }
  | { readonly ask: 'stop' };

/** A service in a process of its own. */
export interface Service {
  readonly url: string;
  read(): Promise<ServiceReading>;
  /** Writes orders with so many at a time. */
  runCommands(ms: number, inFlight: number): Promise<InProcessReading>;
  /** Writes orders, so many commands a second, each order's one after the other, however long they take. */
  paceCommands(ms: number, perSecond: number): Promise<InProcessReading>;
  stop(): Promise<void>;
}

/** What `npm start` sets: room for the requests in flight, which are copied at each collection otherwise. */
export const START_FLAGS = ['--max-semi-space-size=32'];

/** Starts a service on a data folder, with these variables added to its environment. */
export async function startService(
  placement: Placement,
  folder: string,
  added: Readonly<Record<string, string>> = {},
): Promise<Service> {
  // The child finds out by itself how TypeScript is run: it inherits this process's flags.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const file = fileURLToPath(new URL(`./service-process.${extension}`, import.meta.url));
  // As in production; without it graphql checks for a second copy of itself at every step.
  const env = { ...process.env, NODE_ENV: 'production', ...added };
  const execArgv = [...process.execArgv, ...START_FLAGS];
  const child = fork(file, [placement, folder], { serialization: 'advanced', env, execArgv });
  const { url } = (await answerOf(child)) as { url: string };
  const ask = (request: Request): Promise<unknown> => {
    child.send(request);
    return answerOf(child);
  };
  return {
    url,
    read: async () => (await ask({ ask: 'read' })) as ServiceReading,
    runCommands: async (ms, inFlight) =>
      (await ask({ ask: 'runCommands', ms, inFlight })) as InProcessReading,
    paceCommands: async (ms, perSecond) =>
      (await ask({ ask: 'paceCommands', ms, perSecond })) as InProcessReading,
    stop: async () => {
      const ended = once(child, 'exit');
      child.send({ ask: 'stop' } satisfies Request);
      await ended;
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const exit = once(child, 'exit', { signal: gone.signal }).then(([code]) => {
    throw new Error(`The service ended with code ${String(code)}.`);
  });
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal: gone.signal }), exit])) as [
      unknown,
    ];
    return message;
  } finally {
    exit.catch(() => undefined);
    gone.abort();
  }
}
