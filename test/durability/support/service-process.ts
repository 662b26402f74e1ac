import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { onTestFinished } from 'vitest';
import type { Build } from './build.js';

/** How a service is started. */
export interface StartOptions {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A module that is loaded before the service. */
  readonly preload?: string | undefined;
  /** Another module to run than the service's own. */
  readonly main?: string | undefined;
}

/** The service in a process of its own, which ends with the test at the latest. */
export interface ServiceProcess {
  /** Its address, once it is ready; undefined where it ended before. */
  readonly ready: Promise<string | undefined>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Asks it to stop; rejects where it does not end well. */
  stop(): Promise<void>;
  /** What it wrote about errors. */
  complaints(): string;
}

/** Starts the built service on a free port. */
export function startServiceProcess(build: Build, options: StartOptions): ServiceProcess {
  const { dataDir, env, preload, main = build.main } = options;
  const child = spawn(process.execPath, [...(preload ? ['--import', preload] : []), main], {
    // Away from the repository, whose .env file is not for tests.
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'error', DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let output = '';
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const ready = new Promise<string | undefined>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const text = chunk.toString();
      output += text;
      if (text.includes('"level":50')) complaints += text;
      const url = /GraphQL\s+(http\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    void ended.then(() => {
      resolve(undefined);
    });
  });
  return {
    ready,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = await ended;
      if (code !== 0) throw new Error(`The service ended with ${code}. ${complaints}`);
    },
    complaints: () => complaints,
  };
}
