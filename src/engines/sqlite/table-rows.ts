import type Database from 'better-sqlite3';
import { createKeyedRows, type KeyedTable, type RowChange, type Rows } from '../../kernel/index.js';
import { tableCodec } from './table-codec.js';

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
  /** Forget the batch. */
  reset(): void;
}

/** Keyed, coalesced access to one table. Throws a CompositionError where the key names no column. */
export function createTableRows(database: Database.Database, name: string, table: KeyedTable): TableRows {
  const codec = tableCodec(name, table);
  const { tableName, columns, keys } = codec;
  const quoted = columns.map((column) => `"${column}"`);
  const where = keys.map((column) => `"${column}" = ?`).join(' AND ');
  const select = database
    .prepare<unknown[], unknown[]>(`SELECT ${quoted.join(', ')} FROM "${tableName}" WHERE ${where}`)
    .raw();
  const upsert = database.prepare(
    `INSERT OR REPLACE INTO "${tableName}" (${quoted.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const remove = database.prepare(`DELETE FROM "${tableName}" WHERE ${where}`);
  const keyed = createKeyedRows({
    name,
    table,
    load: (key) => {
      const values = select.get(...key);
      return values && codec.decode(values);
    },
  });

  function flush(): void {
    for (const { key, current } of keyed.takeDirty()) {
      if (current === undefined) remove.run(...key);
      else upsert.run(...codec.encode(current));
    }
  }

  return {
    rows: keyed.rows,
    flush,
    mark: () => {
      flush();
      keyed.mark();
    },
    undo: () => {
      keyed.undo();
    },
    changes: () => keyed.changes(),
    reset: () => {
      keyed.reset();
    },
  };
}
