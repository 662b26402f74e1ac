import Database from 'better-sqlite3';
import { openSqliteLog } from '../src/engines/sqlite/index.js';

export { GROUP_MAX } from '../src/engines/sqlite/group-commit.js';

/** All rows that one command wrote. */
export interface CommandRows {
  readonly command: readonly unknown[];
  readonly events: readonly (readonly unknown[])[];
  readonly eventTags: readonly (readonly unknown[])[];
  /** Tags that nobody had used before. */
  readonly tags: readonly (readonly unknown[])[];
}

/**
 * How a bare log writes a command. `rows`: its rows and nothing else. `checks`: what no correct store can leave out as well:
 * it looks up the command's id, reads the entity's events where it does not know the entity yet, and asks whether anything
 * was appended to the entity since.
 */
export type BareWork = 'rows' | 'checks';

/** Writes rows with better-sqlite3 alone, durably, without deciding anything. */
export interface BareLog {
  append(rows: CommandRows): Promise<void>;
  close(): void;
}

/** How far a log is: its newest command, event and tag. */
export interface Mark {
  readonly seq: number;
  readonly position: number;
  readonly tag: number;
}

/** Before the first command. */
const START: Mark = { seq: 0, position: 0, tag: 0 };
const END: Mark = { seq: Infinity, position: Infinity, tag: Infinity };

/** How far the log in this file is. */
export function markOf(file: string): Mark {
  const database = new Database(file, { readonly: true });
  const newest = (table: string, column: string): number =>
    database.prepare<[], number>(`SELECT ifnull(max(${column}), 0) FROM ${table}`).pluck().get() ?? 0;
  const mark = {
    seq: newest('commands', 'seq'),
    position: newest('events', 'position'),
    tag: newest('tags', 'id'),
  };
  database.close();
  return mark;
}

/** Reads rows of a log back, command by command, in the order in which they were written. */
export function readCommands(file: string, after = START, through = END): readonly CommandRows[] {
  const database = new Database(file, { readonly: true });
  const all = (columns: string, table: string, by: string, of: keyof Mark): unknown[][] =>
    database
      .prepare<[number, number], unknown[]>(
        `SELECT ${columns} FROM ${table} WHERE ${by} > ? AND ${by} <= ? ORDER BY ${by}`,
      )
      .raw()
      .all(after[of], through[of]);
  const events = groupBy(all('*', 'events', 'position', 'position'), 3);
  const eventTags = groupBy(all('tag, position', 'event_tags', 'position', 'position'), 1);
  const unused = new Map(all('id, tag', 'tags', 'id', 'tag').map((row) => [row[0], row]));
  const commands = all('*', 'commands', 'seq', 'seq').map((command) => {
    const own = events.get(command[0]) ?? [];
    const tagged = own.flatMap((event) => eventTags.get(event[0]) ?? []);
    const tags = tagged.flatMap(([id]) => {
      const tag = unused.get(id);
      unused.delete(id);
      return tag === undefined ? [] : [tag];
    });
    return { command, events: own, eventTags: tagged, tags };
  });
  database.close();
  return commands;
}

/** The texts of a log's numbers for the names of commands and types of events. */
export function readNames(file: string): ReadonlyMap<unknown, string> {
  const database = new Database(file, { readonly: true });
  const names = database.prepare<[], [number, string]>('SELECT id, name FROM names').raw().all();
  database.close();
  return new Map(names);
}

/** The log in a file, which is made with the product's tables where there is none. `groupMax` 1 is a transaction for each command. */
export function openBareLog(file: string, groupMax: number, work: BareWork = 'rows'): BareLog {
  // Opened and closed once, so that the tables are those of the product's own migrations.
  openSqliteLog({ file }).close();
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  const insert = (table: string) => {
    const columns = database.prepare(`SELECT * FROM ${table}`).columns();
    return database.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => '?').join(', ')})`);
  };
  const event = insert('events');
  const eventTag = insert('event_tags');
  const tag = insert('tags');
  const command = insert('commands');
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const queue: { readonly rows: CommandRows; readonly resolve: () => void }[] = [];

  const check = work === 'checks' ? checksIn(database) : undefined;

  function write(rows: CommandRows): void {
    check?.(rows);
    for (const row of rows.tags) tag.run(...row);
    for (const row of rows.events) event.run(...row);
    for (const row of rows.eventTags) eventTag.run(...row);
    command.run(...rows.command);
  }

  function drain(): void {
    const group = queue.splice(0, groupMax);
    begin.run();
    for (const { rows } of group) write(rows);
    commit.run();
    for (const { resolve } of group) resolve();
    if (queue.length > 0) setImmediate(drain);
  }

  return {
    append: (rows) =>
      new Promise((resolve) => {
        if (queue.length === 0) setImmediate(drain);
        queue.push({ rows, resolve });
      }),
    close: () => database.close(),
  };
}

/** Throws where a command is a duplicate or in conflict: these never are. */
function checksIn(database: Database.Database): (rows: CommandRows) => void {
  const byId = database.prepare<[unknown], unknown>(
    'SELECT position, fingerprint, result FROM commands WHERE id = ?',
  );
  const byTag = database
    .prepare<[unknown], [position: number, type: number, version: number, data: string]>(
      `SELECT e.position, e.type, e.version, e.data FROM event_tags AS t JOIN events AS e ON e.position = t.position
       WHERE t.tag = ? ORDER BY t.position`,
    )
    .raw();
  const newest = database
    .prepare<[unknown, number], number | null>(
      'SELECT max(position) FROM event_tags WHERE tag = ? AND position > ?',
    )
    .pluck();
  /** The newest position of each entity that was read or written. */
  const known = new Map<number, number>();

  function load(entity: number): number {
    const events = byTag.all(entity);
    for (const [, , , data] of events) JSON.parse(data);
    return events.at(-1)?.[0] ?? 0;
  }

  return ({ command, events }) => {
    if (byId.get(command[1]) !== undefined) throw new Error('The command is there already.');
    const [position, , , , tags] = events.at(-1) ?? [];
    // An event's first tag is that of its order.
    const entity = Number.parseInt(String(tags));
    const after = known.get(entity) ?? load(entity);
    if (newest.get(entity, after) !== null) throw new Error('The entity has changed.');
    known.set(entity, Number(position));
  };
}

function groupBy(rows: readonly unknown[][], column: number): ReadonlyMap<unknown, readonly unknown[][]> {
  const groups = new Map<unknown, unknown[][]>();
  for (const row of rows) {
    const group = groups.get(row[column]);
    if (group === undefined) groups.set(row[column], [row]);
    else group.push(row);
  }
  return groups;
}
