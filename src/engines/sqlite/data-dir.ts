import Database from 'better-sqlite3';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const WRITE_TEST = 'write-test';

/** A data directory that is this process's alone until it is released, or until the process ends, however it ends. */
export interface DataDir {
  readonly logFile: string;
  readonly viewsFolder: string;
  readonly snapshotsFile: string;
  /** Whether there are views, which are only ever built from a log. */
  hasViews(): boolean;
  release(): void;
}

/** The directory is in use by another process, or cannot be used; the message says which and what to do. */
export class DataDirError extends Error {
  override readonly name = 'DataDirError';
}

/** Takes a data directory. Throws a DataDirError where another process has it or it cannot be written. */
export function takeDataDir(path: string): DataDir {
  const folder = resolve(path);
  const lock = lockFolder(folder);
  const files = dataFiles(folder);
  return {
    ...files,
    hasViews: () =>
      existsSync(files.viewsFolder) &&
      readdirSync(files.viewsFolder).some((name) => name.endsWith('.sqlite')),
    release: () => {
      lock.close();
    },
  };
}

/** Where a data directory has what it has; for those who only read, also while another process has it. */
export function dataFiles(path: string): Pick<DataDir, 'logFile' | 'viewsFolder' | 'snapshotsFile'> {
  const folder = resolve(path);
  return {
    logFile: join(folder, 'log.sqlite'),
    viewsFolder: join(folder, 'views'),
    snapshotsFile: join(folder, 'snapshots.sqlite'),
  };
}

function lockFolder(folder: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    // SQLite opens what it may not write for reading, and such a lock would exclude nobody.
    writeFileSync(join(folder, WRITE_TEST), '');
    rmSync(join(folder, WRITE_TEST));
    database = new Database(join(folder, 'lock.sqlite'), { timeout: 0 });
    // The lock is the operating system's: it ends with the process, also after SIGKILL.
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database?.close();
    throw new DataDirError(reason(folder, error), { cause: error });
  }
}

function reason(folder: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('SQLITE_BUSY')) {
    return `DATA_DIR ${folder} is in use by another process. Stop that one, or set DATA_DIR to another folder.`;
  }
  const detail = error instanceof Error ? error.message : String(error);
  return `DATA_DIR ${folder} cannot be used (${detail}). It must be a folder that this process may write to.`;
}
