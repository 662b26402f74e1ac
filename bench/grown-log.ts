import 'reflect-metadata/lite';
import type Database from 'better-sqlite3';
import { join } from 'node:path';
import { createInserter, type NewCommandContent } from '../src/engines/sqlite/log-insert.js';
import { openDisposable } from '../src/engines/sqlite/connection.js';
import { internedIn } from '../src/engines/sqlite/interning.js';
import { openLogFile } from '../src/engines/sqlite/read-only-log.js';
import { contentOf, scanCommands } from '../src/engines/sqlite/stored-commands.js';
import { caughtUp, composeIn } from './in-process.js';
import { closedLoop, liveOrder } from './workload.js';

/** Whole lives of orders, about seven events each: this many make ten thousand events. */
const PATTERN_ORDERS = 1_450;
const IN_FLIGHT = 256;
/** Commands that are copied in one transaction. */
const TRANSACTION_COMMANDS = 50_000;
/** What lies between two copies, so that their ids do not meet, in ms. */
const PAUSE_MS = 1_000;

/** A log and its views, written by the product, of which larger ones are made. */
export interface Pattern {
  readonly folder: string;
  /** Events, which are numbered without a gap. */
  readonly head: number;
  readonly commands: readonly NewCommandContent[];
  readonly orderIds: readonly string[];
  /** From its first id to its last, in ms, with a pause. */
  readonly spanMs: number;
}

/** A data folder that a service opens as its own, with so many events in its log and in its views. */
export interface Grown {
  readonly folder: string;
  readonly events: number;
  /** The id of an order; the numbers from 0 on are spread over all of the log. */
  readonly orderId: (n: number) => string;
}

/** Lets the product write a pattern of about ten thousand events, or of fewer orders. */
export async function writePattern(folder: string, orders = PATTERN_ORDERS): Promise<Pattern> {
  const { kernel, log, close } = await composeIn(folder, { projections: true });
  await closedLoop(
    IN_FLIGHT,
    (n) => n < orders,
    (n) => liveOrder(kernel.commands, n),
  );
  await caughtUp(kernel);
  const head = await log.head();
  await close();
  const file = openLogFile(join(folder, 'log.sqlite'));
  const commands = [...scanCommands(file.database)].flatMap((scanned) =>
    'stray' in scanned ? [] : [contentOf(scanned, file)],
  );
  file.database.close();
  const orderIds = [...new Set(commands.map(orderOf))].sort();
  const times = commands.map(({ id }) => timeOf(id));
  return { folder, head, commands, orderIds, spanMs: Math.max(...times) - Math.min(...times) + PAUSE_MS };
}

/**
 * Fills a folder with so many copies of a pattern, under ids of their own: the last copy has the pattern's, those before
 * it earlier ones. Rows of the log are inserted by the product, rows of views copied; nothing is synced on the way.
 */
export async function growLog(pattern: Pattern, folder: string, copies: number): Promise<Grown> {
  // The product makes the files, with their tables, their headers and the log's identity.
  const { close } = await composeIn(folder, { projections: true });
  await close();
  copyLog(pattern, join(folder, 'log.sqlite'), copies);
  for (const [view, tables] of Object.entries(VIEWS)) copyView(pattern, folder, view, tables, copies);
  const { orderIds } = pattern;
  return {
    folder,
    events: pattern.head * copies,
    orderId: (n) => {
      // A step without a common factor with either number, so that neighbours are far apart.
      const at = (n * 7_919) % (copies * orderIds.length);
      const id = orderIds[at % orderIds.length] ?? '';
      return shifted(id, shiftOf(pattern, Math.floor(at / orderIds.length), copies));
    },
  };
}

