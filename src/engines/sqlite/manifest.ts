import { messageOf } from '../../kernel/index.js';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperationError } from './operation.js';

/** What a backup says of itself; it is written last, so that a folder without one holds no backup. */
export interface Manifest {
  readonly format: 'tidemark-backup';
  readonly formatVersion: 1;
  readonly logId: string;
  readonly epoch: number;
  readonly head: number;
  /** Of the log's file. */
  readonly bytes: number;
  readonly sha256: string;
  readonly createdAt: string;
  readonly tidemarkVersion: string;
}

/** The files of a backup. */
export function backupFiles(folder: string): { readonly log: string; readonly manifest: string } {
  return { log: join(folder, 'log.sqlite'), manifest: join(folder, 'manifest.json') };
}

/** The manifest of a backup. Throws an OperationError where the folder has none or it cannot be understood. */
export function readManifest(folder: string): Manifest {
  const { log, manifest } = backupFiles(folder);
  if (!existsSync(manifest))
    throw new OperationError(`${folder} has no manifest.json, so it is not a backup.`);
  if (!existsSync(log))
    throw new OperationError(`${folder} has a manifest.json, but its log.sqlite is gone.`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(manifest, 'utf8'));
  } catch (error) {
    throw new OperationError(`${manifest} is not JSON: ${messageOf(error)}.`, { cause: error });
  }
  if (!isManifest(value)) {
    throw new OperationError(`${manifest} is not the manifest of a backup that this version reads.`);
  }
  return value;
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Partial<Record<keyof Manifest, unknown>> = value;
  return (
    fields.format === 'tidemark-backup' &&
    fields.formatVersion === 1 &&
    typeof fields.logId === 'string' &&
    typeof fields.sha256 === 'string' &&
    [fields.epoch, fields.head, fields.bytes].every(Number.isSafeInteger)
  );
}
