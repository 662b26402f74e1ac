import type { OnProgress } from '../../kernel/index.js';
import Database from 'better-sqlite3';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { digestFile, syncPath } from './durable-files.js';
import { backupFiles, readManifest, type Manifest } from './manifest.js';
import { OperationError } from './operation.js';
import { identityIn, openLogFile } from './read-only-log.js';

const PAGES_PER_STEP = 1_024;

/** What to back up, and where to. */
export interface BackupOptions {
  /** The log, which may be in use. */
  readonly logFile: string;
  /** The folder that the backup becomes. */
  readonly folder: string;
  /** Of the program, for the manifest. */
  readonly version: string;
  /** Told in pages of the file. */
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Copies a consistent snapshot of a log into a folder, also while a service writes to it: everything that was
 * acknowledged before the call is in it. Throws an OperationError where the folder has a backup or a log already;
 * leaves nothing behind where it fails.
 */
export async function backupLog({ logFile, folder, version, onProgress }: BackupOptions): Promise<Manifest> {
  const target = resolve(folder);
  const files = backupFiles(target);
  refuseTaken(target);
  const source = openLogFile(logFile);
  const partial = `${files.log}.${process.pid}.partial`;
  const partialManifest = `${files.manifest}.${process.pid}.partial`;
  try {
    mkdirSync(target, { recursive: true });
    await copyPages(source.database, partial, onProgress);
    const manifest = await describe(partial, version);
    writeFileSync(partialManifest, `${JSON.stringify(manifest, null, 2)}\n`);
    syncPath(partialManifest);
    refuseTaken(target);
    renameSync(partial, files.log);
    syncPath(target);
    renameSync(partialManifest, files.manifest);
    syncPath(target);
    syncPath(dirname(target));
    return manifest;
  } finally {
    source.database.close();
    for (const file of [partial, `${partial}-wal`, `${partial}-shm`, partialManifest])
      rmSync(file, { force: true });
  }
}

function refuseTaken(folder: string): void {
  const { log, manifest } = backupFiles(folder);
  if (existsSync(manifest)) {
    throw new OperationError(`${folder} has a backup already. Name a folder that does not exist.`);
  }
  if (existsSync(log))
    throw new OperationError(`${folder} has a log already. Name a folder that does not exist.`);
}

/** Copies what a database holds at this moment. */
export async function copyPages(
  source: Database.Database,
  file: string,
  onProgress: OnProgress | undefined,
  pagesPerStep: number = PAGES_PER_STEP,
): Promise<void> {
  // The open read transaction keeps the snapshot: without it every commit of another process makes the copy start over.
  source.exec('BEGIN');
  try {
    // Any read begins it.
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await source.backup(file, {
      progress: ({ totalPages, remainingPages }) => {
        onProgress?.(totalPages - remainingPages, totalPages);
        return pagesPerStep;
      },
    });
  } finally {
    source.exec('COMMIT');
  }
}

/** Makes the copy a single file that stays as it is when it is read, and durable. */
async function describe(file: string, version: string): Promise<Manifest> {
  const copy = new Database(file);
  let about: Pick<Manifest, 'logId' | 'epoch' | 'head'>;
  try {
    copy.pragma('journal_mode = DELETE');
    const { id, epoch } = identityIn(copy);
    const head = copy.prepare<[], number>('SELECT ifnull(max(position), 0) FROM events').pluck().get() ?? 0;
    about = { logId: id, epoch, head };
  } finally {
    copy.close();
  }
  syncPath(file);
  return {
    format: 'tidemark-backup',
    formatVersion: 1,
    ...about,
    ...(await digestFile(file)),
    createdAt: new Date().toISOString(),
    tidemarkVersion: version,
  };
}

/** Whether a backup's file is the one that its manifest describes. Throws an OperationError where it is not. */
export async function checkBackup(folder: string, onProgress?: OnProgress): Promise<Manifest> {
  const manifest = readManifest(folder);
  expectDigest(manifest, await digestFile(backupFiles(folder).log, { onProgress }));
  return manifest;
}

/** Throws an OperationError where a file is not the one that the manifest describes. */
export function expectDigest(
  manifest: Manifest,
  found: { readonly bytes: number; readonly sha256: string },
): void {
  for (const key of ['bytes', 'sha256'] as const) {
    if (found[key] !== manifest[key]) {
      throw new OperationError(
        `The backup is damaged: log.sqlite has ${key} ${found[key]}, its manifest says ${manifest[key]}.`,
      );
    }
  }
}
