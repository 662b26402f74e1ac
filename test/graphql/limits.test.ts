import { getIntrospectionQuery } from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { openAcknowledged } from '../support/raw-socket.js';
import { expectRefusal } from '../support/refusals.js';
import { startService, type Service, type Variables, type WireError } from '../support/service.js';

let service: Service;
beforeEach(async () => {
  service = await startService();
});

const repeat = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const perOrder = (fields: string, page = '(first: 1)'): string => `{ orders${page} { nodes { ${fields} } } }`;
/** Fragments that each spread the next one twice, and the last of which asks for something. */
const doubling = (count: number): string =>
  `{ ...F0 } ${repeat(count, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)}
  fragment F${count} on Query { __typename }`;
const deep = (levels: number): string => `{ ${'a { '.repeat(levels - 1)} a ${'} '.repeat(levels - 1)} }`;

async function overHttp(query: string, variables?: Variables): Promise<readonly WireError[]> {
  const { body } = await service.gql(query, variables);
  return body.errors ?? [];
}

/** What the WebSocket finds wrong. It refuses all but subscriptions, but looks at their size first. */
async function overWebSocket(query: string, variables: Variables = {}): Promise<readonly WireError[]> {
  const socket = await openAcknowledged(service.url);
  socket.subscribe('1', query, variables);
  const { payload } = await socket.message('error', '1');
  return (payload as WireError[]).filter(({ message }) => !message.startsWith('Only subscriptions'));
}

interface Limit {
  /** A document just within the limit, and one just over it. */
  readonly at: string;
  readonly over: string;
  readonly message: RegExp;
  readonly code?: string;
  readonly variables?: Variables;
}

const statuses = (count: number): string =>
  `{ orders(filter: { status: [${repeat(count, () => 'DRAFT')}] }) { totalCount } }`;
const fragments = (count: number): string =>
  `${perOrder(repeat(count, (index) => `...F${index}`))} ${repeat(count, (index) => `fragment F${index} on Order { id }`)}`;
const fields = (count: number): string => repeat(count, () => 'id');
const variablePage = (count: number): string =>
  `query($first: Int!) ${perOrder(fields(count), '(first: $first)')}`;

const limits: Readonly<Record<string, Limit>> = {
  '1,000 tokens': {
    at: statuses(984),
    over: statuses(985),
    message: /1000 tokens/,
    code: 'GRAPHQL_PARSE_FAILED',
  },
  '20 definitions': { at: fragments(19), over: fragments(20), message: /21 definitions, 20 is the most/ },
  '8 levels': { at: deep(8), over: deep(9), message: /9 levels, 8 is the most/ },
  '10 root fields': {
    at: `{ ${repeat(10, () => '__typename')} }`,
    over: `{ ${repeat(11, () => '__typename')} }`,
    message: /11 root fields, 10 is the most/,
  },
  '10 root fields, also in fragments': {
    at: `{ ...F ... { __typename } } fragment F on Query { ${repeat(9, () => '__typename')} }`,
    over: `{ ...F ... { __typename } } fragment F on Query { ${repeat(10, () => '__typename')} }`,
    message: /11 root fields/,
  },
  '15 aliases': {
    at: perOrder(repeat(15, (index) => `a${index}: id`)),
    over: perOrder(repeat(16, (index) => `a${index}: id`)),
    message: /16 aliases, 15 is the most/,
  },
  '15 aliases, also of __typename': {
    at: perOrder(repeat(15, (index) => `a${index}: __typename`)),
    over: perOrder(repeat(16, (index) => `a${index}: __typename`)),
    message: /16 aliases/,
  },
  '20 directives': {
    at: perOrder(repeat(20, () => 'id @include(if: true)')),
    over: perOrder(repeat(21, () => 'id @include(if: true)')),
    message: /21 directives, 20 is the most/,
  },
  'a cost of 10,000, by a literal page': {
    at: perOrder(fields(99), '(first: 99)'),
    over: perOrder(fields(99), '(first: 100)'),
    message: /10001 fields, counting lists, 10000 is the most/,
  },
  'a cost of 10,000, by the page there is without a size': {
    at: perOrder(fields(498), ''),
    over: perOrder(fields(499), ''),
    message: /10001 fields/,
  },
  'a cost of 10,000, by the largest page where a variable says it': {
    at: variablePage(98),
    over: variablePage(99),
    message: /10001 fields/,
    variables: { first: 1 },
  },
};

