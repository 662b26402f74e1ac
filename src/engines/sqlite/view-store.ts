import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LogIdentity, Projection, ViewEngine, ViewStore } from '../../kernel/index.js';
import { openDatabase, openReader, removeDatabase } from './connection.js';
import { opening } from './opening.js';
import { createTableRows } from './table-rows.js';
import { isDamage, isOutage } from './trouble.js';

/** What a view file says of itself. */
export interface Header {
  readonly generation: number;
  readonly version: number;
  readonly schema: string;
  readonly logId: string;
  readonly epoch: number;
  readonly checkpoint: number;
}

const HEADER = `CREATE TABLE IF NOT EXISTS tidemark_view (
  one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL, version INTEGER NOT NULL,
  schema TEXT NOT NULL, logId TEXT NOT NULL, epoch INTEGER NOT NULL, checkpoint INTEGER NOT NULL)`;

/** Views as files: one for each projection, in `folder`. A file may be deleted at any time while the service is down. */
export function sqliteViews(folder: string): ViewEngine {
  return {
    open: (projection, log, head) => {
      const file = viewFile(folder, projection);
      return opening('The view', file, () => {
        const existing = openExisting(file, projection, log, head);
        return existing ?? install(file, projection, log, nextGeneration(file));
      });
    },
    replace: (damaged, projection, log) =>
      install(viewFile(folder, projection), projection, log, damaged.generation + 1, damaged),
    diagnose: (error) => (isDamage(error) ? 'damaged' : isOutage(error) ? 'unavailable' : 'other'),
  };
}

/** The file of a projection's live generation. */
export function viewFile(folder: string, { name }: Projection): string {
  return join(folder, `${name}.sqlite`);
}

/** The store in the file, where it is this projection's, of this version and tables, and of this log's past. */
function openExisting(
  file: string,
  projection: Projection,
  log: LogIdentity,
  head: number,
): ViewStore | undefined {
  return unlessDamaged(() => {
    const database = openDatabase(file, 'normal');
    try {
      database.exec(HEADER);
      const header = readHeader(database);
      // Ahead of the log: the log lost a tail that the view had seen.
      const ahead = (header?.checkpoint ?? 0) > head;
      if (header !== undefined && !ahead && misfitOf(header, projection, log) === undefined)
        return createStore(file, database, projection, header);
      database.close();
      return undefined;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Nothing is lost with a damaged view: it is built again from the log. */
function unlessDamaged<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

/** Why a view file cannot go on as this projection's views of this log; undefined where it can. */
export function misfitOf(
  header: Header | undefined,
  projection: Projection,
  log: LogIdentity,
): string | undefined {
  if (header === undefined) return 'the file was never finished';
  if (header.version !== projection.version) return `the file is of version ${header.version}`;
  if (header.schema !== schemaOf(projection)) return 'the file has other tables';
  if (header.logId !== log.id) return 'the file is of another log';
  return header.epoch === log.epoch ? undefined : 'the file is from before the log was restored';
}

/** Makes an empty generation whole beside the file, then puts it in the file's place; `old` is closed in between. */
function install(
  file: string,
  projection: Projection,
  log: LogIdentity,
  generation: number,
  old?: ViewStore,
): ViewStore {
  const beside = `${file}.new`;
  const header = createEmpty(beside, projection, log, generation);
  old?.close();
  // The old file's WAL must not be taken for the new one's.
  removeDatabase(file);
  renameSync(beside, file);
  return createStore(file, openDatabase(file, 'normal'), projection, header);
}

function createEmpty(file: string, projection: Projection, log: LogIdentity, generation: number): Header {
  removeDatabase(file);
  const database = openDatabase(file, 'normal');
  try {
    migrate(drizzle(database), { migrationsFolder: fileURLToPath(projection.migrations) });
    database.exec(HEADER);
    const header: Header = {
      generation,
      version: projection.version,
      schema: schemaOf(projection),
      logId: log.id,
      epoch: log.epoch,
      checkpoint: 0,
    };
    // Last: a file without a header is one whose creation was cut short, and is made anew.
    database
      .prepare(
        `INSERT INTO tidemark_view (one, generation, version, schema, logId, epoch, checkpoint)
         VALUES (1, @generation, @version, @schema, @logId, @epoch, @checkpoint)`,
      )
      .run(header);
    return header;
  } finally {
    database.close();
  }
}

function nextGeneration(file: string): number {
  const before = unlessDamaged(() => {
    const database = openDatabase(file, 'normal');
    try {
      database.exec(HEADER);
      return readHeader(database)?.generation;
    } finally {
      database.close();
    }
  });
  return (before ?? 0) + 1;
}

/** What the file says of itself; undefined where its creation was cut short. */
export function readHeader(database: Database.Database): Header | undefined {
  return database.prepare<[], Header>('SELECT * FROM tidemark_view').get();
}

/** Changes whenever a migration does, so that forgotten version numbers do not serve rows of other tables. */
function schemaOf({ migrations }: Projection): string {
  const folder = fileURLToPath(migrations);
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  const hash = createHash('sha256');
  for (const name of files.sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}

function createStore(
  file: string,
  database: Database.Database,
  projection: Projection,
  header: Header,
): ViewStore {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  const advance = database.prepare<[number]>('UPDATE tidemark_view SET checkpoint = ?');
  const tables = Object.entries(projection.tables).map(([name, table]) =>
    createTableRows(database, name, table),
  );
  const rows = Object.fromEntries(
    Object.keys(projection.tables).map((name, index) => [name, tables[index]?.rows]),
  );
  const reader = openReader(file);
  let checkpoint = header.checkpoint;
  return {
    generation: header.generation,
    checkpoint: () => checkpoint,
    reader: drizzle(reader),
    commit: (through, write) => {
      begin.run();
      try {
        write(rows as Parameters<typeof write>[0]);
        for (const table of tables) table.flush();
        advance.run(through);
        commit.run();
        checkpoint = through;
        return tables.flatMap((table) => table.changes());
      } catch (error) {
        if (database.inTransaction) rollback.run();
        throw error;
      } finally {
        for (const table of tables) table.reset();
      }
    },
    close: () => {
      reader.close();
      database.close();
    },
  };
}
