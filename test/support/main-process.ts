import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import { builtSources } from './built-sources.js';
import { until } from './until.js';

/** The service as its own process, as an operator runs it. */
export interface MainProcess {
  /** What it wrote on both outputs so far. */
  output(): string;
  /** Where it listens, once it says so; rejects with its output where it ends before. */
  url(): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Runs the service with these variables and a free port; it is killed when the test is over. */
export function runMain(environment: Readonly<Record<string, string>>): MainProcess {
  return runNode([builtSources().main], environment);
}

/** The same with what Node is told to run, in this folder if one is named. */
export function runNode(
  what: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd?: string,
): MainProcess {
  const child = spawn(process.execPath, what, {
    ...(cwd !== undefined && { cwd }),
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  return {
    output: () => output,
    url: async () => {
      await until(() =>
        expect(output + String(child.exitCode ?? '')).toMatch(/GraphQL +http\S+\/graphql|cannot|\d$/),
      );
      const url = /GraphQL\s+(http:\S+)\/graphql/.exec(output)?.[1];
      if (url === undefined) throw new Error(`It did not start: ${output}`);
      return url;
    },
    signal: (name) => {
      child.kill(name);
    },
    ended,
  };
}
