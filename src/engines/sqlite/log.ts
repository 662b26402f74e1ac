import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { fileURLToPath } from 'node:url';
import type Database from 'better-sqlite3';
import { checkAppend, newId, type EventLog, type LogIdentity } from '../../kernel/index.js';
import { openDatabase, type Durability } from './connection.js';
import { createGroupCommit } from './group-commit.js';
import { internedIn } from './interning.js';
import { createReader } from './log-reader.js';
import { createWriter } from './log-writer.js';

const MIGRATIONS = fileURLToPath(new URL('../../../drizzle/log', import.meta.url));

/** Where the log is kept, and what an acknowledgement promises (`full` when left out). */
export interface SqliteLogOptions {
  readonly file: string;
  readonly durability?: Durability;
}

/** The log in one SQLite file; `close` commits what is waiting and releases the file. */
export interface SqliteLog extends EventLog {
  close(): void;
}

/** Opens the log, creates it where it is missing, and brings its tables up to date. */
export function openSqliteLog({ file, durability = 'full' }: SqliteLogOptions): SqliteLog {
  const database = openDatabase(file, durability);
  migrate(drizzle(database), { migrationsFolder: MIGRATIONS });
  const identity = identify(database);
  const names = internedIn(database, 'names', 'name');
  const tags = internedIn(database, 'tags', 'tag');
  const reader = createReader(database, names, tags);
  const listeners = new Set<(head: number) => void>();
  const group = createGroupCommit({
    database,
    write: createWriter(database, names, tags),
    onCommit: (head) => {
      for (const listener of listeners) listener(head);
    },
    onRollback: () => {
      names.forget();
      tags.forget();
    },
  });
  return {
    identity,
    append: async (append) => group.append(append, checkAppend(append)),
    read: async (scope, options) => (scope === 'all' ? reader.all(options) : reader.matching(scope, options)),
    head: async () => reader.head(),
    onAppend: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      group.close();
      database.close();
    },
  };
}

function identify(database: Database.Database): LogIdentity {
  database
    .prepare(
      'INSERT INTO log_identity (one, id, epoch, created_at) VALUES (1, ?, 1, ?) ON CONFLICT DO NOTHING',
    )
    .run(newId(), Date.now());
  const row = database.prepare<[], LogIdentity>('SELECT id, epoch FROM log_identity').get();
  if (row === undefined) throw new Error('The log has no identity.');
  return row;
}
