import type Database from 'better-sqlite3';
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { CompositionError, type KeyedTable, type RowChange, type Rows } from '../../kernel/index.js';

type Row = Record<string, unknown>;

interface Entry {
  readonly key: readonly unknown[];
  /** The row as it was committed; undefined where there was none or where nobody asked. */
  readonly before: Row | undefined;
  current: Row | undefined;
  /** Whether the batch changed it. */
  changed: boolean;
}

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
export function createTableRows(
  database: Database.Database,
  name: string,
  { table, key }: KeyedTable,
): TableRows {
  // Projections define their tables with drizzle; the kernel only knows that they have rows.
  const columns = Object.entries(getTableColumns(table as unknown as SQLiteTable));
  const tableName = getTableName(table as unknown as SQLiteTable);
  const keys = (key as readonly string[]).map((property) => {
    const found = columns.find(([candidate]) => candidate === property);
    if (found === undefined)
      throw new CompositionError(`The table ${name} has no column ${property} for its key.`);
    return found;
  });
  const quoted = columns.map(([, column]) => `"${column.name}"`);
  const where = keys.map(([, column]) => `"${column.name}" = ?`).join(' AND ');
  const select = database
    .prepare<unknown[], unknown[]>(`SELECT ${quoted.join(', ')} FROM "${tableName}" WHERE ${where}`)
    .raw();
  const upsert = database.prepare(
    `INSERT OR REPLACE INTO "${tableName}" (${quoted.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const remove = database.prepare(`DELETE FROM "${tableName}" WHERE ${where}`);
  const required = columns.filter(([, column]) => column.notNull && !column.hasDefault);
  let entries = new Map<string, Entry>();
  let dirty = new Set<Entry>();
  let journal: (readonly [Entry, Row | undefined, boolean])[] | undefined;

  function encode(row: Row): unknown[] {
    return columns.map(([property, column]) => {
      const value = row[property] ?? null;
      return value === null ? null : column.mapToDriverValue(value);
    });
  }

  function decode(values: readonly unknown[]): Row {
    const row: Row = {};
    columns.forEach(([property, column], index) => {
      const value = values[index];
      row[property] = value === null || value === undefined ? null : column.mapFromDriverValue(value);
    });
    return row;
  }

  function keyOf(from: Row): readonly unknown[] {
    return keys.map(([property]) => {
      const value = from[property];
      if (typeof value === 'string' || typeof value === 'number') return value;
      throw new TypeError(`The key of ${name} needs ${property} as text or a number, got ${String(value)}.`);
    });
  }

  function find(from: Row): Entry {
    const parts = keyOf(from);
    const id = parts.length === 1 ? String(parts[0]) : JSON.stringify(parts);
    const known = entries.get(id);
    if (known !== undefined) return known;
    const values = select.get(...parts);
    const before = values === undefined ? undefined : decode(values);
    const entry: Entry = { key: parts, before, current: before, changed: false };
    entries.set(id, entry);
    return entry;
  }

  /** Now, not when it is written: a later event of the batch may write over it, and of another batch would not. */
  function refuseNull(row: Row): void {
    const missing = required.find(([property]) => (row[property] ?? null) === null);
    if (missing === undefined) return;
    throw new TypeError(`NOT NULL constraint failed: ${tableName}.${missing[1].name}`);
  }

  function set(entry: Entry, row: Row | undefined): void {
    if (row !== undefined) refuseNull(row);
    journal?.push([entry, entry.current, entry.changed]);
    entry.current = row;
    entry.changed = true;
    dirty.add(entry);
  }

  function flush(): void {
    for (const entry of dirty) {
      if (entry.current === undefined) remove.run(...entry.key);
      else upsert.run(...encode(entry.current));
    }
    dirty = new Set();
  }

  const rows = {
    get: (at: Row) => find(at).current,
    put: (row: Row) => {
      set(find(row), row);
    },
    patch: (at: Row, change: Row | ((row: Row) => Row)) => {
      const entry = find(at);
      if (entry.current === undefined) {
        throw new Error(`${name} has no row ${JSON.stringify(entry.key)} to patch.`);
      }
      const next = { ...entry.current, ...(typeof change === 'function' ? change(entry.current) : change) };
      if (keys.some(([property]) => next[property] !== entry.current?.[property])) {
        throw new Error(
          `${name} cannot patch the key of ${JSON.stringify(entry.key)}: delete the row, put another.`,
        );
      }
      set(entry, next);
    },
    delete: (at: Row) => {
      set(find(at), undefined);
    },
  };

  return {
    // The rows' types were given up at defineProjection; here they are whatever the table's columns say.
    rows: rows,
    flush,
    mark: () => {
      flush();
      journal = [];
    },
    undo: () => {
      for (const [entry, current, changed] of (journal ?? []).reverse())
        Object.assign(entry, { current, changed });
      journal = [];
      dirty = new Set();
    },
    changes: () =>
      [...entries.values()]
        // What came and went within the batch was never there for anyone.
        .filter(({ changed, before, current }) => changed && (before ?? current) !== undefined)
        .map(({ before, current }) => ({ table: name, before, after: current })),
    reset: () => {
      entries = new Map();
      dirty = new Set();
      journal = undefined;
    },
  };
}
