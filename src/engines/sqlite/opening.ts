import type Database from 'better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataDirError } from './data-dir.js';
import { codeOf, reasonOf } from './trouble.js';

/** Up to this size a log is checked page by page when it is opened; a larger one would hold up the start. */
export const CHECKED_BYTES_MAX = 64 * 1_048_576;
/** Each file of a database begins with a header of this size; a shorter one was cut. */
const HEADER_BYTES = 100;

/** Runs `work`, which opens a file; what goes wrong becomes a DataDirError that says which file, why, and what to do. */
export function opening<T>(what: string, file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DataDirError || codeOf(error) === '') throw error;
    throw new DataDirError(`${what} ${file} cannot be used. ${reasonOf(error, 'starting')}`, {
      cause: error,
    });
  }
}

/** Refuses a log that is empty where it once had content, before anything is written to it. */
export function refuseEmptied(file: string, hasHistory: boolean): void {
  if (!hasHistory || (existsSync(file) && statSync(file).size >= HEADER_BYTES)) return;
  // Views are built from a log: where they are, it was there, and an empty one in its place would be taken for it.
  throw new DataDirError(
    `The log ${file} is missing or cut short, though its views are there. Nothing was changed. ` +
      'Restore a backup with `tidemark restore`, or move the views away to start an empty log.',
  );
}

/** Refuses a log whose pages do not fit together. */
export function refuseDamaged(file: string, database: Database.Database): void {
  if (statSync(file).size > CHECKED_BYTES_MAX) return;
  const found = database.pragma('quick_check(1)', { simple: true });
  if (found === 'ok') return;
  throw new DataDirError(
    `The log ${file} is damaged. Nothing was changed. ` +
      'See how far with `tidemark verify`, and restore a backup with `tidemark restore`.',
    { cause: found },
  );
}

/**
 * Whether the log's tables are older than this version. Refuses a log whose tables this version does not know, and an
 * installation without its migrations.
 */
export function needsMigration(file: string, database: Database.Database, folder: string): boolean {
  if (!existsSync(join(folder, 'meta', '_journal.json'))) {
    throw new DataDirError(
      `The migrations in ${folder} are missing, so this installation is not whole. Install it again.`,
    );
  }
  const known = new Set(readMigrationFiles({ migrationsFolder: folder }).map(({ hash }) => hash));
  const table = database
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '__drizzle_migrations'")
    .get();
  if (table === undefined) return true;
  const applied = database.prepare<[], string>('SELECT hash FROM __drizzle_migrations').pluck().all();
  if (applied.every((hash) => known.has(hash))) return applied.length < known.size;
  throw new DataDirError(
    `The log ${file} was written by another version of Tidemark, which has tables that this one does not know. ` +
      'Nothing was changed. Start the version that wrote it, or a newer one.',
  );
}
