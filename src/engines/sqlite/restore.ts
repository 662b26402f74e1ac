import Database from 'better-sqlite3';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { LogIdentity, OnProgress } from '../../kernel/index.js';
import { expectDigest } from './backup.js';
import { removeDatabase } from './connection.js';
import { takeDataDir, type DataDir } from './data-dir.js';
import { digestFile, keepAs, syncPath } from './durable-files.js';
import { epochAfter } from './epoch.js';
import { backupFiles, readManifest, type Manifest } from './manifest.js';
import { OperationError } from './operation.js';
import { identityIn } from './read-only-log.js';
import { verifyLog } from './verify-log.js';

/** How long a restore waits for those who only read the old log, in ms. */
const BUSY_TIMEOUT_MS = 2_000;

/** Which backup to restore, and into which data directory. */
export interface RestoreOptions {
  /** The folder of the backup. */
  readonly folder: string;
  /** The data directory that the log is put into. */
  readonly dataDir: string;
  /** Moves a log that is there aside, instead of refusing. */
  readonly force: boolean;
  /** Told in bytes of the file. */
  readonly onProgress?: OnProgress | undefined;
}

/** What a restore did. */
export interface Restored {
  readonly manifest: Manifest;
  /** The epoch that the log has from now on. */
  readonly epoch: number;
  /** Where the log that was there before is kept; undefined where there was none. */
  readonly aside: string | undefined;
}

/**
 * Puts a backup in the place of a data directory's log, with a raised epoch, and removes the views so that they are
 * built anew. All or nothing: a restore that fails, or is cut short, leaves the log that was there. Throws a
 * DataDirError while a service runs, and an OperationError for a damaged backup.
 */
export async function restoreLog({ folder, dataDir, force, onProgress }: RestoreOptions): Promise<Restored> {
  const backup = resolve(folder);
  const manifest = readManifest(backup);
  const taken = takeDataDir(dataDir);
  const partial = `${taken.logFile}.${process.pid}.partial`;
  try {
    if (existsSync(taken.logFile) && !force) {
      throw new OperationError(
        `${dirname(taken.logFile)} has a log already. Restore into another DATA_DIR, or with --force, which keeps that log under another name.`,
      );
    }
    expectDigest(manifest, await digestFile(backupFiles(backup).log, { to: partial, onProgress }));
    refuseFindings(partial);
    return { manifest, ...putInPlace(taken, partial) };
  } finally {
    for (const file of [partial, `${partial}-journal`]) rmSync(file, { force: true });
    taken.release();
  }
}

function refuseFindings(file: string): void {
  const { total, findings } = verifyLog(file);
  const [first] = findings;
  if (first === undefined) return;
  throw new OperationError(
    `The backup is damaged: ${total} findings, the first is ${first.where}: ${first.message}. Nothing was restored.`,
  );
}

function putInPlace(dataDir: DataDir, partial: string): Omit<Restored, 'manifest'> {
  const { logFile, viewsFolder, snapshotsFile } = dataDir;
  const old = existsSync(logFile) ? setAside(logFile) : undefined;
  const epoch = raiseEpoch(partial, old?.identity);
  rmSync(viewsFolder, { recursive: true, force: true });
  removeDatabase(snapshotsFile);
  // What is left of a damaged log's journal would be applied to the restored one.
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(logFile + suffix, { force: true });
  // One rename: at every moment there is either the log of before or the restored one.
  renameSync(partial, logFile);
  syncPath(dirname(logFile));
  return { epoch, aside: old?.name };
}

interface OldLog {
  readonly name: string;
  /** Undefined where it is too damaged to say. */
  readonly identity: LogIdentity | undefined;
}

/** Gives the old log a second name, under which it stays; the first is still there. */
function setAside(file: string): OldLog {
  const name = `${file}.replaced-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  const journal = { from: `${file}-wal`, to: `${name}-wal` };
  // Before the file is opened: SQLite drops a journal that it cannot make sense of.
  if (existsSync(journal.from)) keepAs(journal.from, journal.to);
  try {
    const identity = settle(file);
    if (identity !== undefined) rmSync(journal.to, { force: true });
    keepAs(file, name);
    syncPath(dirname(file));
    return { name, identity };
  } catch (error) {
    rmSync(journal.to, { force: true });
    throw error;
  }
}

/** Brings the log and its journal into one file; its identity, or undefined where it is too damaged to be opened. */
function settle(file: string): LogIdentity | undefined {
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.pragma('journal_mode = DELETE');
    return identityIn(database);
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')) {
      throw new OperationError(`${file} is being read by another process. Try again when that has ended.`, {
        cause: error,
      });
    }
    return undefined;
  } finally {
    database.close();
  }
}

/** Past the epoch of the log that was there, too: its tokens of positions that the backup has not seen must be refused. */
function raiseEpoch(file: string, before: LogIdentity | undefined): number {
  const database = new Database(file);
  try {
    database.pragma('synchronous = FULL');
    const { id, epoch } = identityIn(database);
    const raised = epochAfter(epoch, before?.id === id ? before.epoch : 0);
    database.prepare('UPDATE log_identity SET epoch = ?').run(raised);
    return raised;
  } finally {
    database.close();
    syncPath(file);
  }
}
