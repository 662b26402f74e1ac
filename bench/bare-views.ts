import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { openDatabase } from '../src/engines/sqlite/connection.js';
import { bytesToUuid } from '../src/engines/sqlite/uuid-bytes.js';
import { makeTables } from '../src/engines/sqlite/view-files.js';
import { createWalUpkeep } from '../src/engines/sqlite/wal-upkeep.js';
import type { Projection, Recorded, Rows } from '../src/kernel/index.js';
import type { CommandRows } from './bare-log.js';
import { rowsOf, type Row } from './raw-replay.js';

/** About how many pages a row is with its indexes, as in the product. */
const PAGES_PER_ROW = 2;

/** A view that better-sqlite3 alone writes, through the projection's own handlers. */
export interface BareView {
  /** Resolves when the events are committed, all that wait in one transaction. */
  apply(events: readonly Recorded[]): Promise<void>;
  close(): void;
}

/** The view in a file, which is made where there is none. It does not note how far it is; another thread copies pages back. */
export function openBareView(file: string, projection: Projection): BareView {
  const database = openDatabase(file, 'normal');
  makeTables(database, projection);
  const upkeep = createWalUpkeep(database);
  const tables = Object.entries(projection.tables).map(([name, { table, key }]) => {
    // The kernel only knows that tables have rows; they are drizzle's.
    const plain = rowsOf(database, table as unknown as SQLiteTable, key);
    return { name, ...remember(plain, key) };
  });
  const rows = Object.fromEntries(tables.map((table) => [table.name, table.rows]));
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const queue: { readonly events: readonly Recorded[]; readonly resolve: () => void }[] = [];

  async function drain(): Promise<void> {
    await upkeep.hold();
    const group = queue.splice(0);
    begin.run();
    for (const { events } of group) for (const event of events) projection.on.get(event.type)?.(rows, event);
    let written = 0;
    for (const { flush } of tables) written += flush();
    commit.run();
    upkeep.note(PAGES_PER_ROW * written);
    for (const { resolve } of group) resolve();
  }

  return {
    apply: (events) =>
      new Promise((resolve) => {
        if (queue.length === 0) setImmediate(() => void drain());
        queue.push({ events, resolve });
      }),
    close: () => database.close(),
  };
}

/** A command's events as handlers get them. */
export function eventsOf(
  { command, events }: CommandRows,
  names: ReadonlyMap<unknown, string>,
): readonly Recorded[] {
  const commandId = bytesToUuid(command[1] as Buffer);
  const origin = {
    commandId,
    correlationId: commandId,
    causationId: null,
    actor: String(command[4]),
    issuedAt: Number(command[5]),
    recordedAt: Number(command[6]),
  };
  return events.map(([position, type, version, , , data]) => ({
    position: Number(position),
    type: names.get(type) ?? '',
    schemaVersion: Number(version),
    tags: [],
    data: JSON.parse(String(data)) as object,
    ...origin,
  }));
}

/** A row that was read or written, and what it is in the file; undefined where it is not there. */
interface Remembered {
  readonly at: Row;
  row: Row;
  stored: Row | undefined;
}

/** Reads each row once and keeps it; `flush` writes the columns that have changed since the last time, and says of how many rows. */
function remember(plain: Rows, key: readonly PropertyKey[]): { rows: Rows; flush: () => number } {
  const known = new Map<string, Remembered>();
  const changed = new Set<Remembered>();
  const idOf = (at: Row): string => key.map((property) => String(at[String(property)])).join('\0');

  function find(at: Row): Remembered | undefined {
    const id = idOf(at);
    const found = known.get(id);
    if (found !== undefined) return found;
    const row = plain.get(at) as Row | undefined;
    if (row === undefined) return undefined;
    const read = { at, row, stored: row };
    known.set(id, read);
    return read;
  }

  function put(row: Row): void {
    const id = idOf(row);
    const entry = known.get(id) ?? { at: row, row, stored: undefined };
    entry.row = row;
    known.set(id, entry);
    changed.add(entry);
  }

  return {
    rows: {
      get: (at: Row) => find(at)?.row,
      put,
      patch: (at: Row, change: Row | ((row: Row) => Row)) => {
        const { row } = find(at) ?? {};
        if (row === undefined) throw new Error('There is no row to be changed.');
        put({ ...row, ...(typeof change === 'function' ? change(row) : change) });
      },
      delete: (at: Row) => {
        const entry = known.get(idOf(at));
        if (entry !== undefined) changed.delete(entry);
        known.delete(idOf(at));
        plain.delete(at);
      },
    },
    flush: () => {
      const { size } = changed;
      for (const entry of changed) {
        const { at, row, stored } = entry;
        const columns = stored && differing(stored, row);
        if (columns === undefined) plain.put(row);
        else if (Object.keys(columns).length > 0) plain.patch(at, columns);
        entry.stored = row;
      }
      changed.clear();
      return size;
    },
  };
}

/** Those columns of a row that are not what they were. */
function differing(before: Row, now: Row): Row {
  return Object.fromEntries(Object.entries(now).filter(([property, value]) => value !== before[property]));
}
