import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { mkdirSync } from 'node:fs';
import type {
  Batch,
  GenerationInfo,
  LogIdentity,
  ParkedEvent,
  Projection,
  RowChange,
  ViewEngine,
  ViewStore,
} from '../../kernel/index.js';
import { openDatabase, openReader, removeDatabase } from './connection.js';
import { opening } from './opening.js';
import { createSettledMark } from './settled-mark.js';
import { createTableRows, type TableRows } from './table-rows.js';
import { isDamage, isOutage } from './trouble.js';
import { createWalUpkeep } from './wal-upkeep.js';
import {
  completeHeader,
  fingerprintOf,
  generationsIn,
  infoOf,
  makeTables,
  readHeader,
  viewFile,
  writeHeader,
  type Header,
} from './view-files.js';

/** About how many pages a row is with its indexes. */
const PAGES_PER_ROW = 2;

/**
 * Views as files: one for each generation of a projection, in `folder`. The live one is the one that was made to serve
 * last. A file may be deleted at any time while the service is down.
 */
export function viewStores(folder: string): Omit<ViewEngine, 'verify'> {
  const fileOf = (projection: Projection, generation: number): string =>
    viewFile(folder, projection, generation);
  // Not used again while this process runs: some thread may not have let go of a file of that name.
  const used = new Map<string, number>();
  return {
    generations: (projection, log, head) =>
      generationsIn(folder, projection).flatMap((generation) => {
        const file = fileOf(projection, generation);
        const info = opening('The view', file, () => lookAt(file, generation, projection, log, head));
        // Nothing is lost with a damaged view: it is built again from the log.
        if (info === undefined) removeDatabase(file);
        return info ?? [];
      }),
    open: (projection, generation) => {
      const file = fileOf(projection, generation);
      return opening('The view', file, () => openStore(folder, file, projection));
    },
    create: (projection, log) => {
      mkdirSync(folder, { recursive: true });
      const highest = generationsIn(folder, projection).at(-1) ?? 0;
      const generation = Math.max(highest, used.get(projection.name) ?? 0) + 1;
      const file = fileOf(projection, generation);
      return opening('The view', file, () => {
        try {
          createEmpty(file, projection, log, generation);
          const store = openStore(folder, file, projection);
          used.set(projection.name, generation);
          return store;
        } catch (error) {
          removeDatabase(file);
          throw error;
        }
      });
    },
    remove: (projection, generation) => {
      removeDatabase(fileOf(projection, generation));
    },
    diagnose: (error) => (isDamage(error) ? 'damaged' : isOutage(error) ? 'unavailable' : 'other'),
  };
}

/** What a file says of itself; undefined where it is damaged. */
function lookAt(
  file: string,
  generation: number,
  projection: Projection,
  log: LogIdentity,
  head: number,
): GenerationInfo | undefined {
  let database: Database.Database | undefined;
  try {
    database = openDatabase(file, 'normal');
    return infoOf(database, generation, projection, log, head);
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  } finally {
    database?.close();
  }
}

function createEmpty(file: string, projection: Projection, log: LogIdentity, generation: number): void {
  const database = openDatabase(file, 'normal');
  try {
    makeTables(database, projection);
    // Last, and in one transaction: a file without a header is one whose making was cut short.
    database.transaction(() => {
      writeHeader(database, {
        generation,
        version: projection.version,
        fingerprint: fingerprintOf(projection),
        logId: log.id,
        epoch: log.epoch,
        checkpoint: 0,
        built: 0,
        serving: 0,
      });
    })();
  } finally {
    database.close();
  }
}

function openStore(folder: string, file: string, projection: Projection): ViewStore {
  const database = openDatabase(file, 'normal');
  try {
    const header = readHeader(database);
    if (header === undefined) throw new Error(`The view file ${file} has no header.`);
    completeHeader(database);
    return createStore(folder, file, database, projection, header);
  } catch (error) {
    database.close();
    throw error;
  }
}

