import { beforeEach, describe, expect, test } from 'vitest';
import { accepted, createOrder } from '../support/order-operations.js';
import { breakHandler, operate, rebuilt, untilParked } from '../support/operators.js';
import { startService, type Frames, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';

const ONE =
  'subscription One($id: ID!) { order(id: $id) { position discontinuity order { status position degraded reference } } }';
const MANY = `subscription { orders { position snapshot discontinuity totalCount changes { kind orderId order { status } } } }`;

let service: Service;
beforeEach(async () => {
  service = await startService();
});

async function orderOf(frames: Frames) {
  return (await frames.next())?.data.order.order;
}

async function listOf(frames: Frames) {
  return (await frames.next())?.data.orders;
}

/** Changes a row of the live generation behind the log's back, so that another generation differs from it. */
function tamper(orderId: string): void {
  const store = service.app.kernel.projectors.get('orders')?.store();
  store?.commit(store.checkpoint(), ({ rows }) => {
    rows['orders']?.patch({ id: orderId }, { reference: 'tampered with' });
  });
}

describe('order(id)', () => {
  test('is told of a rebuild that changes it, and goes on in the new generation', async () => {
    const { orderId } = await createOrder(service);
    await settled(service);
    tamper(orderId);
    const frames = service.subscribe(ONE, { id: orderId });
    expect(await orderOf(frames)).toMatchObject({ status: 'DRAFT', reference: 'tampered with' });
    await rebuilt(service, 'orders');
    expect((await frames.next())?.data.order).toMatchObject({ discontinuity: true, order: null });
    expect(await orderOf(frames)).toMatchObject({ status: 'DRAFT', reference: 'PO-1' });
    const placed = await accepted(service, 'placeOrder', { orderId });
    expect(await orderOf(frames)).toMatchObject({ status: 'PLACED', position: placed.receipt.position });
  });

  test('is told nothing by a rebuild that changes nothing of it', async () => {
    const { orderId } = await createOrder(service);
    await settled(service);
    const frames = service.subscribe(ONE, { id: orderId });
    expect(await orderOf(frames)).toMatchObject({ status: 'DRAFT' });
    await rebuilt(service, 'orders');
    await accepted(service, 'placeOrder', { orderId });
    expect(await orderOf(frames)).toMatchObject({ status: 'PLACED' });
  });

  test('is not sent back in time by a rollback, and goes on in the generation before', async () => {
    const { orderId } = await createOrder(service);
    await settled(service);
    await rebuilt(service, 'orders');
    await accepted(service, 'placeOrder', { orderId });
    await settled(service);
    const frames = service.subscribe(ONE, { id: orderId });
    expect(await orderOf(frames)).toMatchObject({ status: 'PLACED' });
    await operate(service, 'rollbackProjection', 'orders');
    await accepted(service, 'payOrder', { orderId, paymentReference: 'P' });
    expect(await orderOf(frames)).toMatchObject({ status: 'PAID' });
  });

  test('is told that it is degraded, and that it is so no longer', async () => {
    const { orderId, receipt } = await createOrder(service);
    await settled(service);
    const frames = service.subscribe(ONE, { id: orderId });
    expect(await orderOf(frames)).toMatchObject({ degraded: false });
    const heal = breakHandler(service, 'orders', 'OrderPlaced', orderId);
    const placed = await accepted(service, 'placeOrder', { orderId });
    expect(await orderOf(frames)).toMatchObject({
      degraded: true,
      status: 'DRAFT',
      position: receipt.position,
    });
    await untilParked(service, 'orders', 1);
    heal();
    await service.gql(
      `mutation($at: Position!) { retryParked(projection: "orders", position: $at) { applied } }`,
      {
        at: placed.receipt.position,
      },
    );
    expect(await orderOf(frames)).toMatchObject({ degraded: false, status: 'PLACED' });
  });
});

describe('orders(filter)', () => {
  test('has a discontinuity and starts over with a snapshot when another generation is served, and goes on from there', async () => {
    const one = await createOrder(service);
    await settled(service);
    const frames = service.subscribe(MANY);
    expect(await listOf(frames)).toMatchObject({ snapshot: true, totalCount: 1 });
    await rebuilt(service, 'orders');
    expect(await listOf(frames)).toMatchObject({ snapshot: false, discontinuity: true, changes: [] });
    expect(await listOf(frames)).toMatchObject({ snapshot: true, discontinuity: false, totalCount: 1 });
    const two = await createOrder(service);
    expect(await listOf(frames)).toMatchObject({
      snapshot: false,
      changes: [{ kind: 'ADDED', orderId: two.orderId }],
    });
    await settled(service);
    await operate(service, 'rollbackProjection', 'orders');
    expect(await listOf(frames)).toMatchObject({ discontinuity: true, position: two.receipt.position });
    const back = await listOf(frames);
    expect(back).toMatchObject({ snapshot: true, totalCount: 2, position: two.receipt.position });
    await accepted(service, 'placeOrder', { orderId: one.orderId });
    expect(await listOf(frames)).toMatchObject({
      snapshot: false,
      changes: [{ kind: 'UPDATED', orderId: one.orderId, order: { status: 'PLACED' } }],
    });
  });
});
