import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client as UrqlClient, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createGraphQLWs } from 'graphql-ws';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { apolloPort, tidemarkLink } from '../../src/client/apollo/index.js';
import {
  caughtUp,
  createClient,
  createSession,
  createSocket,
  type Fetch,
  type Frame,
  type Port,
  type Session,
} from '../../src/client/index.js';
import { forwardSubscriptions, tidemarkExchange, urqlPort } from '../../src/client/urql/index.js';
import { startService, type Service } from '../support/service.js';
import { until } from '../support/until.js';
import { anOrder, createOrder, liveOrder, placeOrder, readOrder } from './documents.js';

// Apollo's GraphQLWsLink asks for the browser's one when a subscription fails; Node 20 has none.
vi.stubGlobal('WebSocket', WebSocket);

/** A client of each kind, on the same core. */
type Open = (service: Service, session: Session, send: Fetch) => Port;

function socketOf({ url }: Service, session: Session): ReturnType<typeof createSocket> {
  const socket = createSocket(session, createGraphQLWs, {
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
  });
  onTestFinished(async () => {
    await socket.dispose();
  });
  return socket;
}

const thin: Open = ({ url }, session, send) => {
  const client = createClient({ url: `${url}/graphql`, session, webSocketImpl: WebSocket, fetch: send });
  onTestFinished(() => client.dispose());
  return client;
};

const urql: Open = (service, session, send) => {
  const client = new UrqlClient({
    url: `${service.url}/graphql`,
    // The tests call it with a URL as text, and with options.
    fetch: send as typeof fetch,
    exchanges: [
      tidemarkExchange(session),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: forwardSubscriptions(socketOf(service, session)) }),
    ],
  });
  return urqlPort(client, session);
};

const apollo: Open = (service, session, send) => {
  const http = new HttpLink({ uri: `${service.url}/graphql`, fetch: send as typeof fetch });
  const live = new GraphQLWsLink(socketOf(service, session));
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => String(operationType) === 'subscription',
      live,
      tidemarkLink(session).concat(http),
    ),
  });
  return apolloPort(client, session);
};

