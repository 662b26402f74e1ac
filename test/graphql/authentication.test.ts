import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createOrder } from '../support/order-operations.js';
import { openSocket, type RawSocket } from '../support/raw-socket.js';
import { expectRefusal } from '../support/refusals.js';
import { startService, type Answer, type Service } from '../support/service.js';
import { AUTH, claims, signedIn, tokenOf, type TokenOptions } from '../support/tokens.js';
import { until } from '../support/until.js';

const COUNT = '{ orders(first: 1) { totalCount } }';
const ORDERS = 'subscription { orders { snapshot changes { kind } } }';

function ask(service: Service, authorization?: string): Promise<Answer> {
  return service.gql(COUNT, {}, authorization === undefined ? {} : { authorization });
}

function expectUnauthenticated(answer: Answer): void {
  expectRefusal(answer, 401, 'UNAUTHENTICATED');
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
}

/** A token that nobody has signed. */
function unsigned(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = { sub: 'ann', roles: ['admin'], iss: AUTH.issuer, aud: AUTH.audience, exp: 4_000_000_000 };
  return `${part({ alg: 'none' })}.${part(payload)}.`;
}

describe('A request', () => {
  test('with a good token is answered', async () => {
    const service = await startService({ auth: AUTH });
    const { status, body } = await ask(service, `Bearer ${await tokenOf()}`);
    expect({ status, data: body.data }).toEqual({ status: 200, data: { orders: { totalCount: 0 } } });
    expect((await ask(service, `bearer ${await tokenOf()}`)).status).toBe(200);
  });

  test('whose token has expired by less than clocks may differ is answered', async () => {
    const service = await startService({ auth: AUTH });
    expect((await ask(service, `Bearer ${await tokenOf({ expiresIn: -1 })}`)).status).toBe(200);
  });

  test('without a token is UNAUTHENTICATED, but may ask for what is nobody’s secret', async () => {
    const service = await startService({ auth: AUTH });
    expectUnauthenticated(await ask(service));
    expectUnauthenticated(await ask(service, ''));
    expect((await service.gql('{ __typename }')).body).toEqual({ data: { __typename: 'Query' } });
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
  });

  const wrong: Record<string, TokenOptions> = {
    'signed with another secret': { secret: 'another secret for tests, just as long' },
    'of another issuer': { issuer: 'https://evil.example' },
    'for another audience': { audience: 'others' },
    'of another algorithm': { algorithm: 'HS512' },
    'that has expired': { expiresIn: -60 },
    'that never expires': { expiresIn: null },
    'of nobody': { subject: null },
  };
  for (const [title, options] of Object.entries(wrong)) {
    test(`with a token ${title} is UNAUTHENTICATED`, async () => {
      const service = await startService({ auth: AUTH });
      expectUnauthenticated(await ask(service, `Bearer ${await tokenOf(options)}`));
      expect(service.logged).toEqual([]);
    });
  }

  test('with credentials that are no token is UNAUTHENTICATED', async () => {
    const service = await startService({ auth: AUTH });
    const good = await tokenOf();
    const garbage = [
      'Bearer',
      'Bearer garbage',
      'Bearer a.b.c',
      `Bearer ${good} ${good}`,
      `Basic ${Buffer.from('ann:secret').toString('base64')}`,
      good,
      `Bearer ${good.slice(0, -2)}`,
      `Bearer ${unsigned()}`,
      `Bearer ${'x'.repeat(8_193)}`,
    ];
    for (const authorization of garbage) expectUnauthenticated(await ask(service, authorization));
    expect(service.logged).toEqual([]);
  });

  test('that says it is the developer is UNAUTHENTICATED where tokens are asked for', async () => {
    const service = await startService({ auth: AUTH });
    expectUnauthenticated(await ask(service, 'developer'));
  });
});

interface KeySet {
  readonly url: string;
  answer(status: number, body: string): void;
  stop(): Promise<unknown>;
}

