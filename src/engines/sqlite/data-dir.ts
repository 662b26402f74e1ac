import Database from 'better-sqlite3';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LogIdentity } from '../../kernel/index.js';
import { readHeader, type Header } from './view-files.js';

const WRITE_TEST = 'write-test';

/** A data directory that is this process's alone until it is released, or until the process ends, however it ends. */
export interface DataDir {
  readonly logFile: string;
  readonly viewsFolder: string;
  readonly snapshotsFile: string;
  /** Whether there are views, which are only ever built from a log. */
  hasViews(): boolean;
  /**
   * For a log that is elsewhere. Throws a DataDirError where the folder has a log of its own, or views of another log than
   * this one: nothing of them is touched.
   */
  refuseOthers(log: LogIdentity): void;
  /** The events that the views are of this log up to: one that has others in these places has lost an end. */
  seen(log: LogIdentity): readonly { readonly position: number; readonly commandId: string }[];
  /** Lets another process have the folder. */
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
    refuseOthers: (log) => {
      refuseOwnLog(files.logFile);
      refuseForeignViews(files.viewsFolder, log);
    },
    seen: (log) =>
      headersIn(files.viewsFolder).flatMap(({ logId, epoch, checkpoint: position, lastCommand }) =>
        logId === log.id && epoch === log.epoch && lastCommand != null
          ? { position, commandId: lastCommand }
          : [],
      ),
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

function refuseOwnLog(file: string): void {
  if (!existsSync(file)) return;
  throw new DataDirError(
    `There is an embedded log, ${file}, but EVENT_LOG_URL names another one. Nothing was changed. ` +
      'Set DATA_DIR to another folder for this node, or take EVENT_LOG_URL out to go on with the embedded log.',
  );
}

function refuseForeignViews(folder: string, { id }: LogIdentity): void {
  for (const { logId } of headersIn(folder)) {
    if (logId === id) continue;
    throw new DataDirError(
      `The views in ${folder} are of the log ${logId}, but EVENT_LOG_URL leads to the log ${id}. Nothing was changed. ` +
        'Correct EVENT_LOG_URL or DATA_DIR, or move the views away to have them built from this log.',
    );
  }
}

/** What the view files in a folder say of themselves; nothing of those that do not. */
function headersIn(folder: string): readonly Header[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.sqlite'));
  return files.flatMap((file) => headerOf(join(folder, file)) ?? []);
}

function headerOf(file: string): Header | undefined {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true });
    return readHeader(database);
  } catch {
    // Whoever opens it says what is wrong with it.
    return undefined;
  } finally {
    database?.close();
  }
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
