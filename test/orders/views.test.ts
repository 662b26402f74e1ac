import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAfter, type Kernel } from '../../src/kernel/index.js';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { orderEvents } from '../../src/orders/events.js';
import { order } from '../../src/orders/order.js';
import { HISTORY_MAX, orderTimeline } from '../../src/orders/queries/orders.queries.js';
import { salesReport } from '../../src/orders/queries/sales.queries.js';
import { command } from '../../src/testing/contract/samples.js';
import { chunks, creations, play } from './commands.js';
import { modelOf, type Fact } from './model.js';
import { sorted, startOrders, viewsOf } from './orders-kernel.js';
import { ORDER_ID, address, facts, item, newOrder } from './samples.js';

async function factsOf({ log }: Kernel): Promise<readonly Fact[]> {
  const events = await log.read('all', { after: 0, limit: 100_000 });
  // The catalogue's types are the model's.
  return events.flatMap((event) => orderEvents.decode(event) as readonly Fact[]);
}

describe('the views of the orders', () => {
  it('hold after any commands what a plain model makes of the events, and what a fresh replay makes', async () => {
    const batch = fc.constantFrom(1, 2, 500);
    await fc.assert(
      fc.asyncProperty(creations, chunks, batch, async (created, steps, batchMax) => {
        const kernel = await startOrders(createMemoryLog(), batchMax);
        await play(kernel, created, steps);
        const views = await viewsOf(kernel);
        const { orders: rows, customers, byDay } = views;
        expect({ orders: rows, customers, byDay }).toEqual(sorted(modelOf(await factsOf(kernel))));
        const replayed = await startOrders(kernel.log);
        expect(await viewsOf(replayed)).toEqual(views);
        await Promise.all([kernel.stop(), replayed.stop()]);
      }),
      { numRuns: 40 },
    );
  });

  it('name customers and products as the newest counted order does', async () => {
    const kernel = await startOrders();
    const ordered = async (recipient: string, name: string) => {
      const input = { ...newOrder, items: [{ ...item, name }], shippingAddress: { ...address, recipient } };
      const { subject } = await kernel.commands.send(order.commands.createOrder, input);
      return kernel.commands.send(order.commands.placeOrder, { orderId: subject });
    };
    await ordered('Ada Byron', 'Tea');
    const { position } = await ordered('Ada Lovelace', 'Green tea');
    const ask = async (groupBy: 'CUSTOMER' | 'PRODUCT' | 'DAY') => {
      const input = { from: undefined, to: undefined, groupBy };
      return (await kernel.queries.ask(salesReport, input, { readAfter: readAfter(position) })).value;
    };
    expect(await ask('CUSTOMER')).toMatchObject([
      { key: 'ada', label: 'Ada Lovelace', orders: 2, freight: 1_000 },
    ]);
    expect(await ask('PRODUCT')).toMatchObject([
      { key: 'tea', label: 'Green tea', quantity: 4, freight: null },
    ]);
    expect(await ask('DAY')).toMatchObject([{ orders: 2, gross: 4_000, discount: 400, freight: 1_000 }]);
  });
});

describe('a timeline', () => {
  it('has the newest entries where there are more than it may show, oldest first', async () => {
    const kernel = await startOrders();
    const changed = (n: number) => ({
      type: 'ShippingAddressChanged' as const,
      data: { orderId: ORDER_ID, shippingAddress: { ...address, recipient: `Ada ${n}` } },
    });
    const { log } = kernel;
    await log.append({ events: [orderEvents.encode(facts.created)], command: command() });
    for (let from = 0; from < HISTORY_MAX + 10; from += 505) {
      const events = Array.from({ length: 505 }, (_, n) => orderEvents.encode(changed(from + n)));
      await log.append({ events, command: command() });
    }
    const head = await log.head();
    const { value } = await kernel.queries.ask(orderTimeline, ORDER_ID, { readAfter: readAfter(head) });
    expect(value.map(({ position }) => position)).toEqual(
      Array.from({ length: HISTORY_MAX }, (_, n) => head - HISTORY_MAX + 1 + n),
    );
  });
});
