import { messageOf, type OnProgress } from '../../kernel/index.js';
import type Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EXPORT_VERSION, formatCommand, type ExportFooter, type ExportHeader } from './export-format.js';
import { OperationError } from './operation.js';
import { identityIn, openLogFile, type LogFile } from './read-only-log.js';
import { contentOf, scanCommands, type ScanStart } from './stored-commands.js';

/** Lines are handed on in pieces of about this many characters. */
const PIECE_LENGTH = 65_536;

/** What to export, and where to. */
export interface ExportOptions {
  /** The log, which may be in use. */
  readonly logFile: string;
  /** Where the lines go. */
  readonly to: Writable;
  /** Whether `to` ends with the export; standard output must not. */
  readonly end: boolean;
  /** Only what came after this position; 0 for everything. */
  readonly after: number;
  /** Told in positions. */
  readonly onProgress?: OnProgress | undefined;
}

/** What was exported. */
export type Exported = ExportHeader & ExportFooter;

/**
 * Writes a log as lines of JSON, without loss, from one snapshot and in constant memory. Equal logs give equal bytes.
 * Throws an OperationError where there is no log or where it is damaged.
 */
export async function exportLog({ logFile, to, end, after, onProgress }: ExportOptions): Promise<Exported> {
  const log = openLogFile(logFile);
  try {
    log.database.exec('BEGIN');
    const header = headerOf(log.database, after);
    const start = startAfter(log.database, after, header.head);
    const footer = await writeLines(exportLines(log, header, start, onProgress), to, end);
    return { ...header, ...footer };
  } finally {
    log.database.close();
  }
}

type Lines = Generator<string, ExportFooter | undefined>;

async function writeLines(lines: Lines, to: Writable, end: boolean): Promise<ExportFooter> {
  let footer: ExportFooter | undefined;
  async function* pieces(): AsyncGenerator<string> {
    footer = yield* inPieces(lines);
  }
  try {
    await pipeline(Readable.from(pieces(), { objectMode: true, highWaterMark: 1 }), to, { end });
  } finally {
    // A reader that went away leaves a statement open.
    lines.return(undefined);
  }
  if (footer === undefined) throw new Error('The export ended without its footer.');
  return footer;
}

function headerOf(database: Database.Database, after: number): ExportHeader {
  const { id, epoch, createdAt } = identityIn(database);
  const head = database.prepare<[], number>('SELECT ifnull(max(position), 0) FROM events').pluck().get() ?? 0;
  return { tidemark: 'log-export', formatVersion: EXPORT_VERSION, logId: id, epoch, createdAt, after, head };
}

/** Commands without events that were decided at `after` belong to the tail: nobody can tell whether they were seen. */
function startAfter(database: Database.Database, after: number, head: number): ScanStart {
  if (after === 0) return { seq: 0, position: 0 };
  if (after > head)
    throw new OperationError(`The log ends at position ${head}, there is nothing after ${after}.`);
  const seq = database
    .prepare<[number], number>('SELECT command FROM events WHERE position = ?')
    .pluck()
    .get(after);
  const position = database
    .prepare<[number], number>('SELECT position FROM commands WHERE seq = ?')
    .pluck()
    .get(seq ?? 0);
  if (seq === undefined || position === undefined)
    throw new OperationError(`The log has no command at position ${after}: check it with verify.`);
  if (position !== after) {
    throw new OperationError(
      `Position ${after} is in the middle of a command, which is never split. Export after ${position}.`,
    );
  }
  return { seq, position };
}

function* exportLines(
  log: LogFile,
  header: ExportHeader,
  start: ScanStart,
  onProgress: OnProgress | undefined,
): Lines {
  const hash = createHash('sha256');
  const line = (text: string): string => {
    hash.update(text).update('\n');
    return `${text}\n`;
  };
  let commands = 0;
  let events = 0;
  yield line(JSON.stringify(header));
  for (const scanned of scanCommands(log.database, start)) {
    const stray = 'stray' in scanned ? scanned.stray : scanned.strays[0];
    if ('stray' in scanned || stray !== undefined)
      throw new OperationError(`The log is damaged at position ${stray?.position}: check it with verify.`);
    yield line(lineOf(scanned, log));
    commands += 1;
    events += scanned.events.length;
    onProgress?.(scanned.command.position, header.head);
  }
  const footer: ExportFooter = { end: true, commands, events, sha256: hash.digest('hex') };
  yield `${JSON.stringify(footer)}\n`;
  return footer;
}

function lineOf(stored: Parameters<typeof contentOf>[0], log: LogFile): string {
  const { seq, checksum } = stored.command;
  try {
    return formatCommand({ seq, checksum, ...contentOf(stored, log) });
  } catch (error) {
    throw new OperationError(`The log is damaged at command ${seq}: ${messageOf(error)}`, { cause: error });
  }
}

/** Joins lines, so that a stream is not entered once for each of them; returns what the lines return. */
function* inPieces<T>(lines: Generator<string, T>): Generator<string, T> {
  let piece = '';
  for (let next = lines.next(); ; next = lines.next()) {
    if (next.done === true) {
      yield piece;
      return next.value;
    }
    piece += next.value;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
}
