import { describe, it } from 'vitest';
import { deriveCommands, deriveView } from '../../src/derive/index.js';
import { ANYONE, STAFF } from '../../src/graphql/index.js';
import { book as inferredBook, library } from '../kernel/library.js';
import { bookWith, libraryProjection, zodInputs, type booksTable } from './library.js';

/** These hold where they compile: tsc reads them, and nothing needs to run. */
const compiles = (_: () => unknown): void => undefined;
const book = bookWith(zodInputs);
const view = { type: 'Book', access: [ANYONE], fields: { shelves: null, notes: null } } as const;

describe('The types of deriveView', () => {
  it('take tables of the projection', () => {
    compiles(() => deriveView(libraryProjection, 'books', view));
    // @ts-expect-error there is no such table
    compiles(() => deriveView(libraryProjection, 'loans', view));
  });

  it('take columns of the table', () => {
    compiles(() =>
      deriveView(libraryProjection, 'books', { ...view, filter: ['author'], orderBy: ['title'] }),
    );
    // @ts-expect-error there is no such column
    compiles(() => deriveView(libraryProjection, 'books', { ...view, filter: ['writer'] }));
    // @ts-expect-error there is no such column
    compiles(() => deriveView(libraryProjection, 'books', { ...view, orderBy: ['title', 'writer'] }));
    // @ts-expect-error there is no such column
    compiles(() => deriveView(libraryProjection, 'books', { ...view, fields: { writer: () => String } }));
  });

  it('take columns of a projection whose types are inferred', () => {
    const some = { type: 'Book', access: [ANYONE] } as const;
    compiles(() => deriveView(library, 'books', { ...some, filter: ['lentTo'] }));
    // @ts-expect-error there is no such column
    compiles(() => deriveView(library, 'books', { ...some, filter: ['author'] }));
  });

  it('take rules, and no view without one', () => {
    // @ts-expect-error nobody says who may read it
    compiles(() => deriveView(libraryProjection, 'books', { type: 'Book' }));
    // @ts-expect-error nobody may read it
    compiles(() => deriveView(libraryProjection, 'books', { type: 'Book', access: [] }));
  });

  it('know the rows', () => {
    type Book = typeof booksTable.$inferSelect;
    const rowOf = (): Book => new (deriveView(libraryProjection, 'books', view).type)();
    compiles(() => rowOf().title);
    // @ts-expect-error there is no such column
    compiles(() => new (deriveView(libraryProjection, 'books', view).type)().writer);
  });
});

describe('The types of deriveCommands', () => {
  it('take commands of the decider', () => {
    compiles(() => deriveCommands(book, { access: { '*': [STAFF], lendBook: [ANYONE] } }));
    compiles(() =>
      deriveCommands(book, { access: { addBook: [STAFF], lendBook: [STAFF], returnBook: [STAFF] } }),
    );
    // @ts-expect-error there is no such command
    compiles(() => deriveCommands(book, { access: { '*': [STAFF], borrowBook: [STAFF] } }));
  });

  it('take commands of a decider whose types are inferred', () => {
    compiles(() => deriveCommands(inferredBook, { access: { addBook: [STAFF], lendBook: [STAFF] } }));
    // @ts-expect-error there is no such command
    compiles(() => deriveCommands(inferredBook, { access: { '*': [STAFF], returnBook: [STAFF] } }));
  });

  it('take a rule for each command', () => {
    // @ts-expect-error nobody says who may send the others
    compiles(() => deriveCommands(book, { access: { lendBook: [STAFF] } }));
    // @ts-expect-error nobody may send it
    compiles(() => deriveCommands(book, { access: { '*': [STAFF], lendBook: [] } }));
  });

  it('take views that are derived', () => {
    // @ts-expect-error a resolver is no view
    compiles(() => deriveCommands(book, { access: { '*': [STAFF] }, returns: class {} }));
  });
});
