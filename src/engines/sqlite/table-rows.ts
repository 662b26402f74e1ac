import type Database from 'better-sqlite3';
import { createKeyedRows, type KeyedTable, type RowChange, type Rows } from '../../kernel/index.js';
import { createStoredRows } from './stored-rows.js';
import { listOf, selectByKey, tableCodec, whereKey, type Values } from './table-codec.js';

/** The most prepared UPDATEs of a table, one for each set of columns that change together. */
const UPDATES_MAX = 64;

/** A table's rows during a batch: read once, changed in memory, written once by `flush`. */
export interface TableRows {
  readonly rows: Rows;
  /** Writes what has been changed since the last flush. */
  flush(): void;
  /** From here on changes can be undone; flushes what there is. */
  mark(): void;
  /** Makes the rows in memory what they were at the mark, as the caller does with those in the file. */
  undo(): void;
  /** What the batch changed; call it after `flush`. */
  changes(): readonly RowChange[];
  /** Forget the batch, whose rows are in the file now or, where it failed, are not. */
  reset(outcome: 'committed' | 'failed'): void;
  /** Somebody else has changed the file. */
  forget(): void;
}

/** Keyed, coalesced access to one table. Throws a CompositionError where the key names no column. */
export function createTableRows(database: Database.Database, name: string, table: KeyedTable): TableRows {
  const codec = tableCodec(name, table);
  const { tableName, columns } = codec;
  const where = whereKey(codec);
  const select = selectByKey(database, codec);
  const insert = database.prepare(
    `INSERT OR REPLACE INTO "${tableName}" (${listOf(columns)}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const remove = database.prepare(`DELETE FROM "${tableName}" WHERE ${where}`);
  const updates = new Map<string, Database.Statement>();
  const stored = createStoredRows();
  const keyed = createKeyedRows({
    name,
    table,
    load: (key, id) => {
      const values = stored.get(id) ?? select.get(...key);
      if (values === undefined) return undefined;
      stored.set(id, values);
      return codec.decode(values);
    },
  });

  function flush(): void {
    for (const { id, key, current } of keyed.takeDirty()) {
      if (current === undefined) {
        remove.run(...key);
        stored.set(id, undefined);
      } else {
        const values = codec.encode(current);
        write(key, stored.get(id), values);
        stored.set(id, values);
      }
    }
  }

  /** Only what has changed: a column that is left alone leaves its indexes alone. */
  function write(key: readonly unknown[], before: Values | undefined, values: Values): void {
    if (before === undefined) {
      insert.run(...values);
      return;
    }
    const changed: number[] = [];
    for (let column = 0; column < values.length; column += 1)
      if (values[column] !== before[column]) changed.push(column);
    if (changed.length > 0) updateOf(changed).run(...changed.map((column) => values[column]), ...key);
  }

  function updateOf(changed: readonly number[]): Database.Statement {
    const id = changed.join();
    const known = updates.get(id);
    if (known !== undefined) return known;
    const set = changed.map((column) => `"${columns[column]}" = ?`).join(', ');
    const update = database.prepare(`UPDATE OR REPLACE "${tableName}" SET ${set} WHERE ${where}`);
    if (updates.size >= UPDATES_MAX) updates.clear();
    updates.set(id, update);
    return update;
  }

  return {
    rows: keyed.rows,
    flush,
    mark: () => {
      flush();
      keyed.mark();
      stored.mark();
    },
    undo: () => {
      keyed.undo();
      stored.undo();
    },
    changes: () => keyed.changes(),
    reset: (outcome) => {
      keyed.reset();
      stored.reset(outcome);
    },
    forget: stored.clear,
  };
}