const SOME_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe.each([
  ['The thin client', thin],
  ['An urql client with the exchange', urql],
  ['An Apollo Client with the link', apollo],
] as const)('%s', (_, open) => {
  test('reads what it wrote, while the views are behind, and says how fresh it is', async () => {
    const service = await startService({ dawdleMs: 20 });
    const port = open(service, createSession(), fetch);
    const created = await port.execute('mutation', createOrder, { input: anOrder() });
    const id = created.data?.createOrder.orderId ?? '';
    expect(created.commandId).toMatch(SOME_UUID);
    expect(created.data?.createOrder.receipt.commandId).toBe(created.commandId);
    const read = await port.execute('query', readOrder, { id });
    expect(read.data?.order?.status).toBe('DRAFT');
    expect(read.consistency).toMatchObject({ stale: false, position: created.written });
    expect(port.session.consistency.get()).toEqual(read.consistency);
    expect(port.session.written.get()).toBe(created.written);
  });

  test('does a command once when its answer is lost', async () => {
    const service = await startService();
    let lost = 0;
    const lossy: Fetch = async (url, init) => {
      const response = await fetch(url, init);
      lost += 1;
      if (lost <= 2) throw new TypeError('fetch failed');
      return response;
    };
    const port = open(service, createSession({ retry: { waitMs: 1 } }), lossy);
    const { data } = await port.execute('mutation', createOrder, { input: anOrder() });
    expect(data?.createOrder.receipt).toMatchObject({ status: 'ACCEPTED', duplicate: true });
    expect(lost).toBe(3);
    expect(await service.head()).toBe(1);
  });

  test('tries again what was not served', async () => {
    const service = await startService();
    let refused = 0;
    const busy: Fetch = async (url, init) => {
      refused += 1;
      if (refused > 2) return fetch(url, init);
      const body = { errors: [{ message: 'Busy.', extensions: { code: 'OVERLOADED' } }] };
      return Response.json(body, { status: 503 });
    };
    const port = open(service, createSession({ retry: { waitMs: 1 } }), busy);
    const { data, errors } = await port.execute('mutation', createOrder, { input: anOrder() });
    expect(errors).toEqual([]);
    expect(data?.createOrder.receipt).toMatchObject({ status: 'ACCEPTED', duplicate: false });
  });

  test('forgets a position of another log, says so, and reads without it', async () => {
    const service = await startService();
    const session = createSession();
    const other = '000000000000-0000000001-0000000000000007';
    session.memory.note(other);
    const forgotten: string[] = [];
    session.memory.onForget((position) => forgotten.push(position));
    const port = open(service, session, fetch);
    const { data, errors } = await port.execute('mutation', createOrder, { input: anOrder() });
    expect(errors).toEqual([]);
    expect(forgotten).toEqual([other]);
    expect(session.memory.position()).toBe(data?.createOrder.receipt.position);
    // An answer that was on its way when the log was replaced.
    session.memory.note(other);
    expect(session.memory.position()).toBe(data?.createOrder.receipt.position);
  });

  test('shows live views that have seen what was written, and waits for views', async () => {
    const service = await startService({ dawdleMs: 20 });
    const session = createSession();
    const port = open(service, session, fetch);
    const created = await port.execute('mutation', createOrder, { input: anOrder() });
    const id = created.data?.createOrder.orderId ?? '';
    const frames: Frame<{ order: { order: { status: string } | null } }>[] = [];
    const errors: Error[] = [];
    const stop = port.listen(
      liveOrder,
      { id },
      {
        next: (frame) => frames.push(frame),
        error: (error) => errors.push(error),
        complete: () => undefined,
      },
    );
    await until(() => expect(frames).toHaveLength(1));
    expect(frames[0]?.data?.order.order?.status).toBe('DRAFT');
    const { written } = await port.execute('mutation', placeOrder, { input: { orderId: id } });
    await until(() => expect(frames.at(-1)?.data?.order.order?.status).toBe('PLACED'));
    expect(frames.at(-1)?.position).toBe(written);
    expect(await caughtUp(port, written ?? '')).toMatchObject({ parked: false });
    stop();
    expect(errors).toEqual([]);
  });

  test('gives errors of the service as data, and those of a subscription to its listener', async () => {
    const service = await startService();
    const port = open(service, createSession(), fetch);
    const { errors, data } = await port.execute('query', '{ orders { nothing } }', {});
    expect(errors[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(data).toBeUndefined();
    const seen: Error[] = [];
    const stop = port.listen(
      'subscription { order(id: "x", nothing: 1) { position } }',
      {},
      {
        next: () => undefined,
        error: (error) => seen.push(error),
        complete: () => undefined,
      },
    );
    await until(() => expect(seen).toHaveLength(1));
    stop();
    expect(seen[0]).toMatchObject({ name: 'ServiceError', code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  test('gives up when it is told to', async () => {
    const service = await startService();
    const never: Fetch = () => Promise.reject(new TypeError('fetch failed'));
    const port = open(service, createSession({ retry: { waitMs: 60_000, waitMsMax: 60_000 } }), never);
    const own = new AbortController();
    const sent = port.execute('query', readOrder, { id: 'x' }, { signal: own.signal });
    own.abort(new Error('The page was left.'));
    await expect(sent).rejects.toThrow('The page was left.');
  });

  test('says after the last attempt that no answer came', async () => {
    const service = await startService();
    const never: Fetch = () => Promise.reject(new TypeError('fetch failed'));
    const port = open(service, createSession({ retry: { waitMs: 1, attemptsMax: 3 } }), never);
    const sent = port.execute('mutation', createOrder, { input: anOrder() });
    await expect(sent).rejects.toThrow(/^No answer after 3 attempts: fetch failed.*command id/);
  });
});