/** A server of a key set, as an identity provider has one. */
async function keySetServer(body: string): Promise<KeySet> {
  let answer = { status: 200, body };
  const server = createServer((_request, response) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): Promise<unknown> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(async () => {
    await stop();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/keys`,
    answer: (status, text) => {
      answer = { status, body: text };
    },
    stop,
  };
}

/** A service that trusts one key, the key set's server, and how to sign with the key. */
async function keySetService(alg: string) {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg, use: 'sig' };
  const keySet = await keySetServer(JSON.stringify({ keys: [jwk] }));
  const service = await startService({ auth: { ...AUTH, key: { keySetUrl: keySet.url } } });
  const bearer = async (kid = 'one', options: TokenOptions = {}): Promise<string> =>
    `Bearer ${await claims(options).setProtectedHeader({ alg, kid }).sign(privateKey)}`;
  return { service, keySet, bearer };
}

describe('A key set', () => {
  for (const algorithm of ['RS256', 'ES256']) {
    test(`of ${algorithm} keys is what tokens are checked with`, async () => {
      const { service, bearer } = await keySetService(algorithm);
      expect((await ask(service, await bearer())).status).toBe(200);
      expectUnauthenticated(await ask(service, await bearer('one', { issuer: 'https://evil.example' })));
      expectUnauthenticated(await ask(service, await bearer('one', { expiresIn: -60 })));
    });
  }

  test('does not have the key of every token: UNAUTHENTICATED', async () => {
    const { service, bearer } = await keySetService('ES256');
    expectUnauthenticated(await ask(service, await bearer('another')));
    // The published key is no secret: whoever signs with it as if it were one is not believed.
    expectUnauthenticated(await ask(service, `Bearer ${await tokenOf()}`));
  });

  test('that cannot be had leaves everybody out as UNAVAILABLE, until it is back', async () => {
    const { service, keySet, bearer } = await keySetService('ES256');
    for (const [status, body] of [
      [500, 'down'],
      [200, 'not JSON'],
      [200, '{"keys": 7}'],
    ] as const) {
      keySet.answer(status, body);
      const answer = await ask(service, await bearer());
      expectRefusal(answer, 503, 'UNAVAILABLE');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    await keySet.stop();
    expectRefusal(await ask(service, await bearer()), 503, 'UNAVAILABLE');
    const socket = await connected(service, { authorization: await bearer() });
    expect(await socket.closed).toBe(1013);
    expect(service.logged).toEqual([]);
  });
});

async function connected(service: Service, payload?: object): Promise<RawSocket> {
  const socket = await openSocket(service.url);
  socket.send({ type: 'connection_init', ...(payload !== undefined && { payload }) });
  return socket;
}

describe('A WebSocket', () => {
  test('with a good token runs subscriptions', async () => {
    const service = await startService({ auth: AUTH });
    for (const name of ['authorization', 'Authorization']) {
      const socket = await connected(service, { [name]: `Bearer ${await tokenOf()}` });
      await socket.message('connection_ack');
      socket.subscribe('1', ORDERS);
      await socket.message('next', '1');
    }
  });

  test('without a token connects, and its operations are UNAUTHENTICATED', async () => {
    const service = await startService({ auth: AUTH });
    const socket = await connected(service);
    await socket.message('connection_ack');
    socket.subscribe('1', ORDERS);
    const { payload } = await socket.message('error', '1');
    expect(payload).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  test('with a bad token is closed with 4403', async () => {
    const service = await startService({ auth: AUTH });
    const bad = [
      'Bearer bad',
      `Bearer ${await tokenOf({ expiresIn: -60 })}`,
      7,
      { a: 1 },
      [await tokenOf()],
    ] as const;
    for (const authorization of bad) {
      const socket = await connected(service, { authorization });
      expect(await socket.closed, JSON.stringify(authorization)).toBe(4403);
      expect(socket.received).toEqual([]);
    }
  });

  test('whose token expires is closed with 4403, and its frames stop', async () => {
    const service = await startService({ auth: AUTH });
    const staff = await signedIn();
    const socket = await connected(service, { authorization: `Bearer ${await tokenOf({ expiresIn: 2 })}` });
    await socket.message('connection_ack');
    socket.subscribe('1', ORDERS);
    await socket.message('next', '1');
    expect(await socket.closed).toBe(4403);
    const frames = socket.received.length;
    const signed: Service = { ...service, gql: (query, variables) => service.gql(query, variables, staff) };
    await createOrder(signed);
    await until(() =>
      expect(service.app.kernel.status().every(({ lagEvents }) => lagEvents === 0)).toBe(true),
    );
    expect(socket.received).toHaveLength(frames);
  });
});

describe('The origin of a WebSocket', () => {
  async function handshake(service: Service, origin?: string): Promise<string> {
    const url = `${service.url.replace('http', 'ws')}/graphql`;
    const socket = new WebSocket(url, 'graphql-transport-ws', origin === undefined ? {} : { origin });
    onTestFinished(() => {
      socket.terminate();
    });
    return new Promise((resolve) => {
      socket.once('open', () => {
        resolve('open');
      });
      socket.once('error', ({ message }) => {
        resolve(message);
      });
    });
  }

  test('must be the service’s own, or one that is listed, where a browser names it', async () => {
    const service = await startService({ origins: ['https://shop.example'] });
    expect(await handshake(service)).toBe('open');
    expect(await handshake(service, service.url)).toBe('open');
    expect(await handshake(service, 'https://shop.example')).toBe('open');
    for (const origin of ['https://evil.example', 'null', 'https://shop.example.evil.example', 'file://']) {
      expect(await handshake(service, origin)).toContain('403');
    }
  });

  test('may be any where all are allowed', async () => {
    const service = await startService({ origins: ['*'] });
    expect(await handshake(service, 'https://evil.example')).toBe('open');
  });
});
