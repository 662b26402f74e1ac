import { describe, expect, test } from 'vitest';
import { watch, type LiveClient } from '../support/live-client.js';
import { breakHandler, rebuilt, untilParked } from '../support/operators.js';
import { accepted, createOrder } from '../support/order-operations.js';
import { startService, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { tempDir } from '../support/temp-dir.js';

const ONE = `subscription One($id: ID!, $after: Position) {
  order(id: $id, after: $after) { position discontinuity order { id status degraded } }
}`;
const MANY = `subscription Many($filter: OrderFilter, $after: Position) {
  orders(filter: $filter, after: $after) {
    position snapshot discontinuity totalCount changes { kind orderId order { status } }
  }
}`;

interface ListFrame {
  readonly position: string;
  readonly snapshot: boolean;
  readonly discontinuity: boolean;
  readonly totalCount: number | null;
  readonly changes: readonly { kind: string; orderId: string; order: { status: string } | null }[];
}

async function listOf(client: LiveClient): Promise<ListFrame> {
  return (await client.next()).data.orders as ListFrame;
}

async function orderOf(client: LiveClient) {
  return (await client.next()).data.order as {
    position: string;
    discontinuity: boolean;
    order: { id: string; status: string; degraded: boolean } | null;
  };
}

/** The first frame of a new list, which is left again at once. */
async function seenList(service: Service): Promise<ListFrame> {
  const client = await watch(service, MANY);
  const frame = await listOf(client);
  client.socket.socket.terminate();
  return frame;
}

/** A change that everybody is told of, which shows that nothing came before it. */
async function marked(service: Service): Promise<string> {
  return (await createOrder(service, { reference: 'MARK' })).orderId;
}

describe('A live list that goes on after a position', () => {
  test('has exactly the changes since then, in order, and then every other', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    await settled(service);
    const { position } = await seenList(service);
    await accepted(service, 'placeOrder', { orderId });
    await settled(service);
    const second = await createOrder(service);
    await settled(service);
    const client = await watch(service, MANY, { after: position });
    const missed = await listOf(client);
    expect(missed).toMatchObject({
      position: second.receipt.position,
      snapshot: false,
      discontinuity: false,
      totalCount: null,
      changes: [
        { kind: 'UPDATED', orderId, order: { status: 'PLACED' } },
        { kind: 'ADDED', orderId: second.orderId },
      ],
    });
    const mark = await marked(service);
    expect((await listOf(client)).changes).toMatchObject([{ kind: 'ADDED', orderId: mark }]);
  });

  test('has nothing until something changes where nothing did', async () => {
    const service = await startService();
    await createOrder(service);
    await settled(service);
    const { position } = await seenList(service);
    const client = await watch(service, MANY, { after: position });
    const mark = await marked(service);
    expect((await listOf(client)).changes).toMatchObject([{ kind: 'ADDED', orderId: mark }]);
  });

  test('has only changes that pass its filter, and REMOVED for what no longer does', async () => {
    const service = await startService();
    const [one, two] = [await createOrder(service), await createOrder(service)];
    await settled(service);
    const { position } = await seenList(service);
    await accepted(service, 'placeOrder', { orderId: one.orderId });
    await accepted(service, 'cancelOrder', { orderId: two.orderId, reason: 'mistake' });
    await settled(service);
    const drafts = await watch(service, MANY, { filter: { status: ['DRAFT'] }, after: position });
    const changes: unknown[] = [];
    while (changes.length < 2) changes.push(...(await listOf(drafts)).changes);
    expect(changes).toMatchObject([
      { kind: 'REMOVED', orderId: one.orderId },
      { kind: 'REMOVED', orderId: two.orderId },
    ]);
    const placed = await watch(service, MANY, { filter: { status: ['PLACED'] }, after: position });
    expect((await listOf(placed)).changes).toMatchObject([{ kind: 'ADDED', orderId: one.orderId }]);
  });

  test('goes on over a restart of the service without new events', async () => {
    const dataDir = tempDir();
    const first = await startService({ dataDir });
    await createOrder(first);
    await settled(first);
    const { position } = await seenList(first);
    await first.stop();
    const second = await startService({ dataDir });
    const client = await watch(second, MANY, { after: position });
    const mark = await marked(second);
    expect(await listOf(client)).toMatchObject({
      snapshot: false,
      discontinuity: false,
      changes: [{ kind: 'ADDED', orderId: mark }],
    });
  });

  test('says so where the service has forgotten what came since, and starts with a snapshot', async () => {
    const dataDir = tempDir();
    const first = await startService({ dataDir });
    await createOrder(first);
    await settled(first);
    const { position } = await seenList(first);
    const second = await createOrder(first);
    await settled(first);
    await first.stop();
    const service = await startService({ dataDir });
    const client = await watch(service, MANY, { after: position });
    expect(await listOf(client)).toEqual({
      position,
      snapshot: false,
      discontinuity: true,
      totalCount: null,
      changes: [],
    });
    expect(await listOf(client)).toMatchObject({
      position: second.receipt.position,
      snapshot: true,
      discontinuity: false,
      totalCount: 2,
    });
  });

  test('says so where another generation has been served since', async () => {
    const service = await startService();
    await createOrder(service);
    await settled(service);
    const { position } = await seenList(service);
    await rebuilt(service, 'orders');
    const client = await watch(service, MANY, { after: position });
    expect(await listOf(client)).toMatchObject({ discontinuity: true, position });
    expect(await listOf(client)).toMatchObject({ snapshot: true, totalCount: 1 });
  });

  test('is not told twice, and loses nothing, where a retry changed rows at a position that was seen', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    await settled(service);
    const before = await seenList(service);
    const heal = breakHandler(service, 'orders', 'OrderPlaced', orderId);
    const placed = await accepted(service, 'placeOrder', { orderId });
    await untilParked(service, 'orders', 1);
    heal();
    const atRetry = await seenList(service);
    await service.gql(
      'mutation($at: Position!) { retryParked(projection: "orders", position: $at) { applied } }',
      { at: placed.receipt.position },
    );
    const early = await watch(service, MANY, { after: before.position });
    const { changes } = await listOf(early);
    expect(changes.map(({ order }) => order?.status)).toEqual(['DRAFT', 'PLACED']);
    // Whoever has seen the checkpoint may have seen it before the retry or after it.
    const unclear = await watch(service, MANY, { after: atRetry.position });
    expect(await listOf(unclear)).toMatchObject({ discontinuity: true });
    expect((await listOf(unclear)).changes).toMatchObject([{ orderId, order: { status: 'PLACED' } }]);
    const other = await watch(service, MANY, { filter: { customerId: 'BOLID' }, after: atRetry.position });
    const mark = await createOrder(service, { customerId: 'BOLID' });
    expect(await listOf(other)).toMatchObject({
      discontinuity: false,
      changes: [{ kind: 'ADDED', orderId: mark.orderId }],
    });
  });
});

