import Database from 'better-sqlite3';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  messageOf,
  type AdoptOptions,
  type Adoption,
  type Projection,
  type ViewCopy,
} from '../../kernel/index.js';
import { copyPages } from './backup.js';
import { openReader, removeDatabase } from './connection.js';
import { syncPath } from './durable-files.js';
import { generationsIn, infoOf, readHeader, viewFile, type Header } from './view-files.js';

/** Inside the folder of the views; whoever joins takes them from here. */
const COPIES = 'copies';

function copyOf(folder: string, { name }: Pick<Projection, 'name'>): string {
  return join(folder, `${name}.sqlite`);
}

/**
 * Copies a generation as it is at this moment, while everything goes on, and puts the copy in the place of the one before.
 * Throws where that cannot be done; the copy before is then still there.
 */
export async function copyView(
  folder: string,
  projection: Projection,
  generation: number,
): Promise<ViewCopy> {
  const copies = join(folder, COPIES);
  const file = copyOf(copies, projection);
  const partial = `${file}.partial`;
  mkdirSync(copies, { recursive: true });
  // One that a crash has left.
  removeDatabase(partial);
  const source = openReader(viewFile(folder, projection, generation));
  try {
    await copyPages(source, partial, undefined);
    const { version, checkpoint } = headerOfWhole(partial);
    syncPath(partial);
    renameSync(partial, file);
    syncPath(copies);
    return { generation, version, checkpoint, bytes: statSync(file).size };
  } finally {
    source.close();
    removeDatabase(partial);
  }
}

/** Makes the copy a single file that stays as it is when it is read. */
function headerOfWhole(file: string): Header {
  const copy = new Database(file);
  try {
    copy.pragma('journal_mode = DELETE');
    const header = readHeader(copy);
    if (header === undefined) throw new Error(`The view file ${file} has no header.`);
    return header;
  } finally {
    copy.close();
  }
}

/** Takes the copy of a projection's views in `from` as its first generation, where there is none yet and the copy fits. */
export async function adoptCopy(
  from: string,
  folder: string,
  options: AdoptOptions,
): Promise<Adoption | undefined> {
  const { projection } = options;
  if (generationsIn(folder, projection).length > 0) return undefined;
  const source = copyOf(from, projection);
  if (!existsSync(source)) return { taken: false, reason: `there is no ${source}` };
  const file = viewFile(folder, projection, 1);
  const partial = `${file}.partial`;
  try {
    mkdirSync(folder, { recursive: true });
    await copyFile(source, partial);
    const fit = await prepare(partial, options);
    if (typeof fit === 'string') return { taken: false, reason: fit };
    syncPath(partial);
    renameSync(partial, file);
    syncPath(folder);
    return { taken: true, checkpoint: fit };
  } catch (error) {
    return { taken: false, reason: messageOf(error) };
  } finally {
    removeDatabase(partial);
  }
}

/** Makes a copy this node's own: its checkpoint, or why it does not fit. */
async function prepare(file: string, { projection, log, head, has }: AdoptOptions): Promise<number | string> {
  const copy = new Database(file);
  try {
    if (copy.pragma('quick_check(1)', { simple: true }) !== 'ok') return 'the file is damaged';
    const { fit, built, misfit, checkpoint } = infoOf(copy, 1, projection, log, head);
    if (fit !== 'current' || !built) return misfit ?? 'the file was never finished';
    const commandId = readHeader(copy)?.lastCommand ?? '';
    if (checkpoint > 0 && !(await has({ position: checkpoint, commandId })))
      return 'the log has another event where the file ends';
    copy.transaction(() => {
      copy.exec('UPDATE tidemark_view SET generation = 1, serving = 1');
      // Who has seen this checkpoint has seen it elsewhere.
      if (checkpoint > 0) copy.pragma('user_version = 1');
    })();
    return checkpoint;
  } finally {
    copy.close();
  }
}
