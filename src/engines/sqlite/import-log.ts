import { createHash } from 'node:crypto';
import { messageOf, type LogIdentity, type OnProgress } from '../../kernel/index.js';
import { takeDataDir, type DataDir } from './data-dir.js';
import {
  parseCommand,
  parseFooter,
  parseHeader,
  type ExportFooter,
  type ExportHeader,
} from './export-format.js';
import { openImportWriter, type ImportState, type ImportWriter } from './import-writer.js';
import { linesOf } from './lines.js';
import { OperationError } from './operation.js';

/** What to import, and into which data directory. */
export interface ImportOptions {
  /** The lines of an export. */
  readonly source: AsyncIterable<Uint8Array>;
  /** A data directory without a log. */
  readonly dataDir: string;
  /** Raises the epoch, so that tokens of the exported log are refused. */
  readonly newEpoch: boolean;
  /** Told in positions. */
  readonly onProgress?: OnProgress | undefined;
}

/** What was imported, and which log it is now. */
export interface Imported extends ImportState, LogIdentity {}

/**
 * Puts an export into an empty log, or goes on in one that has a part of it, which is compared. Each batch is durable
 * on its own: a wrong line is an OperationError with its number, and what was committed before it stays.
 */
export async function importLog({ source, dataDir, newEpoch, onProgress }: ImportOptions): Promise<Imported> {
  let writer: ImportWriter | undefined;
  let taken: DataDir | undefined;
  let number = 0;
  const open = (header: ExportHeader): ImportWriter => {
    taken = takeDataDir(dataDir);
    return openImportWriter(taken.logFile, header, newEpoch);
  };
  try {
    const reading = createReading();
    for await (const { bytes, whole } of linesOf(source)) {
      number += 1;
      if (!whole) throw new Error('the line has no end: the file was cut');
      const line = bytes.toString('utf8');
      const value = parseLine(line, bytes);
      if (reading.header === undefined) {
        reading.header = parseHeader(value);
        writer = open(reading.header);
      } else if (writer !== undefined) takeLine(reading, writer, value, line);
      reading.hash.update(bytes).update('\n');
      if (writer !== undefined) onProgress?.(writer.head(), reading.header.head);
    }
    number += 1;
    if (writer === undefined || reading.header === undefined) throw new Error('the file is empty');
    if (reading.footer === undefined) throw new Error('the file ends without its footer: it was cut');
    return { id: reading.header.logId, epoch: writer.epoch, ...writer.state() };
  } catch (error) {
    if (error instanceof OperationError || isForeign(error)) throw error;
    throw new OperationError(`Line ${number}: ${messageOf(error)}.${stateOf(writer)}`, { cause: error });
  } finally {
    writer?.close();
    taken?.release();
  }
}

interface Reading {
  readonly hash: ReturnType<typeof createHash>;
  header: ExportHeader | undefined;
  footer: ExportFooter | undefined;
  commands: number;
  events: number;
}

function createReading(): Reading {
  return { hash: createHash('sha256'), header: undefined, footer: undefined, commands: 0, events: 0 };
}

function takeLine(reading: Reading, writer: ImportWriter, value: unknown, line: string): void {
  if (reading.footer !== undefined) throw new Error('there is more after the footer');
  const footer = parseFooter(value);
  if (footer === undefined) {
    const command = parseCommand(value);
    writer.take(command, line);
    reading.commands += 1;
    reading.events += command.events.length;
    return;
  }
  checkFooter(reading, footer);
  const head = reading.header?.head ?? 0;
  if (writer.head() < head)
    throw new Error(
      `the export ends at position ${head}, the log at ${writer.head()}: something lies between`,
    );
  writer.commit();
  reading.footer = footer;
}

function checkFooter({ hash, commands, events }: Reading, footer: ExportFooter): void {
  for (const [name, found] of Object.entries({ commands, events, sha256: hash.copy().digest('hex') })) {
    const stated = footer[name as keyof ExportFooter];
    if (found !== stated)
      throw new Error(`the footer states ${name} ${String(stated)}, the file has ${found}`);
  }
}

function parseLine(line: string, bytes: Buffer): unknown {
  // Bytes that are no UTF-8 would become other text without a word.
  if (Buffer.byteLength(line) !== bytes.length) throw new Error('the line is not UTF-8');
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`not JSON (${messageOf(error)})`, { cause: error });
  }
}

function stateOf(writer: ImportWriter | undefined): string {
  if (writer === undefined) return ' Nothing was imported.';
  const { imported, head } = writer.state();
  return ` ${imported} commands were imported and stay; the log ends at position ${head}. Import the whole file again to go on.`;
}

/** What is not about a line: the data directory, the disk, the stream. */
function isForeign(error: unknown): boolean {
  return error instanceof Error && (error.name === 'DataDirError' || 'code' in error);
}
