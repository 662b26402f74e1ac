import { index, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { z } from 'zod';
import { DateTime, SIGNED_IN, STAFF, ANYONE } from '../../src/graphql/index.js';
import { deriveCommands, deriveView, type Roles } from '../../src/derive/index.js';
import {
  defineDecider,
  defineEvents,
  defineProjection,
  keyedBy,
  ownedBy,
  refuse,
  type Module,
} from '../../src/kernel/index.js';
import { defineService } from '../../src/service/index.js';

const bookId = z.string();

const schemas = {
  BookAdded: z.object({
    bookId,
    title: z.string(),
    author: z.string(),
    genre: z.enum(['FICTION', 'SCIENCE']),
    pages: z.number(),
    price: z.number().nullable(),
    shelves: z.array(z.string()),
    addedAt: z.number(),
  }),
  BookLent: z.object({ bookId, memberId: z.string(), dueAt: z.number() }),
  BookReturned: z.object({ bookId }),
};

type LibraryEvents = { readonly [T in keyof typeof schemas]: z.output<(typeof schemas)[T]> };

const tags = (data: { readonly bookId: string }): readonly string[] => [`book:${data.bookId}`];

const libraryEvents = defineEvents<LibraryEvents>({
  BookAdded: { schema: schemas.BookAdded, tags },
  BookLent: { schema: schemas.BookLent, tags },
  BookReturned: { schema: schemas.BookReturned, tags },
});

/** What deciders get of each command, whichever library its schema is of. */
export interface LibraryInputs {
  readonly addBook: {
    readonly bookId: string;
    readonly title: string;
    readonly author: string;
    readonly genre: 'FICTION' | 'SCIENCE';
    readonly pages: number;
    readonly price?: number | null | undefined;
    readonly shelf: { readonly room: string; readonly rows: readonly { readonly label: string }[] };
  };
  readonly lendBook: { readonly bookId: string; readonly memberId: string; readonly days: number };
  readonly returnBook: { readonly bookId: string; readonly note?: string | null | undefined };
}

/** The inputs with zod. */
export const zodInputs = {
  addBook: z.object({
    bookId: z.uuid().describe('A new id.'),
    title: z.string().trim().min(1, 'must not be blank'),
    author: z.string(),
    genre: z.enum(['FICTION', 'SCIENCE']).default('FICTION'),
    pages: z.int().min(1),
    price: z.number().nullish(),
    shelf: z.object({ room: z.string(), rows: z.array(z.object({ label: z.string() })) }),
  }),
  lendBook: z.object({ bookId: z.uuid(), memberId: z.string(), days: z.int().max(60).default(14) }),
  returnBook: z.object({ bookId: z.uuid(), note: z.string().optional().describe('What it looks like now.') }),
};

interface BookState {
  readonly lentTo: string | null;
}

/** One book, lent to one member at a time. */
export function bookWith(inputs: { readonly [C in keyof LibraryInputs]: unknown }) {
  return defineDecider<
    LibraryEvents,
    { readonly [C in keyof LibraryInputs]: LibraryInputs[C] },
    BookState | null
  >({
    name: 'book',
    events: libraryEvents,
    inputs: inputs as typeof zodInputs,
    boundary: ({ input }) => [{ tags: tags(input) }],
    subject: ({ input }) => input.bookId,
    initial: null,
    evolve: {
      BookAdded: () => ({ lentTo: null }),
      BookLent: (_, { memberId }) => ({ lentTo: memberId }),
      BookReturned: () => ({ lentTo: null }),
    },
    decide: {
      addBook: (state, { input: { shelf, price, ...book }, issuedAt }) =>
        state === null
          ? [
              {
                type: 'BookAdded',
                data: {
                  ...book,
                  price: price ?? null,
                  shelves: shelf.rows.map(({ label }) => `${shelf.room}/${label}`),
                  addedAt: issuedAt,
                },
              },
            ]
          : refuse('BOOK_EXISTS', 'There is a book of this id.', ['bookId']),
      lendBook: (state, { input: { bookId: id, memberId, days }, issuedAt }) => {
        if (state === null) return refuse('BOOK_NOT_FOUND', 'There is no such book.', ['bookId']);
        if (state.lentTo !== null) return refuse('ALREADY_LENT', `It is lent to ${state.lentTo}.`);
        const dueAt = issuedAt + days * 86_400_000;
        return [{ type: 'BookLent', data: { bookId: id, memberId, dueAt } }];
      },
      returnBook: (state, { input: { bookId: id } }) =>
        state?.lentTo == null ? [] : [{ type: 'BookReturned', data: { bookId: id } }],
    },
  });
}

/** The books as they stand: every kind of column that has a type of its own, and some that have not. */
export const booksTable = sqliteTable(
  'books',
  {
    id: text().primaryKey(),
    title: text().notNull(),
    author: text().notNull(),
    genre: text({ enum: ['FICTION', 'SCIENCE'] }).notNull(),
    pages: integer().notNull(),
    price: real(),
    available: integer({ mode: 'boolean' }).notNull(),
    lentTo: text('lent_to'),
    dueAt: integer('due_at'),
    addedAt: integer('added_at', { mode: 'timestamp_ms' }).notNull(),
    shelves: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
    notes: text({ mode: 'json' }),
    position: integer().notNull(),
  },
  (table) => [index('books_title').on(table.title, table.id)],
);

const tables = { books: ownedBy(keyedBy(booksTable, 'id'), ({ id }) => `book:${id}`) };

/** The books, without migrations. */
export const libraryProjection = defineProjection<LibraryEvents, typeof tables>({
  name: 'library',
  version: 1,
  events: libraryEvents,
  tables,
  on: {
    BookAdded: (rows, { data: { bookId: id, addedAt, ...book }, position }) => {
      const added = { ...book, addedAt: new Date(addedAt), available: true, lentTo: null, dueAt: null };
      rows.books.put({ id, ...added, notes: null, position });
    },
    BookLent: (rows, { data: { bookId: id, memberId, dueAt }, position }) => {
      rows.books.patch({ id }, { available: false, lentTo: memberId, dueAt, position });
    },
    BookReturned: (rows, { data: { bookId: id }, position }) => {
      rows.books.patch({ id }, { available: true, lentTo: null, dueAt: null, position });
    },
  },
});

/** The library as a service, with the inputs of some schema library. */
export function libraryWith(
  inputs: { readonly [C in keyof LibraryInputs]: unknown },
  access: Roles = [ANYONE],
) {
  const book = bookWith(inputs);
  const books = deriveView(libraryProjection, 'books', {
    type: 'Book',
    description: 'A book of the library.',
    access,
    filter: ['author', 'genre', 'available', 'lentTo', 'dueAt', 'addedAt', 'price'],
    orderBy: ['title', 'pages', 'lentTo', 'dueAt', 'addedAt', 'price', 'available'],
    fields: { dueAt: () => DateTime, shelves: () => [String], notes: null },
  });
  const bookCommands = deriveCommands(book, {
    access: { '*': [STAFF], lendBook: [SIGNED_IN] },
    returns: books,
  });
  const library: Module = {
    name: 'library',
    deciders: [book],
    projections: [libraryProjection],
    queries: books.queries,
  };
  const definition = defineService({
    name: 'Library',
    modules: [library],
    resolvers: [books.resolver, bookCommands.resolver],
  });
  return { ...definition, books };
}
