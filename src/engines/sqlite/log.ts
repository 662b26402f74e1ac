import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { fileURLToPath } from 'node:url';
import type Database from 'better-sqlite3';
import {
  TidemarkError,
  newId,
  type CommitMeasure,
  type EventLog,
  type LogHealth,
  type LogIdentity,
  type OperationLog,
} from '../../kernel/index.js';
import { openDatabase, type Durability } from './connection.js';
import { createGroupCommit, type GroupCommit } from './group-commit.js';
import { internedIn } from './interning.js';
import { createReader, type LogReader } from './log-reader.js';
import { createWriter } from './log-writer.js';
import { createOperationRows, type OperationRows } from './operations.js';
import { needsMigration, opening, refuseDamaged, refuseEmptied } from './opening.js';
import { createRecentEvents, type RecentEvents } from './recent-events.js';
import { isDamage, reasonOf } from './trouble.js';
import { createWalSync, type WalSync } from './wal-sync.js';
import { createWalUpkeep } from './wal-upkeep.js';

const MIGRATIONS = fileURLToPath(new URL('../../../drizzle/log', import.meta.url));

/** A file whose COMMIT failed is opened again after this long; each further time after twice as long, up to the maximum. */
const REOPEN_MS = 100;
const REOPEN_MAX_MS = 5_000;
/** How long a write vouches for the log being writable, in ms. */
const HEALTH_MS = 5_000;

/** Where the log is kept, and what an acknowledgement promises (`full` when left out). */
export interface SqliteLogOptions {
  /** Where the log is; made where there is none. */
  readonly file: string;
  /** What an acknowledgement outlasts. */
  readonly durability?: Durability;
  /** True where something says that the log was there before: an empty file in its place is refused. */
  readonly hasHistory?: boolean;
  /** Told of each group commit. */
  readonly measure?: (measure: CommitMeasure) => void;
}

/** The log in one SQLite file; `close` commits what is waiting and releases the file. */
export interface SqliteLog extends EventLog {
  /** What operators did, in the same file. */
  readonly operations: OperationLog;
  /** Closes the file, after the kernel has stopped. */
  close(): void;
}

interface Session {
  readonly database: Database.Database;
  readonly reader: LogReader;
  readonly recent: RecentEvents;
  readonly group: GroupCommit;
  readonly operations: OperationRows;
}

