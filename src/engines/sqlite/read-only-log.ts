import type Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { messageOf, type EventLog, type LogIdentity } from '../../kernel/index.js';
import { openReader } from './connection.js';
import { internedIn, type Interned } from './interning.js';
import { createReader } from './log-reader.js';
import { OperationError } from './operation.js';

/** A log that can be read while its service runs, and changes nothing. */
export interface ReadOnlyLog extends Pick<EventLog, 'identity' | 'read' | 'head'> {
  close(): void;
}

/** The identity of a log, with when it was made (ms since 1970). */
export interface StoredIdentity extends LogIdentity {
  readonly createdAt: number;
}

/** A log's file, open for reading, with what is needed to make sense of its rows. */
export interface LogFile {
  readonly database: Database.Database;
  readonly names: Interned;
  readonly tags: Interned;
}

const TABLES = ['commands', 'event_tags', 'events', 'log_identity', 'names', 'tags'];

/** Opens a log for reading only. Throws an OperationError where there is none; creates nothing. */
export function openLogReadOnly(file: string): ReadOnlyLog {
  const { database, names, tags } = openLogFile(file);
  const reader = createReader(database, names, tags);
  return {
    identity: identityIn(database),
    read: async (scope, options) => (scope === 'all' ? reader.all(options) : reader.matching(scope, options)),
    head: async () => reader.head(),
    close: () => {
      database.close();
    },
  };
}

/** Opens the file of a log for reading. Throws an OperationError where it is missing or is none. */
export function openLogFile(file: string): LogFile {
  if (!existsSync(file)) throw new OperationError(`There is no log at ${file}.`);
  const database = openReader(file);
  try {
    const missing = missingTables(database);
    if (missing.length > 0) throw new Error(`it has no table ${missing.join(', ')}`);
    return {
      database,
      names: internedIn(database, 'names', 'name'),
      tags: internedIn(database, 'tags', 'tag'),
    };
  } catch (error) {
    database.close();
    throw new OperationError(`${file} cannot be read as a log: ${messageOf(error)}.`, { cause: error });
  }
}

/** The identity that a log's file has. Throws where it has none. */
export function identityIn(database: Database.Database): StoredIdentity {
  const row = database
    .prepare<[], StoredIdentity>('SELECT id, epoch, created_at AS createdAt FROM log_identity')
    .get();
  if (row === undefined) throw new OperationError('The log has no identity: its row is missing.');
  return row;
}

function missingTables(database: Database.Database): readonly string[] {
  const found = database
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
    .pluck()
    .all();
  return TABLES.filter((table) => !found.includes(table));
}
