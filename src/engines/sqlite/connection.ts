import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

/** `full`: an acknowledged write survives a power cut. `normal`: it survives a crash of the process only. */
export type Durability = 'full' | 'normal';

/** How long a statement waits for another process's transaction, in ms. */
const BUSY_TIMEOUT_MS = 5_000;

/** A connection in WAL mode; creates the file and its folder where they are missing. */
export function openDatabase(file: string, durability: Durability): Database.Database {
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.pragma('journal_mode = WAL');
    // Not redundant: better-sqlite3 runs WAL with NORMAL, whatever the pragma prints before it is set.
    database.pragma(`synchronous = ${durability.toUpperCase()}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A connection to a file that may be lost: it waits neither for the disk nor for another process. */
export function openDisposable(file: string): Database.Database {
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file, { timeout: 0 });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = OFF');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Removes a database with all its parts; it must be closed. */
export function removeDatabase(file: string): void {
  for (const part of [file, `${file}-wal`, `${file}-shm`]) rmSync(part, { force: true });
}

/** A connection that can only read; the file must exist. */
export function openReader(file: string): Database.Database {
  return new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
}