function createStore(
  folder: string,
  file: string,
  database: Database.Database,
  projection: Projection,
  header: Header,
): ViewStore {
  const transaction = createTransaction(database);
  const advance = database.prepare<[object]>(
    `UPDATE tidemark_view SET checkpoint = @through,
       lastCommand = coalesce(@last, CASE checkpoint WHEN @through THEN lastCommand END)`,
  );
  const serve = database.prepare<[number]>('UPDATE tidemark_view SET built = 1, serving = ?');
  const select = database.prepare<[object], ParkedEvent>(
    `SELECT * FROM tidemark_parked WHERE position > @after AND (@entity IS NULL OR entity = @entity)
       AND (@commandId IS NULL OR commandId = @commandId) ORDER BY position LIMIT @limit`,
  );
  const tables = Object.entries(projection.tables).map(([name, table]) =>
    createTableRows(database, name, table),
  );
  const batch = createBatch(database, projection, tables);
  const foreign = createForeignWatch(database);
  const upkeep = createWalUpkeep(database);
  const mark = createSettledMark(database);
  const reader = openReader(file);
  let { checkpoint } = header;
  let built = header.built === 1;
  return {
    generation: header.generation,
    version: header.version,
    checkpoint: () => checkpoint,
    built: () => built,
    settled: mark.isSettled,
    reader: drizzle(reader),
    commit: (through, write, last) => {
      let outcome: 'committed' | 'failed' = 'failed';
      const moves = through > checkpoint;
      try {
        const changes = transaction(
          () => {
            if (foreign()) for (const table of tables) table.forget();
            write(batch);
            for (const table of tables) table.flush();
            advance.run({ through, last: last ?? null });
            mark.write(moves);
          },
          (): readonly RowChange[] => tables.flatMap((table) => table.changes()),
        );
        outcome = 'committed';
        mark.wrote(moves);
        upkeep.note(PAGES_PER_ROW * changes.length);
        checkpoint = through;
        return changes;
      } finally {
        for (const table of tables) table.reset(outcome);
      }
    },
    hold: upkeep.hold,
    parked: ({ entity = null, commandId = null, after = 0, limit }) =>
      select.all({ entity, commandId, after, limit: Number.isFinite(limit) ? limit : -1 }),
    serve: () => {
      // Who has seen this checkpoint has seen another generation’s rows. Of an empty log there is nothing to see.
      if (checkpoint > 0) {
        mark.write(false);
        mark.wrote(false);
      }
      serve.run(highestServing(folder, projection) + 1);
      built = true;
    },
    close: () => {
      reader.close();
      database.close();
    },
  };
}

/** Runs `work` in a transaction; `result` is what came of it, before anything of it is forgotten. */
function createTransaction(database: Database.Database) {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  return <T>(work: () => void, result: () => T): T => {
    begin.run();
    try {
      work();
      commit.run();
      return result();
    } catch (error) {
      if (database.inTransaction) rollback.run();
      throw error;
    }
  };
}

/** Tells whether another connection has changed the file since it was asked last; ask inside a transaction. */
function createForeignWatch(database: Database.Database): () => boolean {
  const version = database.prepare<[], number>('PRAGMA data_version').pluck();
  let seen = version.get();
  return () => {
    const before = seen;
    seen = version.get();
    return seen !== before;
  };
}

function createBatch(
  database: Database.Database,
  projection: Projection,
  tables: readonly TableRows[],
): Batch {
  const names = Object.keys(projection.tables);
  const savepoint = database.prepare('SAVEPOINT attempt');
  const release = database.prepare('RELEASE attempt');
  const rollback = database.prepare('ROLLBACK TO attempt');
  const park = database.prepare<[ParkedEvent]>(
    `INSERT OR REPLACE INTO tidemark_parked (position, entity, type, commandId, error, stack, attempts, parkedAt)
     VALUES (@position, @entity, @type, @commandId, @error, @stack, @attempts, @parkedAt)`,
  );
  const remove = database.prepare<[number]>('DELETE FROM tidemark_parked WHERE position = ?');
  return {
    rows: Object.fromEntries(names.map((name, index) => [name, tables[index]?.rows])) as Batch['rows'],
    attempt: (work) => {
      for (const table of tables) table.mark();
      savepoint.run();
      try {
        work();
        for (const table of tables) table.flush();
        release.run();
        return undefined;
      } catch (error) {
        // After some failures SQLite has rolled back all there was.
        if (!database.inTransaction || isDamage(error) || isOutage(error)) throw error;
        rollback.run();
        release.run();
        for (const table of tables) table.undo();
        return { error };
      }
    },
    park: (event) => {
      park.run(event);
    },
    release: (position) => {
      remove.run(position);
    },
  };
}

/** Over all files of the projection; one that cannot be read has nothing to say. */
function highestServing(folder: string, projection: Projection): number {
  const found = generationsIn(folder, projection).map((generation) => {
    let database: Database.Database | undefined;
    try {
      database = openReader(viewFile(folder, projection, generation));
      return readHeader(database)?.serving ?? 0;
    } catch {
      return 0;
    } finally {
      database?.close();
    }
  });
  return Math.max(0, ...found);
}
