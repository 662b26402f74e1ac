import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { defaultLimits } from '../../src/graphql/index.js';
import { ORDER, mutation } from '../support/order-operations.js';
import { openAcknowledged } from '../support/raw-socket.js';
import { changingNothing, expectRefusal } from '../support/refusals.js';
import { answerOf, post, startService, type Service } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

const SHOP = 'https://shop.example';
const COUNT = '{ orders(first: 1) { totalCount } }';

function preflight({ url }: Service, origin: string): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
}

describe('A page of another origin', () => {
  test('that is listed may send requests and read the answers', async () => {
    const service = await startService({ origins: [SHOP] });
    const asked = await preflight(service, SHOP);
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(asked.headers.get('access-control-allow-headers')).toContain('authorization');
    const { headers } = await service.gql(COUNT, {}, { origin: SHOP });
    expect(headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(headers.get('vary')).toMatch(/origin/i);
  });

  test('that is not listed may not', async () => {
    for (const origins of [[SHOP], []]) {
      const service = await startService({ origins });
      for (const origin of ['https://evil.example', `${SHOP}.evil.example`, 'null']) {
        expect((await preflight(service, origin)).headers.get('access-control-allow-origin')).toBeNull();
        const { headers } = await service.gql(COUNT, {}, { origin });
        expect(headers.get('access-control-allow-origin')).toBeNull();
      }
    }
  });

  test('may be any where all are allowed, without credentials of the browser', async () => {
    const service = await startService({ origins: ['*'] });
    const { headers } = await preflight(service, 'https://any.example');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('A request that a page of another site may send without asking', () => {
  const MUTATION = `mutation { placeOrder(input: { orderId: "x" }) { orderId } }`;
  const get = ({ url }: Service, query: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, { headers }).then(answerOf);

  test('is refused: a GET', async () => {
    const service = await startService();
    await changingNothing(service, async () => {
      expectRefusal(await get(service, COUNT), 400, 'BAD_REQUEST', /preflight/i);
      expectRefusal(await get(service, COUNT, { 'content-type': 'text/plain' }), 400, 'BAD_REQUEST');
    });
    for (const header of ['apollo-require-preflight', 'x-apollo-operation-name']) {
      expect((await get(service, COUNT, { [header]: 'x' })).status).toBe(200);
    }
  });

  test('is refused: a form, or a body of another simple type', async () => {
    const service = await startService();
    const body = JSON.stringify({ query: mutation('createOrder'), variables: { input: ORDER } });
    await changingNothing(service, async () => {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ]) {
        const headers = { 'content-type': type, origin: 'https://evil.example' };
        const answer = await fetch(`${service.url}/graphql`, { method: 'POST', headers, body }).then(
          answerOf,
        );
        expectRefusal(answer, 415, 'BAD_REQUEST');
      }
    });
  });

  test('never changes anything: a GET is for queries only', async () => {
    const service = await startService();
    await changingNothing(service, async () => {
      expect((await get(service, MUTATION, { 'apollo-require-preflight': '1' })).status).toBe(405);
    });
  });
});

test('Security headers are on every answer', async () => {
  const service = await startService();
  const requests: [string, RequestInit?][] = [
    ['/'],
    ['/graphql'],
    ['/graphql', { method: 'PUT' }],
    ['/graphql', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }],
    ['/livez'],
    ['/readyz'],
    ['/metrics'],
    ['/nothing/here'],
  ];
  for (const [path, init] of requests) {
    const { headers } = await fetch(`${service.url}${path}`, init);
    expect(headers.get('content-security-policy'), path).toMatch(/default-src 'none'/);
    expect(headers.get('content-security-policy'), path).toMatch(/frame-ancestors 'none'/);
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('x-frame-options'), path).toBeTruthy();
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    expect(headers.get('x-powered-by'), path).toBeNull();
  }
});

test('Without a playground there is none', async () => {
  const service = await startService({ playground: false });
  expect((await fetch(`${service.url}/`, { headers: { accept: 'text/html' } })).status).toBe(404);
});

describe('Trusted documents', () => {
  const LIVE = 'subscription Live { orders { snapshot } }';
  async function trusting(): Promise<Service> {
    const file = join(tempDir(), 'documents.json');
    writeFileSync(file, JSON.stringify({ a1: COUNT, b2: LIVE }));
    return startService({ trustedDocuments: file });
  }

  test('run, whatever their spaces and comments', async () => {
    const service = await trusting();
    for (const query of [COUNT, `# how many\n{\n  orders(first: 1), {\n    totalCount }\n}\n`]) {
      expect((await service.gql(query)).body.data).toEqual({ orders: { totalCount: 0 } });
    }
    const socket = await openAcknowledged(service.url);
    socket.subscribe('1', `# live\n${LIVE.replaceAll(' ', '  ')}`);
    await socket.message('next', '1');
  });

  test('run by their hash alone, which also spares the text on the wire', async () => {
    const service = await trusting();
    const byHash = (sha256Hash: string) =>
      post(service.url, JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash } } }));
    for (const hash of ['a1', createHash('sha256').update(COUNT).digest('hex')])
      expect((await byHash(hash)).body.data).toEqual({ orders: { totalCount: 0 } });
    const other = '{ __typename }';
    const sha256Hash = createHash('sha256').update(other).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    expectRefusal(await post(service.url, JSON.stringify({ query: other, extensions })), 403, 'FORBIDDEN');
    // Nobody can add one.
    expect((await byHash(sha256Hash)).body.errors?.[0]?.extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  test('are the only ones that run', async () => {
    const service = await trusting();
    const others = ['{ __typename }', COUNT.replace('1', '2'), `${COUNT} query Two { __typename }`];
    for (const query of others)
      expectRefusal(
        await service.gql(query),
        query === others[2] ? 400 : 403,
        query === others[2] ? 'GRAPHQL_VALIDATION_FAILED' : 'FORBIDDEN',
      );
    const socket = await openAcknowledged(service.url);
    for (const [id, query] of [
      'subscription { orders { position } }',
      COUNT.replace('1', '2'),
      '{',
    ].entries()) {
      socket.subscribe(String(id), query);
      const { payload } = await socket.message('error', String(id));
      expect(payload).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
  });

  test('that cannot be read keep the service from starting', async () => {
    const file = join(tempDir(), 'documents.json');
    await expect(startService({ trustedDocuments: file })).rejects.toThrow('ENOENT');
    writeFileSync(file, '{ "a1": 7 }');
    await expect(startService({ trustedDocuments: file })).rejects.toThrow('a1 is not text');
  });
});

describe('The connections of one address', () => {
  async function open({ url }: Service): Promise<{ socket: Socket; received: () => string }> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return { socket, received: () => received };
  }

  test('are limited; one more is OVERLOADED, until one has gone', async () => {
    const service = await startService({ limits: { ...defaultLimits, connectionsPerAddress: 2 } });
    const first = await open(service);
    await openAcknowledged(service.url);
    const third = await open(service);
    await once(third.socket, 'close');
    expect(third.received()).toMatch(/^HTTP\/1\.1 503 /);
    expect(third.received()).toContain('retry-after: 1');
    expect(third.received()).toContain('"code":"OVERLOADED"');
    first.socket.destroy();
    await until(async () => {
      const next = await open(service);
      next.socket.write('GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      await once(next.socket, 'close');
      expect(next.received()).toMatch(/^HTTP\/1\.1 200 /);
    });
  });
});
