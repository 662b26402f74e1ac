import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from 'pg';
import { newId, type LogIdentity } from '../../kernel/index.js';
import type { Target } from './target.js';
import { LogServerError } from './server-error.js';

const FOLDER = fileURLToPath(new URL('../../../drizzle/postgres-log', import.meta.url));
/** drizzle's own list of what was applied, beside the tables. */
const MIGRATIONS_TABLE = 'migrations';

/** Brings the tables up to date, one node at a time, and says which log they hold. */
export async function prepareTables(client: Client, target: Target): Promise<LogIdentity> {
  await client.query('SELECT pg_advisory_lock(1953063013, 3)');
  const pending = await needsMigration(client, target);
  if (pending) {
    const folders = { migrationsFolder: FOLDER, migrationsSchema: 'tidemark' };
    await migrate(drizzle(client), { ...folders, migrationsTable: MIGRATIONS_TABLE });
  }
  return identify(client);
}

async function needsMigration(client: Client, target: Target): Promise<boolean> {
  if (!existsSync(join(FOLDER, 'meta', '_journal.json'))) {
    throw new LogServerError(
      `The migrations in ${FOLDER} are missing, so this installation is not whole. Install it again.`,
    );
  }
  const known = new Set(readMigrationFiles({ migrationsFolder: FOLDER }).map(({ hash }) => hash));
  const table = await client.query(`SELECT to_regclass('tidemark.${MIGRATIONS_TABLE}') AS found`);
  if ((table.rows[0] as { found: string | null } | undefined)?.found == null) return true;
  const { rows } = await client.query<{ hash: string }>(`SELECT hash FROM tidemark.${MIGRATIONS_TABLE}`);
  if (rows.every(({ hash }) => known.has(hash))) return rows.length < known.size;
  throw new LogServerError(
    `The log in ${target.name} was written by another version of Tidemark, which has tables that this one does not ` +
      'know. Nothing was changed. Start the version that wrote it, or a newer one.',
  );
}

/** Which log the tables hold; they become one where they are empty. */
export async function identify(client: Client): Promise<LogIdentity> {
  await client.query(
    `INSERT INTO tidemark.log_head (one, log_id, epoch, position, created_at) VALUES (1, $1, 1, 0, $2)
     ON CONFLICT DO NOTHING`,
    [newId(), Date.now()],
  );
  const { rows } = await client.query<LogIdentity>('SELECT log_id AS id, epoch FROM tidemark.log_head');
  const [row] = rows;
  if (row === undefined) throw new Error('The log has no identity.');
  return { id: row.id, epoch: row.epoch };
}
