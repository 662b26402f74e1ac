import type Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import {
  messageOf,
  standingOf,
  type EventLog,
  type LogIdentity,
  type Operation,
  type Standing,
} from '../../kernel/index.js';
import { openReader } from './connection.js';
import { internedIn, type Interned } from './interning.js';
import { createReader } from './log-reader.js';
import { OperationError } from './operation.js';

/** A log that can be read while its service runs, and changes nothing. */
export interface ReadOnlyLog extends Pick<EventLog, 'identity' | 'read' | 'head'> {
  /** What operators have left behind in it: which projections are paused, and what each passes over. */
  standing(): Promise<Standing>;
  /** Closes the file. */
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
    standing: () => standingIn(database),
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

async function standingIn(database: Database.Database): Promise<Standing> {
  // A log that no service of this version has opened yet has no such table.
  if (!tablesOf(database).includes('operations')) return standingOf({ read: async () => [] });
  const select = database.prepare<[number, number], Operation>(
    `SELECT seq, name, projection, actor, correlation_id AS correlationId, at, position, reason
     FROM operations WHERE seq > ? ORDER BY seq LIMIT ?`,
  );
  return standingOf({ read: async ({ after = 0, limit }) => select.all(after, limit) });
}

function missingTables(database: Database.Database): readonly string[] {
  const found = tablesOf(database);
  return TABLES.filter((table) => !found.includes(table));
}

function tablesOf(database: Database.Database): readonly string[] {
  return database.prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all();
}
