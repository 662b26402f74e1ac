import { describe, expect, it } from 'vitest';
import { everyInputs } from './inputs.js';
import { libraryWith, zodInputs } from './library.js';
import { printAdded } from './printed.js';

/** What arktype’s JSON Schema of an input does not tell: defaults. It describes UUIDs by itself. */
const withoutDefaults = (text: string): string => text.replaceAll(/(genre|days): (\w+)! = \w+/g, '$1: $2');
const withoutUuids = (text: string): string => text.replaceAll(/ *"""a UUID"""\n/g, '');

describe('the derived schema', () => {
  it('is the table’s and the commands’, and nothing else', () => {
    expect(printAdded(libraryWith(zodInputs).resolvers)).toMatchInlineSnapshot(`
      "input AddBookInput {
        author: String!

        """A new id."""
        bookId: ID!
        genre: BookGenre! = FICTION
        options: CommandOptions
        pages: Int!
        price: Float
        shelf: AddBookShelfInput!
        title: String!
      }

      type AddBookPayload {
        """As it is after this command. Selecting it waits for the view."""
        book: Book

        """Of what the command is about."""
        id: ID
        receipt: Receipt!
        userErrors: [UserError!]!
      }

      input AddBookShelfInput {
        room: String!
        rows: [AddBookShelfRowsInput!]!
      }

      input AddBookShelfRowsInput {
        label: String!
      }

      """A book of the library."""
      type Book {
        addedAt: DateTime!
        author: String!
        available: Boolean!
        dueAt: DateTime
        genre: BookGenre!
        id: ID!
        lentTo: String
        pages: Int!
        position: Position!
        price: Float
        shelves: [String!]!
        title: String!
      }

      type BookConnection {
        edges: [BookEdge!]!

        """The nodes of the edges, for those who need no cursors."""
        nodes: [Book!]!
        pageInfo: PageInfo!

        """How many there are on all pages. Counted only when selected."""
        totalCount: Int!
      }

      type BookEdge {
        cursor: String!
        node: Book!
      }

      """All that is given must hold."""
      input BookFilter {
        addedAt: DateTime
        author: String
        available: Boolean
        dueAt: DateTime
        genre: BookGenre
        lentTo: String
        price: Float
      }

      enum BookGenre {
        FICTION
        SCIENCE
      }

      input BookOrder {
        direction: SortDirection! = ASC
        field: BookOrderField!
      }

      enum BookOrderField {
        ADDED_AT
        AVAILABLE
        DUE_AT
        LENT_TO
        PAGES
        PRICE
        TITLE
      }

      """What goes with any command."""
      input CommandOptions {
        """
        A UUID, best of version 7. The same id with the same input is done once, however often it is sent.
        """
        commandId: ID

        """
        Answer CONFLICT if what the command is about changed after this position.
        """
        ifUnchangedSince: Position
      }

      """What became of a command."""
      enum CommandStatus {
        """It was done, or there was nothing to do."""
        ACCEPTED

        """The business says no; \`userErrors\` says why. Nothing changed."""
        REFUSED
      }

      input LendBookInput {
        bookId: ID!
        days: Int! = 14
        memberId: String!
        options: CommandOptions
      }

      type LendBookPayload {
        """As it is after this command. Selecting it waits for the view."""
        book: Book

        """Of what the command is about."""
        id: ID
        receipt: Receipt!
        userErrors: [UserError!]!
      }

      type Mutation {
        addBook(input: AddBookInput!): AddBookPayload!
        lendBook(input: LendBookInput!): LendBookPayload!
        returnBook(input: ReturnBookInput!): ReturnBookPayload!
      }

      type Query {
        """Null where there is none of this id."""
        book(id: ID!): Book
        books(
          """Only what comes after this cursor."""
          after: String

          """Only what comes before this cursor."""
          before: String
          filter: BookFilter

          """
          The first so many, 1 to 100 where the service is not set otherwise; 20 when left out.
          """
          first: Int

          """The last so many, no more than \`first\` may be."""
          last: Int

          """By the key when left out."""
          orderBy: [BookOrder!]
        ): BookConnection!
      }

      """The answer to a command."""
      type Receipt {
        commandId: ID!

        """
        True when the command had been done before: this is what was answered then.
        """
        duplicate: Boolean!

        """Read after this position to see what the command did."""
        position: Position!
        status: CommandStatus!
      }

      input ReturnBookInput {
        bookId: ID!

        """What it looks like now."""
        note: String
        options: CommandOptions
      }

      type ReturnBookPayload {
        """As it is after this command. Selecting it waits for the view."""
        book: Book

        """Of what the command is about."""
        id: ID
        receipt: Receipt!
        userErrors: [UserError!]!
      }

      enum SortDirection {
        ASC
        DESC
      }

      """Why the business said no."""
      type UserError {
        """For programs: \`ALREADY_SHIPPED\`."""
        code: String!

        """The path of the input field it concerns; empty where it concerns none."""
        field: [String!]!

        """For people."""
        message: String!
      }"
    `);
  });

  it.each(Object.keys(everyInputs))(
    'is the same with %s, but for defaults that it does not tell',
    (library) => {
      const inputs = everyInputs[library] ?? zodInputs;
      const [own, zod] = [
        printAdded(libraryWith(inputs).resolvers),
        printAdded(libraryWith(zodInputs).resolvers),
      ];
      if (library === 'arktype') expect(withoutUuids(own)).toBe(withoutDefaults(zod));
      else expect(own).toBe(zod);
    },
  );

  it('can be built again, and beside another of the same names', () => {
    const [one, other] = [libraryWith(zodInputs), libraryWith(zodInputs)];
    expect(printAdded(one.resolvers)).toBe(printAdded(one.resolvers));
    expect(printAdded(other.resolvers)).toBe(printAdded(one.resolvers));
  });
});