describe('A document may have', () => {
  for (const [title, { at, over, message, code = 'GRAPHQL_VALIDATION_FAILED', variables }] of Object.entries(
    limits,
  )) {
    test(`${title}, and no more, on HTTP and WebSocket alike`, async () => {
      for (const ask of [overHttp, overWebSocket]) {
        const within = await ask(at, variables);
        // What has eight levels is nothing that the schema has.
        expect(within.filter(({ message: text }) => !text.includes('Cannot query field'))).toEqual([]);
        const [error] = await ask(over, variables);
        expect(error?.message).toMatch(message);
        expect(error?.extensions.code).toBe(code);
      }
      expect(service.logged).toEqual([]);
    });
  }

  test('fragments that double, but what they come to counts; 40 of them cost nothing', async () => {
    for (const ask of [overHttp, overWebSocket]) {
      expect(await ask(doubling(3))).toEqual([]);
      expect((await ask(doubling(15)))[0]?.message).toMatch(/32768 fields, counting lists/);
      expect((await ask(doubling(40)))[0]?.message).toMatch(/too large/);
    }
  });

  test('no fragments that spread themselves', async () => {
    const selves = [
      '{ ...F } fragment F on Query { __typename ...F }',
      '{ ...F } fragment F on Query { ...G ...G } fragment G on Query { ...F ...F }',
      perOrder('...F').concat(' fragment F on Order { id customer { id } ...F }'),
    ];
    for (const ask of [overHttp, overWebSocket]) {
      for (const query of selves)
        expect((await ask(query))[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    }
  });
});

describe('Introspection', () => {
  const GRAPHIQL = {
    schemaDescription: true,
    inputValueDeprecation: true,
    specifiedByUrl: true,
    oneOf: true,
  };
  const hidden: Readonly<Record<string, [string, Variables?]>> = {
    'the schema': ['{ __schema { types { name } } }'],
    'the schema inside a fragment': ['{ ...F } fragment F on Query { __schema { queryType { name } } }'],
    'a type': ['{ __type(name: "Query") { name fields { name } } }'],
    'a name like that of a field': ['{ orderz(first: 1) { totalCount } }'],
    'a name like that of an argument': ['{ orders(frst: 1) { totalCount } }'],
    'a name like that of a type': ['query($f: OrderFiltr) { orders(filter: $f) { totalCount } }'],
    'a name like that of an input field': [
      'query($f: OrderFilter) { orders(filter: $f) { totalCount } }',
      { f: { customerIds: 'x' } },
    ],
  };

  test('works whole while it is on: graphql-js’s and GraphiQL’s', async () => {
    for (const options of [{}, GRAPHIQL]) {
      const { body } = await service.gql(getIntrospectionQuery(options));
      expect(body.errors).toBeUndefined();
      expect(body.data.__schema.types.length).toBeGreaterThan(30);
    }
  });

  test('comes with suggestions while it is on', async () => {
    expect((await overHttp('{ orderz(first: 1) { totalCount } }'))[0]?.message).toContain('Did you mean');
    expect((await overWebSocket('{ orderz(first: 1) { totalCount } }'))[0]?.message).toContain(
      'Did you mean',
    );
  });

  for (const [title, [query, variables]] of Object.entries(hidden)) {
    test(`gives nothing away while it is off: ${title}`, async () => {
      service = await startService({ introspection: false });
      const answer = await service.gql(query, variables);
      expectRefusal(answer, 400, answer.body.errors?.[0]?.extensions.code ?? '');
      expect(answer.text).not.toMatch(/Did you mean|customerId\b|"__schema":|OrderFilter"/);
      const subscription = query.replace(/^query|^(?=\{)/, 'subscription ').replace('totalCount', 'position');
      for (const document of [query, subscription]) {
        const socket = await openAcknowledged(service.url);
        socket.subscribe('1', document, variables);
        const received = (): string => JSON.stringify(socket.received.filter(({ id }) => id === '1'));
        await expect.poll(received).toContain('"code"');
        expect(received()).not.toMatch(/Did you mean|customerId\b|"__schema":/);
      }
      expect(service.logged).toEqual([]);
    });
  }
});