describe('A live order that goes on after a position', () => {
  test('has every change since then in a frame of its own, and none where there was none', async () => {
    const service = await startService();
    const [mine, other] = [await createOrder(service), await createOrder(service)];
    await settled(service);
    const client = await watch(service, ONE, { id: mine.orderId });
    const { position } = await orderOf(client);
    client.socket.socket.terminate();
    await accepted(service, 'placeOrder', { orderId: mine.orderId });
    await settled(service);
    await accepted(service, 'placeOrder', { orderId: other.orderId });
    const paid = await accepted(service, 'payOrder', { orderId: mine.orderId, paymentReference: 'P' });
    await settled(service);
    const again = await watch(service, ONE, { id: mine.orderId, after: position });
    expect((await orderOf(again)).order?.status).toBe('PLACED');
    expect(await orderOf(again)).toMatchObject({
      position: paid.receipt.position,
      discontinuity: false,
      order: { status: 'PAID' },
    });
    const late = await watch(service, ONE, { id: mine.orderId, after: paid.receipt.position });
    await accepted(service, 'cancelOrder', { orderId: mine.orderId, reason: 'mistake' });
    expect((await orderOf(late)).order?.status).toBe('CANCELLED');
  });

  test('waits for the view to be at its position before it goes on', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    await settled(service);
    const release = service.hold();
    const { receipt } = await accepted(service, 'placeOrder', { orderId });
    const client = await watch(service, ONE, { id: orderId, after: receipt.position });
    release();
    await settled(service);
    const paid = await accepted(service, 'payOrder', { orderId, paymentReference: 'P' });
    expect(await orderOf(client)).toMatchObject({
      position: paid.receipt.position,
      order: { status: 'PAID' },
    });
  });

  test('is STALE_READ where the view does not get there in time', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    await settled(service);
    service.hold();
    const { receipt } = await accepted(service, 'placeOrder', { orderId });
    const client = await watch(service, ONE, { id: orderId, after: receipt.position });
    await expect(client.next()).rejects.toMatchObject([{ extensions: { code: 'STALE_READ' } }]);
  });

  test.each([
    ['of another log', '000000000000-0000000001-0000000000000001', 'UNKNOWN_POSITION'],
    ['ahead of the log', undefined, 'UNKNOWN_POSITION'],
    ['that is none', 'soon', 'BAD_USER_INPUT'],
  ])('refuses a position %s at once', async (_, token, code) => {
    const service = await startService();
    const { orderId, receipt } = await createOrder(service);
    const after = token ?? receipt.position.replace(/\d{16}$/, '0000000000000099');
    const client = await watch(service, ONE, { id: orderId, after });
    expect((await client.next()).errors).toMatchObject([{ extensions: { code } }]);
    expect(service.logged).toEqual([]);
  });
});
