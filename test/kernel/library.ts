import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { z } from 'zod';
import { defineDecider, defineEvents, defineProjection, keyedBy, refuse } from '../../src/kernel/index.js';

const bookId = z.string();

/** The facts of a small library. */
export const bookEvents = defineEvents({
  BookAdded: {
    schema: z.object({ bookId, title: z.string() }),
    tags: (data) => [`book:${data.bookId}`],
  },
  BookLent: {
    schema: z.object({ bookId, memberId: z.string() }),
    tags: (data) => [`book:${data.bookId}`, `member:${data.memberId}`],
  },
});

interface Book {
  readonly state: 'UNKNOWN' | 'HERE' | 'LENT';
}

const unknownBook: Book = { state: 'UNKNOWN' };

/** A book: added once, lent to one member at a time. */
export const book = defineDecider({
  name: 'book',
  events: bookEvents,
  inputs: {
    addBook: z.object({ title: z.string() }),
    lendBook: z.object({ bookId, memberId: z.string() }),
  },
  boundary: ({ input, freshId }) => [{ tags: [`book:${'bookId' in input ? input.bookId : freshId}`] }],
  initial: unknownBook,
  evolve: {
    BookAdded: () => ({ state: 'HERE' }),
    BookLent: (state) => ({ ...state, state: 'LENT' }),
  },
  decide: {
    addBook: (_, { input, freshId }) => [
      { type: 'BookAdded', data: { bookId: freshId, title: input.title } },
    ],
    lendBook: (state, { input }) =>
      state.state === 'LENT'
        ? refuse('ALREADY_LENT', 'Somebody has it.', ['bookId'])
        : [{ type: 'BookLent', data: input }],
  },
});

const books = sqliteTable('books', {
  id: text().primaryKey(),
  title: text().notNull(),
  lentTo: text(),
  position: integer().notNull(),
});

/** The books, and who has them. */
export const library = defineProjection({
  name: 'library',
  version: 1,
  events: bookEvents,
  tables: { books: keyedBy(books, 'id') },
  migrations: new URL('no-such-folder', import.meta.url),
  on: {
    BookAdded: (rows, { data, position }) => {
      rows.books.put({ id: data.bookId, title: data.title, lentTo: null, position });
    },
    BookLent: (rows, { data, position }) => {
      rows.books.patch({ id: data.bookId }, { lentTo: data.memberId, position });
    },
  },
});
