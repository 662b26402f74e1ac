import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freePort,
  give,
  postgresFolder,
  queryPostgres as query,
  runPostgres,
  type PostgresFolder,
  type PostgresProcess,
} from '../../scripts/embedded-postgres.js';
import { until } from './until.js';

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

/** Starts a server from the binaries that npm brought. */
export async function startPostgres(): Promise<PostgresServer> {
  const server = await serverIn(postgresFolder(ownFolder(), { sync: false }));
  await server.start();
  return server;
}

async function serverIn(files: PostgresFolder): Promise<PostgresServer> {
  const port = await freePort();
  const { folder, data } = files;
  let server: PostgresProcess | undefined;
  let databases = 0;
  const urlOf = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;

  async function start(): Promise<void> {
    server = await runPostgres(files, port, { settings: ['max_connections=200'] });
  }

  async function halt(how: 'crash' | 'orderly'): Promise<void> {
    const running = server;
    server = undefined;
    await running?.halt(how);
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
      return startStandby(await serverIn(postgresFolder(copy, { sync: false })), urlOf('postgres'));
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

function ownFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tidemark-postgres-'));
}
