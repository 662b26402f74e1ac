import { describe, expect, test } from 'vitest';
import { createOrder } from '../support/order-operations.js';
import { startService, type Service } from '../support/service.js';
import { until } from '../support/until.js';

const CAUGHT_UP = `subscription Wait($position: Position!, $projection: String) {
  projectionCaughtUp(position: $position, projection: $projection) { projection position }
}`;
const PROJECTIONS = ['orders', 'customers', 'sales'];

function waiters({ app }: Service): Record<string, number> {
  return Object.fromEntries(
    [...app.kernel.projectors].map(([name, { freshness }]) => [name, freshness.waiters()]),
  );
}

const NONE = { orders: 0, customers: 0, sales: 0 };

describe('projectionCaughtUp', () => {
  test('pushes at once where the position has been reached, then completes', async () => {
    const service = await startService();
    const { receipt } = await createOrder(service);
    await until(() =>
      expect(service.app.kernel.status().every(({ checkpoint }) => checkpoint === 1)).toBe(true),
    );
    for (const projection of [...PROJECTIONS, null]) {
      const frames = service.subscribe(CAUGHT_UP, { position: receipt.position, projection });
      expect(await frames.next()).toEqual({
        data: { projectionCaughtUp: { projection, position: receipt.position } },
      });
      expect(await frames.next()).toBeUndefined();
    }
    expect(waiters(service)).toEqual(NONE);
  });

  test('pushes later where it has not, for one projection and for all, then completes', async () => {
    const service = await startService();
    const goOn = service.hold();
    const { receipt } = await createOrder(service);
    const waiting = [...PROJECTIONS, null].map((projection) =>
      service.subscribe(CAUGHT_UP, { position: receipt.position, projection }),
    );
    const first = waiting.map((frames) => frames.next());
    await until(() => expect(waiters(service)).toEqual({ orders: 2, customers: 2, sales: 2 }));
    goOn();
    const frames = await Promise.all(first);
    expect(frames.map((frame) => frame?.data.projectionCaughtUp)).toEqual(
      [...PROJECTIONS, null].map((projection) => ({ projection, position: receipt.position })),
    );
    expect(await Promise.all(waiting.map((each) => each.next()))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(waiters(service)).toEqual(NONE);
  });

  test('of one projection does not wait for the others', async () => {
    const service = await startService();
    const heal = service.fail('sales');
    const { receipt } = await createOrder(service);
    const all = service.subscribe(CAUGHT_UP, { position: receipt.position });
    const pushed = all.next();
    const one = service.subscribe(CAUGHT_UP, { position: receipt.position, projection: 'orders' });
    expect((await one.next())?.data.projectionCaughtUp.projection).toBe('orders');
    await until(() => expect(waiters(service)).toEqual({ ...NONE, sales: 1 }));
    heal();
    expect((await pushed)?.data.projectionCaughtUp.position).toBe(receipt.position);
  });

  test('says that a later position has been reached where it has', async () => {
    const service = await startService();
    const first = await createOrder(service);
    const second = await createOrder(service);
    await until(() =>
      expect(service.app.kernel.status().every(({ checkpoint }) => checkpoint === 2)).toBe(true),
    );
    const frame = await service.subscribe(CAUGHT_UP, { position: first.receipt.position }).next();
    expect(frame?.data.projectionCaughtUp.position).toBe(second.receipt.position);
  });

  test('leaves no waiter behind when it is unsubscribed', async () => {
    const service = await startService();
    service.hold();
    const { receipt } = await createOrder(service);
    const frames = service.subscribe(CAUGHT_UP, { position: receipt.position });
    const next = frames.next();
    await until(() => expect(waiters(service)).toEqual({ orders: 1, customers: 1, sales: 1 }));
    await frames.stop();
    await until(() => expect(waiters(service)).toEqual(NONE));
    expect(await next).toBeUndefined();
  });

  test('refuses a projection that does not exist, and names those that do', async () => {
    const service = await startService();
    const { receipt } = await createOrder(service);
    const frames = service.subscribe(CAUGHT_UP, { position: receipt.position, projection: 'orderz' });
    await expect(frames.next()).rejects.toMatchObject([
      {
        message: 'There is no projection "orderz". There are: orders, customers, sales.',
        extensions: { code: 'NOT_FOUND' },
      },
    ]);
  });

  test('refuses a position that lies ahead of the log, of another log, or is none', async () => {
    const service = await startService();
    const other = await startService();
    const mine = await createOrder(service);
    const foreign = await createOrder(other);
    const ahead = mine.receipt.position.replace(/1$/, '2');
    for (const [position, code] of [
      [ahead, 'UNKNOWN_POSITION'],
      [foreign.receipt.position, 'UNKNOWN_POSITION'],
      ['soon', 'BAD_USER_INPUT'],
    ]) {
      const frames = service.subscribe(CAUGHT_UP, { position });
      await expect(frames.next(), position).rejects.toMatchObject([{ extensions: { code } }]);
    }
    expect(service.logged).toEqual([]);
  });
});