function copyLog(pattern: Pattern, file: string, copies: number): void {
  const database = openDisposable(file);
  const inserter = createInserter(
    database,
    internedIn(database, 'names', 'name'),
    internedIn(database, 'tags', 'tag'),
  );
  let written = 0;
  database.exec('BEGIN');
  inserter.begin();
  for (let copy = 0; copy < copies; copy += 1) {
    const by = shiftOf(pattern, copy, copies);
    for (const content of pattern.commands) {
      inserter.insert(copyOf(content, by));
      written += 1;
      if (written % TRANSACTION_COMMANDS === 0) database.exec('COMMIT; BEGIN');
    }
  }
  database.exec('COMMIT');
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

/** The same command of another order, some time earlier or later. */
function copyOf(content: NewCommandContent, by: number): NewCommandContent {
  const from = orderOf(content);
  const to = shifted(from, by);
  const renamed = (text: string): string => text.replaceAll(from, to);
  return {
    ...content,
    id: shifted(content.id, by),
    correlationId: shifted(content.correlationId, by),
    result: content.result && renamed(content.result),
    events: content.events.map((event) => ({
      ...event,
      tags: event.tags.map(renamed),
      data: renamed(event.data),
    })),
  };
}

/** The order that a command of the pattern is about: each of them wrote events of one. */
function orderOf({ events: [event] }: NewCommandContent): string {
  return event?.tags[0]?.slice('order:'.length) ?? '';
}

/** How a table grows: row by row, with these columns changed, or by these columns in the rows that there are. */
interface Growth {
  readonly each: 'copy' | 'once';
  readonly columns: Readonly<Record<string, string>>;
}

const SUMS = ['orders', 'quantity', 'gross', 'discount', 'freight'];
const LAST_POSITION = 'position + (@copies - 1) * @head';

/** What the projections make of a copy: rows of its orders, and sums that hold it once more. */
const VIEWS: Readonly<Record<string, Readonly<Record<string, Growth>>>> = {
  orders: {
    orders: { each: 'copy', columns: { id: 'shifted(id, @by)', position: 'position + @copy * @head' } },
    order_history: {
      each: 'copy',
      columns: {
        order_id: 'shifted(order_id, @by)',
        command_id: 'shifted(command_id, @by)',
        position: 'position + @copy * @head',
      },
    },
  },
  customers: {
    customers: {
      each: 'once',
      columns: {
        order_count: 'order_count * @copies',
        lifetime_value:
          '(SELECT json_group_object(key, value * CAST(@copies AS INTEGER)) FROM json_each(customers.lifetime_value))',
        position: LAST_POSITION,
      },
    },
  },
  sales: {
    sales_by_day: {
      each: 'once',
      columns: Object.fromEntries(SUMS.map((column) => [column, `${column} * @copies`])),
    },
    sales_labels: { each: 'once', columns: { position: LAST_POSITION } },
    sales_orders: { each: 'copy', columns: { id: 'shifted(id, @by)' } },
  },
};

function copyView(
  pattern: Pattern,
  folder: string,
  view: string,
  tables: Readonly<Record<string, Growth>>,
  copies: number,
): void {
  const database = openDisposable(join(folder, 'views', `${view}.1.sqlite`));
  database.function('shifted', { deterministic: true }, (id: unknown, by: unknown) =>
    shifted(String(id), Number(by)),
  );
  database.prepare('ATTACH ? AS pattern').run(join(pattern.folder, 'views', `${view}.1.sqlite`));
  for (const [table, growth] of Object.entries(tables)) copyTable(database, table, growth, pattern, copies);
  database.prepare('UPDATE tidemark_view SET checkpoint = ?').run(pattern.head * copies);
  database.exec('DETACH pattern');
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

/** Indexes are made afterwards: sorting once is faster than finding each row's place. */
function copyTable(
  database: Database.Database,
  table: string,
  { each, columns }: Growth,
  pattern: Pattern,
  copies: number,
): void {
  const indexes = database
    .prepare<[string], { name: string; sql: string }>(
      "SELECT name, sql FROM main.sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
    )
    .all(table);
  for (const { name } of indexes) database.exec(`DROP INDEX main.${name}`);
  const names = database
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?)')
    .pluck()
    .all(table);
  const insert = database.prepare(
    `INSERT INTO main.${table} (${names.join(', ')})
     SELECT ${names.map((name) => columns[name] ?? name).join(', ')} FROM pattern.${table} ORDER BY rowid`,
  );
  const used = Object.values(columns).join();
  const { head } = pattern;
  for (let copy = 0; copy < (each === 'copy' ? copies : 1); copy += 1) {
    const values = { by: shiftOf(pattern, copy, copies), copy, copies, head };
    insert.run(Object.fromEntries(Object.entries(values).filter(([name]) => used.includes(`@${name}`))));
  }
  for (const { sql } of indexes) database.exec(sql);
}

/** How far the ids of a copy are from the pattern's, in ms. */
function shiftOf({ spanMs }: Pattern, copy: number, copies: number): number {
  return (copy - copies + 1) * spanMs;
}

/** The time in a UUID of version 7, in ms since 1970. */
function timeOf(id: string): number {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The UUID of version 7 of another time. */
function shifted(id: string, byMs: number): string {
  const time = (timeOf(id) + byMs).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}${id.slice(13)}`;
}
