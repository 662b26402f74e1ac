import type { KeyedTable, Rows, TableDefinition } from './projection.js';
import type { RowChange } from './views.js';

/** A row of any table. */
export type AnyRow = Record<string, unknown>;

/** The values of a row's key, in the order of its columns. */
export type KeyValues = readonly (string | number)[];

/** A row that was asked for during a batch. */
export interface RowEntry {
  readonly id: string;
  readonly key: KeyValues;
  /** The row as it was loaded; undefined where there was none. */
  readonly before: AnyRow | undefined;
  current: AnyRow | undefined;
  /** Whether the batch changed it. */
  changed: boolean;
}

/** A table's rows during a batch: loaded once, changed in memory, and kept by whoever asks what has changed. */
export interface KeyedRows {
  readonly rows: Rows;
  /** What was changed since this was called last. */
  takeDirty(): Iterable<RowEntry>;
  /** All that the batch changed. */
  changed(): readonly RowEntry[];
  /** The same, as those who follow a view are told of it. */
  changes(): readonly RowChange[];
  /** From here on changes can be undone. */
  mark(): void;
  /** Makes the rows what they were at the mark; what was dirty then must have been taken before it. */
  undo(): void;
  /** Forgets the batch. */
  reset(): void;
}

/** A table, what it is called in errors, and where its rows come from. */
export interface KeyedRowsOptions {
  /** What messages call the table. */
  readonly name: string;
  /** The table, with its key. */
  readonly table: KeyedTable;
  /** Reads a row that is not in memory yet; undefined where there is none. */
  readonly load: (key: KeyValues, id: string) => AnyRow | undefined;
}

/** Keyed access to the rows of one table, with the guards that hold for handlers on every engine. */
export function createKeyedRows({ name, table, load }: KeyedRowsOptions): KeyedRows {
  const columns: readonly string[] = table.key;
  const required = requiredColumns(table.table);
  const known = new Set(columnsOf(table.table).map(([property]) => property));
  let entries = new Map<string, RowEntry>();
  let dirty = new Set<RowEntry>();
  let journal: (readonly [RowEntry, AnyRow | undefined, boolean])[] | undefined;

  function keyOf(from: AnyRow): KeyValues {
    return columns.map((column) => {
      const value = from[column];
      if (typeof value === 'string' || typeof value === 'number') return value;
      throw new TypeError(`The key of ${name} needs ${column} as text or a number, got ${String(value)}.`);
    });
  }

  function find(from: AnyRow): RowEntry {
    const key = keyOf(from);
    const id = key.length === 1 ? String(key[0]) : JSON.stringify(key);
    const known = entries.get(id);
    if (known !== undefined) return known;
    const before = load(key, id);
    const entry: RowEntry = { id, key, before, current: before, changed: false };
    entries.set(id, entry);
    return entry;
  }

  /** Now, not when it is written: a later event of the batch may write over it, and of another batch would not. */
  function refuseNull(row: AnyRow): void {
    const missing = required.find((column) => (row[column] ?? null) === null);
    if (missing !== undefined) throw new TypeError(`NOT NULL constraint failed: ${name}.${missing}`);
  }

  /** The compiler lets it pass where a function makes the change, and it would be lost. */
  function refuseUnknown(change: AnyRow): void {
    const unknown = Object.keys(change).find((column) => !known.has(column));
    if (unknown !== undefined && known.size > 0)
      throw new TypeError(`${name} has no column ${unknown}: patch one of ${[...known].join(', ')}.`);
  }

  function set(entry: RowEntry, row: AnyRow | undefined): void {
    if (row !== undefined) refuseNull(row);
    journal?.push([entry, entry.current, entry.changed]);
    entry.current = row;
    entry.changed = true;
    dirty.add(entry);
  }

  const rows = {
    get: (at: AnyRow) => find(at).current,
    put: (row: AnyRow) => {
      set(find(row), row);
    },
    patch: (at: AnyRow, change: AnyRow | ((row: AnyRow) => AnyRow)) => {
      const entry = find(at);
      if (entry.current === undefined) {
        throw new Error(`${name} has no row ${JSON.stringify(entry.key)} to patch.`);
      }
      const changes = typeof change === 'function' ? change(entry.current) : change;
      refuseUnknown(changes);
      const next = { ...entry.current, ...changes };
      if (columns.some((column) => next[column] !== entry.current?.[column])) {
        throw new Error(
          `${name} cannot patch the key of ${JSON.stringify(entry.key)}: delete the row, put another.`,
        );
      }
      set(entry, next);
    },
    delete: (at: AnyRow) => {
      set(find(at), undefined);
    },
  };

  // What came and went within the batch was never there for anyone.
  const changed = (): readonly RowEntry[] =>
    [...entries.values()].filter(
      ({ changed: was, before, current }) => was && (before ?? current) !== undefined,
    );

  return {
    // The rows' types were given up at defineProjection; here they are whatever the table's columns say.
    rows,
    takeDirty: () => {
      const taken = dirty;
      dirty = new Set();
      return taken;
    },
    changed,
    changes: () => changed().map(({ before, current }) => ({ table: name, before, after: current })),
    mark: () => {
      journal = [];
    },
    undo: () => {
      for (const [entry, current, was] of (journal ?? []).reverse())
        Object.assign(entry, { current, changed: was });
      journal = [];
      dirty = new Set();
    },
    reset: () => {
      entries = new Map();
      dirty = new Set();
      journal = undefined;
    },
  };
}

/** The columns that must have a value, where the table says so as drizzle's do: a column is a property of its table. */
function requiredColumns(table: TableDefinition): readonly string[] {
  return columnsOf(table)
    .filter(([, { notNull, hasDefault }]) => notNull === true && hasDefault !== true)
    .map(([property]) => property);
}

/** The columns by their properties, where the table is one of drizzle's. */
function columnsOf(
  table: TableDefinition,
): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
  return Object.entries(table).flatMap(([property, column]: [string, unknown]) =>
    // What drizzle calls a column.
    typeof column === 'object' && column !== null && 'notNull' in column
      ? [[property, { ...column }] as const]
      : [],
  );
}
