import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { Build } from '../../durability/support/build.js';
import { ORDER, PAYLOAD, mutation } from '../../support/order-operations.js';
import { post, type Answer } from '../../support/service.js';
import { tempDir } from '../../support/temp-dir.js';
import { until } from '../../support/until.js';

const SOURCE = fileURLToPath(new URL('./faults.c', import.meta.url));

/** A call that fails, with which error, on paths below the data directory that contain `part`. */
export interface Fault {
  readonly call: 'write' | 'sync' | 'read' | 'open';
  readonly error: 'ENOSPC' | 'EIO' | 'EROFS' | 'EACCES';
  readonly part: string;
}

/** The service in a process of its own, on a disk that fails when it is told to. */
export interface FaultyService {
  readonly dataDir: string;
  url(): Promise<string>;
  /** What it wrote on both outputs so far. */
  output(): string;
  /** From now on these calls fail, and no others. */
  inject(...faults: readonly Fault[]): void;
  signal(name: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Sends createOrder under this command id. */
  create(commandId: string): Promise<Answer>;
  gql(query: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The status and the body of a probe. */
  probe(path: '/livez' | '/readyz'): Promise<{ status: number; text: string }>;
  /** Resolves when it says that it is ready to work. */
  ready(): Promise<void>;
}

/** How a faulty service is started. */
export interface FaultyOptions {
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A module that is loaded before the service. */
  readonly preload?: string;
  /** What fails from the start. */
  readonly faults?: readonly Fault[];
}

/** Compiles what makes calls fail; throws with what to install where that cannot be done. */
export function buildFaults(folder: string): string {
  const library = join(folder, 'faults.so');
  const compiler = process.env['CC'] ?? 'cc';
  const args = ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, SOURCE, '-ldl'];
  const { error, status, stderr } = spawnSync(compiler, args, { encoding: 'utf8' });
  if (error !== undefined || status !== 0) {
    throw new Error(
      `The fault tests need Linux and a C compiler, and ${compiler} does not do (${error?.message ?? stderr}). ` +
        'Install one (apt-get install build-essential), or name it in CC.',
    );
  }
  return library;
}

/** Starts the built service on a disk that fails on request; it is killed when the test is over. */
export function startFaulty(
  { main }: Build,
  library: string,
  { dataDir = join(tempDir(), 'data'), env = {}, preload, faults = [] }: FaultyOptions = {},
): FaultyService {
  mkdirSync(dataDir, { recursive: true });
  const control = join(tempDir(), 'faults');
  const inject = (...wanted: readonly Fault[]): void => {
    writeFileSync(control, wanted.map(({ call, error, part }) => `${call} ${error} ${part}\n`).join(''));
  };
  inject(...faults);
  const child = spawn(process.execPath, [...(preload === undefined ? [] : ['--import', preload]), main], {
    // Away from the repository, whose .env file is not for tests.
    cwd: tmpdir(),
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      LOG_LEVEL: 'error',
      DATA_DIR: dataDir,
      LD_PRELOAD: library,
      FAULT_FOLDER: dataDir,
      FAULT_CONTROL: control,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  const url = async (): Promise<string> => {
    await until(() =>
      expect(output + String(child.exitCode ?? '')).toMatch(/GraphQL +http\S+\/graphql|cannot|\d$/),
    );
    const found = /GraphQL\s+(http:\S+)\/graphql/.exec(output)?.[1];
    if (found === undefined) throw new Error(`It did not start: ${output}`);
    return found;
  };
  const probe: FaultyService['probe'] = async (path) => {
    const response = await fetch(`${await url()}${path}`);
    return { status: response.status, text: await response.text() };
  };
  return {
    dataDir,
    url,
    output: () => output,
    inject,
    signal: (name) => child.kill(name),
    ended,
    create: async (commandId) => {
      const input = { ...ORDER, options: { commandId } };
      return post(
        await url(),
        JSON.stringify({ query: mutation('createOrder', PAYLOAD), variables: { input } }),
      );
    },
    gql: async (query, headers) => post(await url(), JSON.stringify({ query }), headers),
    probe,
    ready: () => until(async () => expect(await probe('/readyz')).toMatchObject({ status: 200 })),
  };
}
