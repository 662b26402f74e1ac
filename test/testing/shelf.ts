import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { eq } from 'drizzle-orm';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineProjection, defineQuery, keyedBy, type Module } from '../../src/kernel/index.js';
import { book, bookEvents, library } from '../kernel/library.js';
import { migrationsOf } from '../support/migrations.js';

const TABLES = `CREATE TABLE books (id text PRIMARY KEY NOT NULL, title text NOT NULL, lentTo text, position integer NOT NULL);`;

// Drizzle takes tables of one name for the same: all columns have to be there.
const books = sqliteTable('books', {
  id: text().primaryKey(),
  title: text().notNull(),
  lentTo: text(),
  position: integer().notNull(),
});

/** The library's books, with the tables that they are kept in. */
export function shelf(): typeof library {
  return { ...library, migrations: migrationsOf(TABLES) };
}

/** The same books, and who has one. */
export function shelfModule(projection = shelf()) {
  const holder = defineQuery({
    name: 'holder',
    reads: { library: projection },
    prepare:
      ({ library: db }: { readonly library: BetterSQLite3Database }) =>
      (id: string) =>
        db.select().from(books).where(eq(books.id, id)).get()?.lentTo,
  });
  const module: Module = { name: 'library', deciders: [book], projections: [projection], queries: [holder] };
  return { module, holder };
}

const seen = sqliteTable('seen', {
  id: text().primaryKey(),
  title: text().notNull(),
  note: integer().notNull(),
});

/** Notes something of each book; the parts that are wrong are the test's to choose. */
export function noting(
  note: (title: string, titles: Map<string, string>) => number,
  titles = new Map<string, string>(),
) {
  return defineProjection({
    name: 'noting',
    version: 1,
    events: bookEvents,
    tables: { seen: keyedBy(seen, 'id') },
    migrations: migrationsOf(
      'CREATE TABLE seen (id text PRIMARY KEY NOT NULL, title text NOT NULL, note integer NOT NULL);',
    ),
    on: {
      BookAdded: (rows, { data }) => {
        titles.set(data.bookId, data.title);
        rows.seen.put({ id: data.bookId, title: data.title, note: note(data.title, titles) });
      },
      BookLent: (rows, { data }) => {
        rows.seen.patch({ id: data.bookId }, { title: `${titles.get(data.bookId) ?? 'unknown'}, lent` });
      },
    },
  });
}
