import { describe, expect, test } from 'vitest';
import { FieldResolver, Resolver, Root } from 'type-graphql';
import { newId } from '../../src/kernel/index.js';
import { startService, type Body, type Service, type Variables } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { AUTH, actingAs, signedIn } from '../support/tokens.js';
import { until } from '../support/until.js';
import { everyInputs } from './inputs.js';
import { libraryWith, zodInputs } from './library.js';

const ADD = `mutation Add($input: AddBookInput!) { addBook(input: $input) {
  receipt { status position duplicate } userErrors { code field } id book { id title genre available position }
} }`;
const LEND = `mutation Lend($input: LendBookInput!) { lendBook(input: $input) {
  receipt { status position } userErrors { code field } id book { lentTo dueAt available }
} }`;
const PAGE = `query Page($filter: BookFilter, $orderBy: [BookOrder!], $first: Int, $after: String, $last: Int, $before: String) {
  books(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { id title } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

const library = (inputs = zodInputs as object, more = {}): Promise<Service> =>
  startService({ definition: libraryWith(inputs as typeof zodInputs), ...more });

const bookOf = (more: Variables = {}): Variables & { readonly bookId: string } => ({
  bookId: newId(),
  title: 'Dune',
  author: 'Herbert',
  pages: 412,
  shelf: { room: 'A', rows: [{ label: '1' }, { label: '2' }] },
  ...more,
});

async function ok(service: Service, query: string, variables: Variables = {}): Promise<Body> {
  const { body } = await service.gql(query, variables);
  expect(body.errors).toBeUndefined();
  return body;
}

/** Books with titles from A, by two authors, with prices and without. */
async function filled(service: Service, count = 7): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const input = bookOf({
      title: String.fromCharCode(65 + index),
      author: index % 2 === 0 ? 'Even' : 'Odd',
      genre: index % 3 === 0 ? 'SCIENCE' : 'FICTION',
      pages: 100 + (index % 3),
      price: index % 2 === 0 ? -index - 0.5 : null,
    });
    await ok(service, ADD, { input });
    ids.push(input.bookId);
  }
  await settled(service);
  return ids;
}

describe.each(Object.keys(everyInputs))('with %s', (name) => {
  const inputs = everyInputs[name] ?? zodInputs;

  test('a command is done, and the payload shows what it did, defaults and all', async () => {
    const service = await library(inputs);
    const input = bookOf({ price: 9.5 });
    const { data } = await ok(service, ADD, { input });
    expect(data.addBook).toMatchObject({
      receipt: { status: 'ACCEPTED', duplicate: false },
      userErrors: [],
      id: input.bookId,
      book: { id: input.bookId, title: 'Dune', genre: 'FICTION', available: true },
    });
    expect(data.addBook.book.position).toBe(data.addBook.receipt.position);
    const lent = await ok(service, LEND, { input: { bookId: input.bookId, memberId: 'ann' } });
    expect(lent.data.lendBook.book).toMatchObject({ lentTo: 'ann', available: false });
    const days = (Date.parse(lent.data.lendBook.book.dueAt) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(14);
  });

  test('null where the schema knows none counts as left out', async () => {
    const service = await library(inputs);
    const input = bookOf({ price: null });
    await ok(service, ADD, { input });
    await ok(
      service,
      'mutation M($input: ReturnBookInput!) { returnBook(input: $input) { receipt { status } } }',
      { input: { bookId: input.bookId, note: null } },
    );
  });

  test('bad input is coded, names the field, and nothing is written', async () => {
    const service = await library(inputs);
    for (const [field, wrong] of [
      [['title'], bookOf({ title: ' ' })],
      [['pages'], bookOf({ pages: 0 })],
      [['bookId'], bookOf({ bookId: 'no uuid' })],
    ] as const) {
      const { body } = await service.gql(ADD, { input: wrong });
      expect(body.errors?.map(({ extensions }) => extensions)).toMatchObject([
        { code: 'BAD_USER_INPUT', problems: [{ field }] },
      ]);
    }
    for (const wrong of [
      bookOf({ genre: 'POETRY' }),
      bookOf({ pages: 1.5 }),
      bookOf({ title: null }),
      bookOf({ shelf: { room: 'A', rows: [{}] } }),
      bookOf({ surplus: 1 }),
    ]) {
      const { status, body } = await service.gql(ADD, { input: wrong });
      expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    }
    expect(await service.head()).toBe(0);
  });
});

describe('Commands', () => {
  test('are refused as data, and show the view as it is', async () => {
    const service = await library();
    const [bookId] = await filled(service, 1);
    await ok(service, LEND, { input: { bookId, memberId: 'ann' } });
    const { data } = await ok(service, LEND, { input: { bookId, memberId: 'ben' } });
    expect(data.lendBook).toMatchObject({
      receipt: { status: 'REFUSED' },
      userErrors: [{ code: 'ALREADY_LENT', field: [] }],
      id: bookId,
      book: { lentTo: 'ann' },
    });
    const unknown = newId();
    const none = await ok(service, LEND, { input: { bookId: unknown, memberId: 'ben' } });
    expect(none.data.lendBook).toMatchObject({
      userErrors: [{ code: 'BOOK_NOT_FOUND', field: ['bookId'] }],
      id: unknown,
      book: null,
    });
  });

  test('are done once for one command id, and refuse with CONFLICT what has changed', async () => {
    const service = await library();
    const input = { ...bookOf(), options: { commandId: newId() } };
    const first = await ok(service, ADD, { input });
    const again = await ok(service, ADD, { input });
    expect(again.data.addBook).toMatchObject({ receipt: { duplicate: true }, userErrors: [] });
    expect(again.data.addBook.receipt.position).toBe(first.data.addBook.receipt.position);
    const other = await service.gql(ADD, { input: { ...input, title: 'Other' } });
    expect(other.body.errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_MISMATCH');
    const { position } = first.data.addBook.receipt;
    await ok(service, LEND, { input: { bookId: input.bookId, memberId: 'ann' } });
    const options = { ifUnchangedSince: position };
    const late = await service.gql(LEND, { input: { bookId: input.bookId, memberId: 'ben', options } });
    expect(late.body.errors?.[0]?.extensions.code).toBe('CONFLICT');
  });

  test('take the limits that all mutations have', async () => {
    const service = await library();
    const many = Array.from({ length: 16 }, (_, index) => `m${index}: returnBook(input: $input) { id }`);
    const { body } = await service.gql(`mutation M($input: ReturnBookInput!) { ${many.join(' ')} }`, {
      input: { bookId: newId() },
    });
    expect(body.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});

describe('Read your writes', () => {
  test('by selecting the view in the payload waits; without it the answer comes at once', async () => {
    const service = await library();
    const [bookId] = await filled(service, 1);
    const release = service.hold();
    const receipt = `mutation M($input: LendBookInput!) { lendBook(input: $input) { receipt { status } id } }`;
    const { data, extensions } = await ok(service, receipt, { input: { bookId, memberId: 'ann' } });
    expect(data.lendBook.receipt.status).toBe('ACCEPTED');
    expect(extensions?.consistency).toBeUndefined();
    const waiting = ok(service, LEND, { input: { bookId, memberId: 'ben' } });
    setTimeout(release, 100);
    const { data: shown, extensions: fresh } = await waiting;
    expect(shown.lendBook.book).toMatchObject({ lentTo: 'ann' });
    expect(fresh?.consistency).toMatchObject({ stale: false });
  });

  test('by @readAfter, on one book and on lists', async () => {
    const service = await library();
    const [id] = await filled(service, 1);
    const release = service.hold();
    const { extensions } = await ok(
      service,
      'mutation M($input: LendBookInput!) { lendBook(input: $input) { id } }',
      { input: { bookId: id, memberId: 'ann' } },
    );
    const position = extensions?.written;
    const stale = await ok(
      service,
      `query Q($id: ID!, $position: Position!) @readAfter(position: $position, timeoutMs: 50) { book(id: $id) { lentTo } }`,
      { id, position },
    );
    expect(stale.data.book.lentTo).toBeNull();
    expect(stale.extensions?.consistency?.stale).toBe(true);
    setTimeout(release, 100);
    const { data } = await ok(
      service,
      `query Q($id: ID!, $position: Position!) @readAfter(position: $position, onTimeout: ERROR) {
        book(id: $id) { lentTo shelves } books(filter: { lentTo: "ann" }) { totalCount nodes { id } }
      }`,
      { id, position },
    );
    expect(data).toEqual({
      book: { lentTo: 'ann', shelves: ['A/1', 'A/2'] },
      books: { totalCount: 1, nodes: [{ id }] },
    });
  });
});

interface Page {
  readonly totalCount: number;
  readonly nodes: readonly { readonly id: string; readonly title: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

async function page(service: Service, variables: Variables = {}): Promise<Page> {
  return (await ok(service, PAGE, variables)).data.books as Page;
}

/** The titles page by page, in the order in which they are listed. */
async function titles(
  service: Service,
  variables: Variables,
  size = 100,
  backward = false,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<string> {
  let found = '';
  let cursor: string | null = null;
  for (;;) {
    const at = backward ? { last: size, before: cursor } : { first: size, after: cursor };
    const { nodes, pageInfo }: Page = await page(service, { ...variables, ...at });
    const text = nodes.map(({ title }) => title).join('');
    found = backward ? text + found : found + text;
    cursor = backward ? pageInfo.startCursor : pageInfo.endCursor;
    if (!(backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) return found;
    await between();
  }
}

describe('Lists', () => {
  test('are paged in both directions and in any order, those without a value first', async () => {
    const service = await library();
    const ids = await filled(service);
    await ok(service, LEND, { input: { bookId: ids[2], memberId: 'zoe' } });
    await ok(service, LEND, { input: { bookId: ids[5], memberId: 'ann', days: 3 } });
    await settled(service);
    const orders: readonly (readonly [string, string, string])[] = [
      ['TITLE', 'ASC', 'ABCDEFG'],
      ['TITLE', 'DESC', 'GFEDCBA'],
      // The ids are in the order of the titles; they go the way of the last term.
      ['PAGES', 'ASC', 'ADGBECF'],
      ['PRICE', 'ASC', 'BDFGECA'],
      ['PRICE', 'DESC', 'ACEGFDB'],
      ['LENT_TO', 'ASC', 'ABDEGFC'],
      ['DUE_AT', 'DESC', 'CFGEDBA'],
      ['ADDED_AT', 'ASC', 'ABCDEFG'],
      ['AVAILABLE', 'ASC', 'CFABDEG'],
    ];
    for (const [field, direction, expected] of orders) {
      const variables = { orderBy: [{ field, direction }] };
      for (const size of [1, 2, 7]) {
        expect(await titles(service, variables, size), `${field} ${direction}`).toBe(expected);
        expect(await titles(service, variables, size, true), `${field} ${direction}`).toBe(expected);
      }
    }
    expect(await titles(service, {})).toBe('ABCDEFG');
    const twice = { orderBy: ['ASC', 'DESC'].map((direction) => ({ field: 'TITLE', direction })) };
    const { body } = await service.gql(PAGE, twice);
    expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test.each([false, true])(
    'neither miss nor repeat a book while others are written (backward: %s)',
    async (backward) => {
      const service = await library();
      const ids = await filled(service);
      const orderBy = [{ field: 'TITLE', direction: 'ASC' }];
      let turn = 0;
      const between = async (): Promise<void> => {
        turn += 1;
        await ok(service, ADD, { input: bookOf({ title: turn % 2 === 0 ? '0' : 'Z' }) });
        await ok(service, LEND, { input: { bookId: ids[turn], memberId: 'ann' } });
        await settled(service);
      };
      const found = await titles(service, { orderBy }, 2, backward, between);
      expect(found.replaceAll(/[0Z]/g, '')).toBe('ABCDEFG');
      expect(turn).toBeGreaterThan(2);
    },
  );

  test('are narrowed by each column, and count what passes', async () => {
    const service = await library();
    const ids = await filled(service);
    await ok(service, LEND, { input: { bookId: ids[3], memberId: 'ann' } });
    await settled(service);
    const { data } = await ok(service, '{ books(first: 4) { nodes { title addedAt dueAt } } }');
    const { addedAt, dueAt } = data.books.nodes[3];
    const filters: readonly (readonly [Variables, string])[] = [
      [{ author: 'Even' }, 'ACEG'],
      [{ genre: 'SCIENCE' }, 'ADG'],
      [{ author: 'Even', genre: 'SCIENCE' }, 'AG'],
      [{ available: false }, 'D'],
      [{ lentTo: 'ann' }, 'D'],
      [{ lentTo: 'nobody' }, ''],
      [{ dueAt }, 'D'],
      [{ price: -2.5 }, 'C'],
      [{ author: null, lentTo: null }, 'ABCDEFG'],
      [{}, 'ABCDEFG'],
    ];
    for (const [filter, expected] of filters) {
      expect(await titles(service, { filter }, 2), JSON.stringify(filter)).toBe(expected);
      expect((await page(service, { filter, first: 1 })).totalCount).toBe(expected.length);
    }
    expect(await titles(service, { filter: { addedAt } })).toContain('D');
  });

  test('count only what is asked to be counted, and refuse pages that are none', async () => {
    const service = await library();
    await filled(service, 3);
    const asked: string[] = [];
    const { queries } = service.app.kernel;
    const ask = queries.ask.bind(queries);
    const watched: typeof ask = (query, ...rest) => {
      asked.push(query.name);
      return ask(query, ...rest);
    };
    Object.assign(queries, { ask: watched });
    await ok(service, '{ books { nodes { id } } }');
    expect(asked).toEqual(['bookList']);
    await ok(service, '{ books { totalCount } book(id: "none") { id } }');
    expect(asked.sort()).toEqual(['bookById', 'bookCount', 'bookList', 'bookList']);
    const { endCursor } = (await page(service, { first: 1 })).pageInfo;
    for (const wrong of [
      { first: 0 },
      { first: 1, last: 1 },
      { after: 'nothing' },
      { first: 1, after: endCursor, orderBy: [{ field: 'PAGES' }] },
    ]) {
      const { body } = await service.gql(PAGE, wrong);
      expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  test('have null for a book that there is not', async () => {
    const service = await library();
    expect((await ok(service, '{ book(id: "none") { id } }')).data).toEqual({ book: null });
  });
});

describe('Access', () => {
  const lend = (service: Service) =>
    service.gql('mutation M($input: LendBookInput!) { lendBook(input: $input) { id } }', {
      input: { bookId: newId(), memberId: 'ann' },
    });
  const add = (service: Service) =>
    service.gql('mutation M($input: AddBookInput!) { addBook(input: $input) { id } }', { input: bookOf() });

  test('is as it was given, for each command and for the view', async () => {
    const service = await library(zodInputs, { auth: AUTH });
    const codeOf = async (answer: ReturnType<typeof lend>) =>
      (await answer).body.errors?.[0]?.extensions.code ?? 'fine';
    const nobody = service;
    const member = actingAs(service, await signedIn({ roles: [] }));
    const staff = actingAs(service, await signedIn({ roles: ['staff'] }));
    expect([await codeOf(add(nobody)), await codeOf(lend(nobody))]).toEqual(Array(2).fill('UNAUTHENTICATED'));
    expect([await codeOf(add(member)), await codeOf(lend(member))]).toEqual(['FORBIDDEN', 'fine']);
    expect([await codeOf(add(staff)), await codeOf(lend(staff))]).toEqual(['fine', 'fine']);
    expect(await codeOf(nobody.gql('{ books { totalCount } }'))).toBe('fine');
  });

  test('to a view holds in payloads, too', async () => {
    const service = await startService({ definition: libraryWith(zodInputs, ['staff']), auth: AUTH });
    const member = actingAs(service, await signedIn({ roles: [] }));
    const input = { bookId: newId(), memberId: 'ann' };
    for (const answer of [
      await member.gql('{ books { totalCount } }'),
      await member.gql('{ book(id: "a") { id } }'),
      await member.gql(LEND, { input }),
      await member.gql(
        'mutation M($input: LendBookInput!) { lendBook(input: $input) { book { __typename } } }',
        { input },
      ),
    ])
      expect(answer.body.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(await service.head()).toBe(0);
    const { body } = await member.gql(
      'mutation M($input: LendBookInput!) { lendBook(input: $input) { userErrors { code } } }',
      { input },
    );
    expect(body.data.lendBook.userErrors).toEqual([{ code: 'BOOK_NOT_FOUND' }]);
  });
});

describe('Views without migrations', () => {
  const by = { actor: 'ann', correlationId: newId() };

  test('are there again after a restart, are built anew, and are what a replay makes', async () => {
    const service = await library();
    await filled(service);
    await service.stop();
    const again = await library(zodInputs, { dataDir: service.dataDir });
    expect(await titles(again, {}, 3)).toBe('ABCDEFG');
    const { operations } = again.app.kernel;
    expect(await operations.verify('library', by)).toMatchObject({ outcome: 'identical', rows: 7 });
    await operations.rebuild('library', by);
    await until(() => {
      expect(again.app.kernel.status()[0]).toMatchObject({ generation: 2, rebuild: null });
    });
    expect(await titles(again, {}, 3)).toBe('ABCDEFG');
  });
});

test('A derived type can have more fields, of resolvers that are written by hand', async () => {
  const { books, ...definition } = libraryWith(zodInputs);
  class MoreOfBooks {
    loud({ title }: { readonly title: string }): string {
      return `${title}!`;
    }
  }
  Resolver(() => books.type)(MoreOfBooks);
  FieldResolver(() => String)(
    MoreOfBooks.prototype,
    'loud',
    Object.getOwnPropertyDescriptor(MoreOfBooks.prototype, 'loud') ?? {},
  );
  Root()(MoreOfBooks.prototype, 'loud', 0);
  const resolvers = [...definition.resolvers, MoreOfBooks];
  const service = await startService({ definition: { ...definition, resolvers } });
  await filled(service, 2);
  const { data } = await ok(service, '{ books { nodes { title loud } } }');
  expect(data.books.nodes).toEqual([
    { title: 'A', loud: 'A!' },
    { title: 'B', loud: 'B!' },
  ]);
});

test('Two services of one definition’s names run in one process, each with its own books', async () => {
  const [one, other] = [await library(), await library()];
  await filled(one, 2);
  await settled(other);
  expect((await page(one)).totalCount).toBe(2);
  expect((await page(other)).totalCount).toBe(0);
});
