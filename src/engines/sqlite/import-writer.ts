import type Database from 'better-sqlite3';
import { isUuid } from '../../kernel/index.js';
import { checksumOf } from './checksum.js';
import { openDatabase } from './connection.js';
import { epochAfter } from './epoch.js';
import { FormatError, formatCommand, type ExportHeader, type ExportedCommand } from './export-format.js';
import { internedIn } from './interning.js';
import { createInserter } from './log-insert.js';
import { openSqliteLog } from './log.js';
import { OperationError } from './operation.js';
import { identityIn, type LogFile } from './read-only-log.js';
import { contentOf, scanCommands, type CommandRow, type Scanned } from './stored-commands.js';

/** How many commands are committed together. */
export const IMPORT_BATCH = 1_000;

/** Where an import stands: what is committed. */
export interface ImportState {
  readonly imported: number;
  /** Commands of the file that the log had already. */
  readonly present: number;
  readonly head: number;
}

/** Puts exported commands into a log, in order, batch by batch. */
export interface ImportWriter {
  readonly epoch: number;
  /** Compares the command with the one that is there, or inserts it. Throws a FormatError where it does not fit. */
  take(command: ExportedCommand, line: string): void;
  /** Where the log will stand when all that was taken is committed. */
  head(): number;
  commit(): void;
  /** What is committed. */
  state(): ImportState;
  /** Rolls back what was not committed, and closes the log. */
  close(): void;
}

/** A writer into the log, which is made where it is missing and takes over the exported identity where it is empty. */
export function openImportWriter(file: string, header: ExportHeader, newEpoch: boolean): ImportWriter {
  openSqliteLog({ file }).close();
  const database = openDatabase(file, 'full');
  try {
    return createWriter(database, header, newEpoch);
  } catch (error) {
    database.close();
    throw error;
  }
}

function createWriter(database: Database.Database, header: ExportHeader, newEpoch: boolean): ImportWriter {
  const log: LogFile = {
    database,
    names: internedIn(database, 'names', 'name'),
    tags: internedIn(database, 'tags', 'tag'),
  };
  const last = lastCommand(database);
  const epoch = adopt(database, header, newEpoch, last === undefined);
  const inserter = createInserter(database, log.names, log.tags);
  let present: Generator<Scanned, void> | undefined;
  let seq = last?.seq ?? 0;
  let head = last?.position ?? 0;
  let expected: number | undefined;
  let state: ImportState = { imported: 0, present: 0, head };
  let pending = { imported: 0, present: 0 };

  function compare(command: ExportedCommand, line: string): void {
    present ??= scanCommands(database, startBefore(database, command.seq));
    const next = present.next();
    const stored = next.done === true || 'stray' in next.value ? undefined : next.value;
    const there =
      stored &&
      formatCommand({
        seq: stored.command.seq,
        checksum: stored.command.checksum,
        ...contentOf(stored, log),
      });
    if (there !== line) throw new FormatError(`command ${command.seq} is not the one that the log has`);
    pending.present += 1;
  }

  function add(command: ExportedCommand): void {
    closeScan();
    checkCommand(command, head);
    if (!database.inTransaction) {
      database.exec('BEGIN IMMEDIATE');
      inserter.begin();
    }
    head = inserter.insert(command);
    if (head !== command.position)
      throw new FormatError(`the log gave position ${head} to what has position ${command.position}`);
    seq = command.seq;
    pending.imported += 1;
    if (pending.imported >= IMPORT_BATCH) commit();
  }

  function closeScan(): void {
    present?.return();
    present = undefined;
  }

  function commit(): void {
    if (database.inTransaction) database.exec('COMMIT');
    state = { imported: state.imported + pending.imported, present: state.present + pending.present, head };
    pending = { imported: 0, present: 0 };
  }

  return {
    epoch,
    take: (command, line) => {
      if (command.seq !== (expected ?? command.seq)) {
        throw new FormatError(`expected command ${expected}, got ${command.seq}`);
      }
      expected = command.seq + 1;
      if (command.seq > seq + 1) {
        throw new FormatError(
          `the file starts with command ${command.seq}, but the log ends with command ${seq} at position ${head}: import what lies between first`,
        );
      }
      if (command.seq <= seq) compare(command, line);
      else add(command);
    },
    head: () => head,
    commit,
    state: () => state,
    close: () => {
      closeScan();
      if (database.inTransaction) database.exec('ROLLBACK');
      database.close();
    },
  };
}

function lastCommand(database: Database.Database): Pick<CommandRow, 'seq' | 'position'> | undefined {
  return database
    .prepare<[], Pick<CommandRow, 'seq' | 'position'>>(
      'SELECT seq, position FROM commands ORDER BY seq DESC LIMIT 1',
    )
    .get();
}

function startBefore(database: Database.Database, seq: number): { seq: number; position: number } {
  const position = database
    .prepare<[number], number>('SELECT position FROM commands WHERE seq = ?')
    .pluck()
    .get(seq - 1);
  return { seq: seq - 1, position: position ?? 0 };
}

/** Makes the log the exported one where it is empty, checks that it is where it is not; returns its epoch from now on. */
function adopt(database: Database.Database, header: ExportHeader, newEpoch: boolean, empty: boolean): number {
  const { id, epoch } = identityIn(database);
  if (empty) {
    const taken = newEpoch ? epochAfter(header.epoch) : header.epoch;
    database
      .prepare('UPDATE log_identity SET id = ?, epoch = ?, created_at = ?')
      .run(header.logId, taken, header.createdAt);
    return taken;
  }
  if (id !== header.logId) {
    throw new OperationError(
      `The log is not empty, and it is not the exported one: its id is ${id}, the export's ${header.logId}. Import into an empty DATA_DIR.`,
    );
  }
  if (epoch > header.epoch && !newEpoch) {
    throw new OperationError(
      `The log has epoch ${epoch}, the export is of epoch ${header.epoch}. Import with --new-epoch to keep the log's.`,
    );
  }
  if (epoch < header.epoch && header.after > 0) {
    throw new OperationError(
      `The exported log was restored since (epoch ${header.epoch}, here ${epoch}), so its past may differ: import a whole export.`,
    );
  }
  // A whole export is compared from its first command on, so by its end the log is the exported one.
  const wanted = newEpoch ? epochAfter(header.epoch) : header.epoch;
  // An import that goes on keeps the epoch that its first part was given.
  if (epoch > header.epoch || wanted === epoch) return epoch;
  database.prepare('UPDATE log_identity SET epoch = ?').run(wanted);
  return wanted;
}

function checkCommand(command: ExportedCommand, head: number): void {
  if (!isUuid(command.id) || command.id !== command.id.toLowerCase())
    throw new FormatError('id must be a UUID in lower case');
  if (!/^[0-9a-f]{32}$/.test(command.fingerprint)) throw new FormatError('fingerprint must be 32 hex digits');
  const expected = head + command.events.length;
  if (command.position !== expected)
    throw new FormatError(`the position is ${command.position}, expected ${expected} after ${head}`);
  const sum = checksumOf(command);
  if (sum !== command.checksum)
    throw new FormatError(`the checksum is ${command.checksum}, the command's content has ${sum}`);
}