/** Opens the log, creates it where it is missing, and brings its tables up to date. */
export function openSqliteLog(options: SqliteLogOptions): SqliteLog {
  const listeners = new Set<(head: number) => void>();
  let retry: NodeJS.Timeout | undefined;
  let checkedAt = performance.now();
  let damage: unknown;
  const first = opening('The log', options.file, () => {
    refuseEmptied(options.file, options.hasHistory ?? false);
    const opened = openSession(options, announce, reopenLater, 'checked');
    try {
      const known = identify(opened.database);
      opened.group.secure(0);
      return { session: opened, identity: known };
    } catch (error) {
      release(opened);
      throw error;
    }
  });
  const { identity } = first;
  let { session } = first;

  function announce(head: number): void {
    checkedAt = performance.now();
    for (const listener of listeners) listener(head);
  }

  /** A connection whose COMMIT failed is not trusted any more: only a fresh one knows what is on the disk. */
  function reopenLater(attempt = 0): void {
    retry = setTimeout(
      () => {
        try {
          reopen();
          retry = undefined;
          announce(session.reader.head());
        } catch {
          reopenLater(attempt + 1);
        }
      },
      Math.min(REOPEN_MAX_MS, REOPEN_MS * 2 ** attempt),
    );
  }

  function reopen(): void {
    let proven = false;
    // Until it has proved itself its failures are this attempt's, which is followed by the next one anyway.
    const onBroken = (): void => {
      if (proven) reopenLater();
    };
    const fresh = openSession(options, announce, onBroken);
    try {
      makeDurable(fresh.database);
      // Writes over what the failed COMMIT may have left behind its end.
      fresh.group.probe();
    } catch (error) {
      release(fresh);
      throw error;
    }
    proven = true;
    release(session);
    session = fresh;
  }

  function health(): LogHealth {
    if (performance.now() - checkedAt > HEALTH_MS || session.group.trouble() !== undefined) probe();
    const trouble = damage ?? session.group.trouble();
    return trouble === undefined && retry === undefined
      ? { writable: true }
      : { writable: false, reason: reasonOf(trouble) };
  }

  function probe(): void {
    try {
      session.group.probe();
      checkedAt = performance.now();
    } catch {
      // What went wrong is the group's trouble now.
    }
  }

  /** Up to where the log may be read: to what is on the disk, also where another process has written. */
  function durableHead({ reader, group }: Session): number {
    const head = reader.head();
    if (head <= group.durable()) return head;
    if (head > group.written()) group.secure(head);
    return group.durable();
  }

  function reading<T>(work: (reader: LogReader, through: number) => T): T {
    try {
      return work(session.reader, durableHead(session));
    } catch (cause) {
      if (cause instanceof TidemarkError) throw cause;
      if (isDamage(cause)) damage = cause;
      throw new TidemarkError('UNAVAILABLE', 'The log could not be read. Try again later.', { cause });
    }
  }

  return {
    identity,
    append: (append) => session.group.append(append),
    read: async (scope, readOptions) =>
      (scope === 'all' ? session.recent.read(readOptions) : undefined) ??
      reading((reader, through) => {
        const bounded = { ...readOptions, through };
        return scope === 'all' ? reader.all(bounded) : reader.matching(scope, bounded);
      }),
    command: async (id) => reading((reader, through) => reader.command(id, through)),
    head: async () => reading((_, through) => through),
    onAppend: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    health: async () => health(),
    operations: {
      record: async (operation) => {
        session.group.alone(() => {
          session.operations.insert(operation);
        });
      },
      read: async (page) => reading(() => session.operations.read(page)),
    },
    close: () => {
      clearTimeout(retry);
      release(session);
    },
  };
}

function openSession(
  { file, durability = 'full', measure }: SqliteLogOptions,
  onCommit: (head: number) => void,
  onBroken: () => void,
  check?: 'checked',
): Session {
  // What NORMAL leaves to be synced, the group commit syncs.
  const database = openDatabase(file, 'normal');
  let disk: WalSync | undefined;
  try {
    if (check !== undefined) refuseDamaged(file, database);
    if (needsMigration(file, database, MIGRATIONS))
      migrate(drizzle(database), { migrationsFolder: MIGRATIONS });
    const names = internedIn(database, 'names', 'name');
    const tags = internedIn(database, 'tags', 'tag');
    const onRollback = (): void => {
      names.forget();
      tags.forget();
    };
    const writer = createWriter(database, names, tags);
    const reader = createReader(database, names, tags);
    disk = createWalSync(database, durability);
    const recent = createRecentEvents();
    const head = reader.head();
    // What a process that is gone has left behind may not be on the disk yet.
    disk.now();
    const group = createGroupCommit({
      ...{ database, writer, disk, upkeep: createWalUpkeep(database), recent, head },
      ...{ onCommit, onRollback, onBroken, measure },
    });
    return { database, reader, recent, group, operations: createOperationRows(database) };
  } catch (error) {
    disk?.close();
    database.close();
    throw error;
  }
}

function release({ group, database }: Session): void {
  group.close();
  database.close();
}

/**
 * Copies all that is committed from the write-ahead log into the database, and syncs it. After a failed sync the system
 * may take what it could not write for written: only writing it anew makes it durable. Throws where a reader is in the way.
 */
function makeDurable(database: Database.Database): void {
  const [result] = database.pragma('wal_checkpoint(PASSIVE)') as { log: number; checkpointed: number }[];
  if (result?.log !== result?.checkpointed) throw new Error('Readers keep the log from being made durable.');
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
