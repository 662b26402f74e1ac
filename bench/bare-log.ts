import Database from 'better-sqlite3';
import { openSqliteLog } from '../src/engines/sqlite/index.js';

/** All rows that one command wrote. */
export interface CommandRows {
  readonly command: readonly unknown[];
  readonly events: readonly (readonly unknown[])[];
  readonly eventTags: readonly (readonly unknown[])[];
  /** Tags that nobody had used before. */
  readonly tags: readonly (readonly unknown[])[];
}

/** Writes rows with better-sqlite3 alone, durably: no decision, no duplicate check, no condition. */
export interface BareLog {
  append(rows: CommandRows): Promise<void>;
  close(): void;
}

/** Reads the rows of a log back, command by command, in the order in which they were written. */
export function readCommands(file: string): readonly CommandRows[] {
  const database = new Database(file, { readonly: true });
  const all = (sql: string): unknown[][] => database.prepare<[], unknown[]>(sql).raw().all();
  const events = groupBy(all('SELECT * FROM events ORDER BY position'), 3);
  const eventTags = groupBy(all('SELECT tag, position FROM event_tags'), 1);
  const unused = new Map(all('SELECT id, tag FROM tags').map((row) => [row[0], row]));
  const commands = all('SELECT * FROM commands ORDER BY seq').map((command) => {
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

/** An empty log with the product's tables. `groupMax` 1 is a transaction for each command. */
export function openBareLog(file: string, groupMax: number): BareLog {
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

  function write(rows: CommandRows): void {
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

function groupBy(rows: readonly unknown[][], column: number): ReadonlyMap<unknown, readonly unknown[][]> {
  const groups = new Map<unknown, unknown[][]>();
  for (const row of rows) {
    const group = groups.get(row[column]);
    if (group === undefined) groups.set(row[column], [row]);
    else group.push(row);
  }
  return groups;
}
