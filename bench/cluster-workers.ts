import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterRequest } from './cluster-store.js';
import { START_FLAGS } from './service.js';

/** A process that does not answer for so long is ended, and the bench with it. */
const ANSWER_MAX_MS = 120_000;

/** A process of the bench. */
export interface Worker {
  ask(request: ClusterRequest): Promise<unknown>;
  stop(): void;
}

/** Starts a process for a store by its module and name. What is ours runs as this process does, peers from their sources. */
export async function startWorker(file: string, name: string): Promise<Worker> {
  const isPeer = file.startsWith('./peers/');
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const path = isPeer
    ? resolve('bench/cluster-process.ts')
    : fileURLToPath(new URL(`./cluster-process.${extension}`, import.meta.url));
  const child = fork(path, [file, name], {
    serialization: 'advanced',
    execArgv: isPeer ? ['--import', 'tsx'] : [...process.execArgv, ...START_FLAGS],
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await messageOf(child, name);
  return {
    ask: async (request) => {
      child.send(request);
      const said = (await messageOf(child, name)) as { answer: unknown } | { failure: string };
      if ('failure' in said) throw new Error(`${name}: ${said.failure}`);
      return said.answer;
    },
    stop: () => {
      if (child.connected) child.disconnect();
    },
  };
}

async function messageOf(child: ChildProcess, name: string): Promise<unknown> {
  const gone = new AbortController();
  const end = (): void => {
    gone.abort();
  };
  child.once('exit', end);
  try {
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(ANSWER_MAX_MS)]);
    const [message] = (await once(child, 'message', { signal })) as [unknown];
    return message;
  } catch (cause) {
    child.kill('SIGKILL');
    throw new Error(`${name} did not answer.`, { cause });
  } finally {
    child.off('exit', end);
  }
}
