import Database from 'better-sqlite3';
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Projection, Recorded, Rows } from '../src/kernel/index.js';

/** A row as handlers have it. */
export type Row = Record<string, unknown>;
type EventRow = readonly [number, string, string, number, number, string, Buffer];

const EVENTS = `SELECT e.position, n.name, e.data, c.issued_at, c.recorded_at, c.actor, c.id
  FROM events AS e JOIN commands AS c ON c.seq = e.command JOIN names AS n ON n.id = e.type
  WHERE e.position > ? ORDER BY e.position LIMIT ?`;

/** `statements`: each row operation is a statement of its own. `coalesced`: a batch's rows are read once and written once. */
export type RawWork = 'statements' | 'coalesced';

/** Replays a log with better-sqlite3 alone, through the same handlers. */
export function replayRaw(
  logFile: string,
  viewFile: string,
  projection: Projection,
  batchMax: number,
  work: RawWork = 'statements',
): number {
  const log = new Database(logFile, { readonly: true });
  const view = createTables(viewFile, projection);
  const page = log.prepare<[number, number], EventRow>(EVENTS).raw();
  const flushes: (() => void)[] = [];
  const rows = Object.fromEntries(
    Object.entries(projection.tables).map(([name, { table, key }]) => {
      const plain = rowsOf(view, table as unknown as SQLiteTable, key);
      if (work === 'statements') return [name, plain];
      const { rows: coalesced, flush } = coalesce(plain, key);
      flushes.push(flush);
      return [name, coalesced];
    }),
  );
  const begin = view.prepare('BEGIN IMMEDIATE');
  const commit = view.prepare('COMMIT');
  let position = 0;
  for (;;) {
    const events = page.all(position, batchMax);
    const last = events.at(-1);
    if (last === undefined) break;
    begin.run();
    for (const event of events) projection.on.get(event[1])?.(rows, toEvent(event));
    for (const flush of flushes) flush();
    commit.run();
    position = last[0];
  }
  log.close();
  view.close();
  return position;
}

/** A row of the batch: what it is by now, and how it has to be written. */
interface Held {
  readonly at: Row;
  readonly row: Row | null;
  readonly write: 'whole' | ReadonlySet<string>;
}

/** Keeps the rows of a batch in memory until `flush` writes each of them once. */
function coalesce(plain: Rows, key: readonly PropertyKey[]): { rows: Rows; flush: () => void } {
  const held = new Map<string, Held>();
  const idOf = (at: Row): string => key.map((property) => String(at[String(property)])).join('\0');
  const set = (at: Row, row: Row | null, write: Held['write']): Held => {
    const now = { at, row, write };
    held.set(idOf(at), now);
    return now;
  };
  const find = (at: Row): Held =>
    held.get(idOf(at)) ?? set(at, (plain.get(at) as Row | undefined) ?? null, new Set());
  return {
    rows: {
      get: (at: Row) => find(at).row ?? undefined,
      put: (row: Row) => void set(row, row, 'whole'),
      patch: (at: Row, change: Row | ((row: Row) => Row)) => {
        const { row, write } = find(at);
        const changed = typeof change === 'function' ? change(row ?? {}) : change;
        const columns = write === 'whole' ? write : new Set([...write, ...Object.keys(changed)]);
        set(at, { ...row, ...changed }, columns);
      },
      delete: (at: Row) => void set(at, null, 'whole'),
    },
    flush: () => {
      for (const { at, row, write } of held.values()) {
        if (write !== 'whole') {
          const changed = [...write].map((column) => [column, row?.[column]] as const);
          if (changed.length > 0) plain.patch(at, Object.fromEntries(changed));
        } else if (row === null) plain.delete(at);
        else plain.put(row);
      }
      held.clear();
    },
  };
}

function createTables(file: string, { migrations }: Projection): Database.Database {
  const view = new Database(file);
  view.pragma('journal_mode = WAL');
  view.pragma('synchronous = NORMAL');
  if (migrations === undefined) throw new Error('The orders have migrations.');
  const folder = fileURLToPath(migrations);
  for (const name of readdirSync(folder)
    .filter((entry) => entry.endsWith('.sql'))
    .sort())
    view.exec(readFileSync(join(folder, name), 'utf8'));
  return view;
}

function toEvent([position, type, data, issuedAt, recordedAt, actor, id]: EventRow): Recorded {
  const hex = id.toString('hex');
  const commandId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  const origin = { commandId, actor, issuedAt, recordedAt, correlationId: commandId, causationId: null };
  return { position, type, schemaVersion: 1, tags: [], data: JSON.parse(data) as object, ...origin };
}

/** Row operations as statements; a patch writes only the columns that it changes. */
export function rowsOf(view: Database.Database, table: SQLiteTable, key: readonly PropertyKey[]): Rows {
  const columns = Object.entries(getTableColumns(table)).map(([property, { name, dataType }]) => {
    const isJson = dataType === 'json';
    return { property, name: `"${name}"`, isJson, isBoolean: dataType === 'boolean' };
  });
  const byProperty = new Map(columns.map((column) => [column.property, column]));
  const tableName = `"${getTableName(table)}"`;
  const where = key.map((property) => `${byProperty.get(String(property))?.name} = ?`).join(' AND ');
  const marks = columns.map(() => '?').join(', ');
  const select = view
    .prepare<unknown[], unknown[]>(
      `SELECT ${columns.map(({ name }) => name).join(', ')} FROM ${tableName} WHERE ${where}`,
    )
    .raw();
  const insert = view.prepare(`INSERT OR REPLACE INTO ${tableName} VALUES (${marks})`);
  const remove = view.prepare(`DELETE FROM ${tableName} WHERE ${where}`);
  const updates = new Map<string, Database.Statement>();
  const keyOf = (at: Row): unknown[] => key.map((property) => at[String(property)]);
  const encode = (row: Row, property: string): unknown => {
    const value = row[property] ?? null;
    const column = byProperty.get(property);
    if (value !== null && column?.isJson) return JSON.stringify(value);
    return column?.isBoolean ? Number(value) : value;
  };
  const get = (at: Row): Row | undefined => {
    const values = select.get(...keyOf(at));
    if (values === undefined) return undefined;
    const row: Row = {};
    columns.forEach(({ property, isJson, isBoolean }, index) => {
      const value = values[index];
      row[property] =
        isJson && value !== null ? JSON.parse(value as string) : isBoolean ? value === 1 : value;
    });
    return row;
  };
  const update = (properties: readonly string[]): Database.Statement => {
    const id = properties.join();
    let statement = updates.get(id);
    if (statement === undefined) {
      const set = properties.map((property) => `${byProperty.get(property)?.name} = ?`).join(', ');
      statement = view.prepare(`UPDATE ${tableName} SET ${set} WHERE ${where}`);
      updates.set(id, statement);
    }
    return statement;
  };
  return {
    get,
    put: (row: Row) => void insert.run(...columns.map(({ property }) => encode(row, property))),
    patch: (at: Row, change: Row | ((row: Row) => Row)) => {
      const changed = typeof change === 'function' ? change(get(at) ?? {}) : change;
      const properties = Object.keys(changed);
      update(properties).run(...properties.map((property) => encode(changed, property)), ...keyOf(at));
    },
    delete: (at: Row) => void remove.run(...keyOf(at)),
  };
}
