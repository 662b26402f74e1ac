import type Database from 'better-sqlite3';
import { crc32 } from 'node:zlib';
import {
  SNAPSHOT_BOUNDS,
  createBoundedMap,
  type BoundedMap,
  type Bounds,
  type Snapshot,
  type SnapshotStore,
} from '../../kernel/index.js';
import { openDisposable, removeDatabase } from './connection.js';
import { codeOf, isOutage } from './trouble.js';

/** Changes with the table; a file of another format is emptied. */
const FORMAT = 1;
/** `number` grows with each write, so that the oldest is the lowest. */
const TABLE = `CREATE TABLE snapshots (
  number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, stamp TEXT NOT NULL,
  position INTEGER NOT NULL, commandId TEXT NOT NULL, checksum INTEGER NOT NULL, state TEXT NOT NULL)`;

/** Snapshots in one SQLite file; `close` releases it, after which there are none. */
export interface SqliteSnapshots extends SnapshotStore {
  /** Closes the file, after the kernel has stopped. */
  close(): void;
}

interface Row extends Snapshot {
  readonly key: string;
  readonly bytes: number;
  readonly checksum: number;
}

interface Session {
  readonly database: Database.Database;
  /** What is in the file, oldest first: most keys are not, and those need no statement. */
  readonly index: BoundedMap<true>;
  readonly select: Database.Statement<[string], Row>;
  readonly insert: Database.Statement<[Row]>;
  readonly remove: Database.Statement<[string]>;
}

/**
 * Snapshots in a file that may be lost, but is never believed when it was damaged: it is not synced, each row has a
 * checksum, and a file that is broken or of another format is made anew. It is opened with the first use, which is what
 * fails where it cannot be.
 */
export function sqliteSnapshots(file: string, bounds: Bounds = SNAPSHOT_BOUNDS): SqliteSnapshots {
  let session: Session | undefined;
  let closed = false;

  function close(): void {
    session?.database.close();
    session = undefined;
  }

  function attempt<T>(work: (session: Session) => T): T {
    try {
      session ??= openSession(file, bounds);
      return work(session);
    } catch (error) {
      // What the index says may not have been committed.
      close();
      throw error;
    }
  }

  function use<T>(work: (session: Session) => T): T | undefined {
    if (closed) return undefined;
    try {
      return attempt(work);
    } catch (error) {
      if (!isUnusable(error)) throw error;
      removeDatabase(file);
      return attempt(work);
    }
  }

  return {
    read: async (key) => use((open) => read(open, key)),
    write: async (key, snapshot) => {
      use((open) => {
        write(open, key, snapshot);
      });
    },
    close: () => {
      closed = true;
      close();
    },
  };
}

function openSession(file: string, bounds: Bounds): Session {
  const database = openDisposable(file);
  try {
    createTable(database);
    const index = createBoundedMap<true>(bounds);
    const session: Session = {
      database,
      index,
      select: database.prepare('SELECT * FROM snapshots WHERE key = ?'),
      insert: database.prepare(
        `INSERT OR REPLACE INTO snapshots (key, bytes, stamp, position, commandId, checksum, state)
         VALUES (@key, @bytes, @stamp, @position, @commandId, @checksum, @state)`,
      ),
      remove: database.prepare('DELETE FROM snapshots WHERE key = ?'),
    };
    const rows = database.prepare<[], Pick<Row, 'key' | 'bytes'>>(
      'SELECT key, bytes FROM snapshots ORDER BY number',
    );
    for (const { key, bytes } of rows.all()) removeAll(session, index.set(key, true, bytes));
    return session;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Damaged, or not what this version makes: a new file helps. */
function isUnusable(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_') && !isOutage(error);
}

function createTable(database: Database.Database): void {
  if (database.pragma('user_version', { simple: true }) === FORMAT) return;
  const create = database.transaction(() => {
    database.exec(`DROP TABLE IF EXISTS snapshots; ${TABLE}`);
    database.pragma(`user_version = ${FORMAT}`);
  });
  create.immediate();
}

function removeAll({ remove }: Session, keys: readonly string[]): void {
  for (const key of keys) remove.run(key);
}

function read({ index, select }: Session, key: string): Snapshot | undefined {
  if (index.get(key) === undefined) return undefined;
  const row = select.get(key);
  if (row === undefined || row.checksum !== checksumOf(key, row)) return undefined;
  const { stamp, position, commandId, state } = row;
  return { stamp, position, commandId, state };
}

function write(session: Session, key: string, snapshot: Snapshot): void {
  const { database, index, insert } = session;
  const { stamp, position, commandId, state } = snapshot;
  const bytes = Buffer.byteLength(key) + Buffer.byteLength(state);
  const commit = database.transaction(() => {
    const dropped = index.set(key, true, bytes);
    removeAll(session, dropped);
    if (dropped.includes(key)) return;
    insert.run({ key, bytes, stamp, position, commandId, checksum: checksumOf(key, snapshot), state });
  });
  commit.immediate();
}

function checksumOf(key: string, { stamp, position, commandId, state }: Snapshot): number {
  return crc32(`${key}\n${stamp}\n${position}\n${commandId}\n${state}`);
}
