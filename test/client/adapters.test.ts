import { describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { caughtUp, createSession, type Fetch, type Frame } from '../../src/client/index.js';
import { startService } from '../support/service.js';
import { until } from '../support/until.js';
import { anOrder, countOrders, createOrder, liveOrder, placeOrder, readOrder } from './documents.js';
import { openApollo, openThin, openUrql } from './support/clients.js';

// Apollo's GraphQLWsLink asks for the browser's one when a subscription fails; Node 20 has none.
vi.stubGlobal('WebSocket', WebSocket);

const SOME_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe.each([
  ['The thin client', openThin],
  ['An urql client with the exchange', openUrql],
  ['An Apollo Client with the link', openApollo],
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

  test('reads what it wrote while an equal read, sent before, is still under way', async () => {
    const service = await startService();
    let held: Promise<void> | undefined;
    const slow: Fetch = async (url, init) => {
      const response = await fetch(url, init);
      const waiting = held;
      held = undefined;
      await waiting;
      return response;
    };
    const port = open(service, createSession(), slow);
    let release: () => void = () => undefined;
    held = new Promise((resolve) => (release = resolve));
    const before = port.execute('query', countOrders, {});
    await until(() => expect(held).toBeUndefined());
    await port.execute('mutation', createOrder, { input: anOrder() });
    const after = port.execute('query', countOrders, {});
    release();
    expect((await before).data?.orders.totalCount).toBeLessThanOrEqual(1);
    expect((await after).data?.orders.totalCount).toBe(1);
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
