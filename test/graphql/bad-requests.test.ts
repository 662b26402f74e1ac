import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ORDER, createOrder, mutation, send } from '../support/order-operations.js';
import { changingNothing, expectRefusal } from '../support/refusals.js';
import { answerOf, post, startService, type Answer, type Service } from '../support/service.js';

const BODY_BYTES_MAX = 262_144;

type Headers = Readonly<Record<string, string>>;

function get(service: Service, search: string, headers: Headers = {}): Promise<Answer> {
  // Apollo takes a GET without this header for a form of another site.
  const all = { 'apollo-require-preflight': 'true', ...headers };
  return fetch(`${service.url}/graphql${search}`, { headers: all }).then(answerOf);
}

describe('A body', () => {
  const bodies: Record<string, [string | Uint8Array<ArrayBuffer>, RegExp]> = {
    'that is empty': ['', /not valid JSON/],
    'that is cut short': ['{"query": "{ __typename }"', /not valid JSON/],
    'that is a word': ['NONSENSE', /not valid JSON/],
    'that is null': ['null', /body|JSON|query/i],
    'that is a number': ['42', /body|JSON|query/i],
    'that is text': ['"{ __typename }"', /body|JSON|query/i],
    'that is an empty list': ['[]', /batch|operation|query/i],
    'that is a batch': ['[{"query":"{ __typename }"},{"query":"{ __typename }"}]', /batch/i],
    'without a query': ['{}', /no keys/],
    'with a query of null': ['{"query":null}', /query/],
    'with an empty query': ['{"query":""}', /query/],
    'with a query that is a list': ['{"query":["{ __typename }"]}', /must be strings/],
    'with variables that are text': ['{"query":"{ __typename }","variables":"{}"}', /variables/],
    'with variables that are a list': ['{"query":"{ __typename }","variables":[1]}', /variables/],
    'with an operationName that is a number': [
      '{"query":"{ __typename }","operationName":7}',
      /operationName/,
    ],
    'in invalid UTF-8': [
      Uint8Array.from([
        ...Buffer.from('{"query":"{ orders(filter: {search: \\"'),
        0xff,
        0xc0,
        ...Buffer.from('\\"}) { totalCount } }"}'),
      ]),
      /not valid UTF-8/,
    ],
  };
  for (const [title, [body, message]] of Object.entries(bodies)) {
    test(`${title} is refused`, async () => {
      const service = await startService();
      await changingNothing(service, async () => {
        expectRefusal(await post(service.url, body), 400, 'BAD_REQUEST', message);
      });
    });
  }

  test(`over ${BODY_BYTES_MAX} bytes is refused, with a length and without`, async () => {
    const service = await startService();
    const body = JSON.stringify({ query: '{ __typename }', variables: { pad: 'x'.repeat(BODY_BYTES_MAX) } });
    await changingNothing(service, async () => {
      expectRefusal(await post(service.url, body), 413, 'BAD_REQUEST', /over 262144 bytes/);
      const stream = new Blob([body]).stream();
      const chunked = await fetch(`${service.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: stream,
        duplex: 'half',
      });
      expectRefusal(await answerOf(chunked), 413, 'BAD_REQUEST', /over 262144 bytes/);
    });
  });

  test('of just as many bytes is taken', async () => {
    const service = await startService();
    const empty = JSON.stringify({ query: '{ __typename }', pad: '' });
    const body = JSON.stringify({ query: '{ __typename }', pad: 'x'.repeat(BODY_BYTES_MAX - empty.length) });
    expect((await post(service.url, body)).body).toEqual({ data: { __typename: 'Query' } });
  });

  test('that is compressed is refused, and is not unpacked', async () => {
    const service = await startService();
    const body = Uint8Array.from(gzipSync('{"query":"{ __typename }"}'));
    await changingNothing(service, async () => {
      for (const encoding of ['gzip', 'br', 'deflate', 'identity, gzip', 'nonsense']) {
        const answer = await post(service.url, body, { 'content-encoding': encoding });
        expectRefusal(answer, 415, 'BAD_REQUEST', /without compression/);
      }
    });
  });

  test('of another content type is refused', async () => {
    const service = await startService();
    const body = '{"query":"{ __typename }"}';
    await changingNothing(service, async () => {
      for (const type of [
        'text/plain',
        'application/graphql',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/jsonp',
        '',
      ]) {
        const answer = await post(service.url, body, { 'content-type': type });
        expectRefusal(answer, 415, 'BAD_REQUEST', /application\/json/);
      }
      const latin = await post(service.url, body, { 'content-type': 'application/json; charset=latin1' });
      expectRefusal(latin, 415, 'BAD_REQUEST', /UTF-8/);
    });
    const utf8 = await post(service.url, body, { 'content-type': 'Application/JSON; charset="UTF-8"' });
    expect(utf8.status).toBe(200);
  });
});

describe('A document', () => {
  const documents: Record<string, [string, string, RegExp]> = {
    'without an operation': ['fragment F on Order { id }', 'GRAPHQL_VALIDATION_FAILED', /F|operation/],
    'that is a comment': ['# nothing', 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
    'that does not parse': ['{ orders { ', 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
    'with a control character': ['{ orders\u0000 { totalCount } }', 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
    'with a field that does not exist': ['{ ordrs { totalCount } }', 'GRAPHQL_VALIDATION_FAILED', /ordrs/],
    'with a missing argument': ['{ order { id } }', 'GRAPHQL_VALIDATION_FAILED', /required/],
    'with a literal of the wrong type': [
      '{ orders(first: "x") { totalCount } }',
      'GRAPHQL_VALIDATION_FAILED',
      /Int/,
    ],
    'with a circle of fragments': [
      '{ orders { nodes { ...A } } } fragment A on Order { ...A }',
      'GRAPHQL_VALIDATION_FAILED',
      /itself/,
    ],
    'with an unknown directive': ['{ orders @now { totalCount } }', 'GRAPHQL_VALIDATION_FAILED', /@now/],
    'of too many tokens': [`{ ${'a: __typename '.repeat(500)} }`, 'GRAPHQL_PARSE_FAILED', /1000 tokens/],
  };
  for (const [title, [query, code, message]] of Object.entries(documents)) {
    test(`${title} is refused`, async () => {
      const service = await startService();
      await changingNothing(service, async () => {
        expectRefusal(await service.gql(query), 400, code, message);
      });
    });
  }

  test('of several operations needs the name of one', async () => {
    const service = await startService();
    const query = 'query A { __typename } query B { __typename }';
    for (const operationName of ['C', '', undefined]) {
      const answer = await post(service.url, JSON.stringify({ query, operationName }));
      expectRefusal(answer, 400, 'OPERATION_RESOLUTION_FAILURE', /operation/i);
    }
    const answer = await post(service.url, JSON.stringify({ query, operationName: 'B' }));
    expect(answer.body.data.__typename).toBe('Query');
  });

  test('with a variable that is missing or of the wrong type is refused', async () => {
    const service = await startService();
    const query =
      'query Read($id: ID!, $first: Int) { order(id: $id) { id } orders(first: $first) { totalCount } }';
    await changingNothing(service, async () => {
      for (const variables of [
        {},
        { id: null },
        { id: ['a'] },
        { id: { a: 1 } },
        { id: '1', first: 'many' },
        { id: '1', first: 1e10 },
      ]) {
        expectRefusal(await service.gql(query, variables), 400, 'BAD_USER_INPUT', /Variable "\$(id|first)"/);
      }
    });
  });

  test('that subscribes is refused over HTTP', async () => {
    const service = await startService();
    await changingNothing(service, async () => {
      const answer = await service.gql('subscription { projectionStatus { name } }');
      expectRefusal(answer, 400, 'BAD_REQUEST', /WebSocket|[Ss]ubscription/);
      const searched = await get(
        service,
        `?query=${encodeURIComponent('subscription { projectionStatus { name } }')}`,
      );
      expect(searched.status).toBeGreaterThanOrEqual(400);
    });
  });
});

describe('A method', () => {
  test('of GET queries', async () => {
    const service = await startService();
    const { status, body } = await get(service, `?query=${encodeURIComponent('{ orders { totalCount } }')}`);
    expect(status).toBe(200);
    expect(body.data.orders.totalCount).toBe(0);
  });

  test('of GET never changes anything', async () => {
    const service = await startService();
    const query = encodeURIComponent(mutation('createOrder'));
    const variables = encodeURIComponent(JSON.stringify({ input: ORDER }));
    await changingNothing(service, async () => {
      const answer = await get(service, `?query=${query}&variables=${variables}`);
      expect([400, 405]).toContain(answer.status);
      expect(answer.text).toMatch(/POST|GET/);
    });
  });

  test('of GET with parameters that are none is refused', async () => {
    const service = await startService();
    await changingNothing(service, async () => {
      for (const search of [
        '',
        '?',
        '?query=',
        '?query=%7B',
        '?query=%7B__typename%7D&variables=x',
        '?query=%ff',
      ]) {
        const { status, text } = await get(service, search);
        expect(status, search).toBeGreaterThanOrEqual(400);
        expect(status, `${search} ${text}`).toBeLessThan(500);
      }
    });
  });

  test('that is neither GET nor POST is refused, naming those', async () => {
    const service = await startService();
    await changingNothing(service, async () => {
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const response = await fetch(`${service.url}/graphql`, {
          method,
          body: '{"query":"{ __typename }"}',
        });
        expect(response.headers.get('allow')).toBe('GET, POST');
        expectRefusal(await answerOf(response), 405, 'BAD_REQUEST', /POST/);
      }
      const head = await fetch(`${service.url}/graphql`, { method: 'HEAD' });
      expect(head.status).toBe(405);
    });
  });
});

describe('A failure inside', () => {
  test('is told to the log, and to the client only that it happened', async () => {
    const service = await startService();
    const { receipt } = await createOrder(service);
    const { kernel } = service.app;
    const ask = kernel.queries.ask.bind(kernel.queries);
    const broken = { ask: () => Promise.reject(new Error('SELECT secret FROM /var/lib/tidemark')) };
    Object.assign(kernel.queries, broken);
    const read = await service.gql(
      '{ orders { totalCount } }',
      {},
      { 'tidemark-read-after': receipt.position },
    );
    expectRefusal(read, 200, 'INTERNAL', /wrong on our side/);
    expect(service.logged.join()).toContain('SELECT secret');
    const written = await send(service, 'createOrder', ORDER, 'receipt { status } order { id }');
    expect(written.body.data.createOrder).toEqual({ receipt: { status: 'ACCEPTED' }, order: null });
    Object.assign(kernel.queries, { ask });
    expect((await service.gql('{ orders { totalCount } }')).status).toBe(200);
  });

  test('on a path that does not exist says where things are', async () => {
    const service = await startService();
    for (const path of ['/nothing', '/graphql/', '/%00', '/../../etc/passwd', '//graphql']) {
      const response = await fetch(`${service.url}${path}`);
      expect(response.status, path).toBe(404);
      expect(await response.text()).toMatch(/GraphQL is at \/graphql/);
    }
  });
});
