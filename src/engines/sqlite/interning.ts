import type Database from 'better-sqlite3';

/** The most entries kept in memory; beyond that the memory is emptied and fills again. */
const REMEMBERED_MAX = 100_000;

/** Texts stored once, each with a number. */
export interface Interned {
  /** The number of a text, or undefined where no row has it yet. */
  find(text: string): number | undefined;
  /** The number of a text, which gets a row where it has none. Call it inside the write transaction. */
  intern(text: string): number;
  text(id: number): string;
  /** Forget what was remembered: after a rollback rows may be gone. */
  forget(): void;
}

/** The interned texts of a table with the columns `id` and `column`. */
export function internedIn(
  database: Database.Database,
  table: 'names' | 'tags',
  column: 'name' | 'tag',
): Interned {
  const select = database.prepare<[string], number>(`SELECT id FROM ${table} WHERE ${column} = ?`).pluck();
  const insert = database.prepare<[string]>(
    `INSERT INTO ${table} (${column}) VALUES (?) ON CONFLICT DO NOTHING`,
  );
  const selectText = database
    .prepare<[number], string>(`SELECT ${column} FROM ${table} WHERE id = ?`)
    .pluck();
  const ids = new Map<string, number>();
  const texts = new Map<number, string>();

  function remember(text: string, id: number): number {
    if (ids.size >= REMEMBERED_MAX) forget();
    ids.set(text, id);
    texts.set(id, text);
    return id;
  }

  function forget(): void {
    ids.clear();
    texts.clear();
  }

  function find(text: string): number | undefined {
    const known = ids.get(text);
    if (known !== undefined) return known;
    const id = select.get(text);
    return id === undefined ? undefined : remember(text, id);
  }

  function intern(text: string): number {
    const known = ids.get(text);
    if (known !== undefined) return known;
    // What is not remembered is new as a rule.
    const { changes, lastInsertRowid } = insert.run(text);
    const id = changes === 1 ? Number(lastInsertRowid) : select.get(text);
    if (id === undefined) throw new Error(`${table} neither takes nor has ${JSON.stringify(text)}.`);
    return remember(text, id);
  }

  return {
    find,
    intern,
    text: (id) => {
      const known = texts.get(id);
      if (known !== undefined) return known;
      const text = selectText.get(id);
      if (text === undefined) throw new Error(`${table} has no row ${id}: the log is damaged.`);
      remember(text, id);
      return text;
    },
    forget,
  };
}
