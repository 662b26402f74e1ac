import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const FLAGS = ['--enable-source-maps', '--max-semi-space-size=32'];
/** How long after its end a node is started again, in ms; twice as long each time that it does not get as far as to listen. */
const AGAIN_MS = 500;
const AGAIN_MAX_MS = 10_000;
/** How long a node may take to end before it is killed, in ms: longer than it takes by itself. */
const END_TIMEOUT_MS = 12_000;
const LOOK_EVERY_MS = 50;
/** How much of what a node said is repeated where it does not start. */
const OUTPUT_MAX = 4_096;

/** A node of the cluster: a process that is started again whenever it ends, until it is stopped. */
export interface NodeProcess {
  readonly name: string;
  readonly url: string;
  /** Waits until it listens; rejects with what it said where it ends before that. */
  listening(): Promise<void>;
  /** Ends it in an orderly way, for good. */
  stop(): Promise<void>;
}

/** What a node is started with. */
export interface NodeOptions {
  readonly name: string;
  readonly url: string;
  /** The built service. */
  readonly main: string;
  /** The file that gets what it says, anew. */
  readonly output: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Told of what becomes of it. */
  readonly tell: (what: string) => void;
}

/** Runs the built service as a process of its own. Throws where it has not been built. */
export function runNode({ name, url, main, output, environment, tell }: NodeOptions): NodeProcess {
  if (!existsSync(main)) throw new Error('The service has not been built. Run npm run build.');
  let child: ChildProcess;
  let stopped = false;
  let again: NodeJS.Timeout | undefined;
  let waitMs = AGAIN_MS;

  function start(): void {
    const log = openSync(output, 'a');
    const own = spawn(process.execPath, [...FLAGS, main], {
      env: environment,
      // Ctrl-C is for the cluster, which stops its nodes in order.
      detached: true,
      stdio: ['ignore', log, log],
    });
    child = own;
    closeSync(log);
    own.once('exit', (code, signal) => {
      if (stopped) return;
      tell(`${name} ended (${signal ?? `exit code ${code}`}) and is started again.`);
      again = setTimeout(start, waitMs);
      waitMs = Math.min(AGAIN_MAX_MS, 2 * waitMs);
    });
  }

  rmSync(output, { force: true });
  start();
  return {
    name,
    url,
    listening: async () => {
      const first = child;
      // It says where it listens; the port may be another program's.
      while (!readFileSync(output, 'utf8').includes(`${url}/graphql`)) {
        if (hasEnded(first))
          throw new Error(`${name} did not start. ${readFileSync(output, 'utf8').slice(-OUTPUT_MAX).trim()}`);
        await sleep(LOOK_EVERY_MS);
      }
      waitMs = AGAIN_MS;
    },
    stop: async () => {
      stopped = true;
      clearTimeout(again);
      await end(child);
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
  await ended;
  clearTimeout(late);
}
