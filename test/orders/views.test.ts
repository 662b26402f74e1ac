import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId, readAfter, type CommandType, type Kernel } from '../../src/kernel/index.js';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { orderEvents } from '../../src/orders/events.js';
import { order } from '../../src/orders/order.js';
import { HISTORY_MAX, orderTimeline } from '../../src/orders/queries/orders.queries.js';
import { salesReport } from '../../src/orders/queries/sales.queries.js';
import { command } from '../contract/event-log.js';
import { modelOf, type Fact } from './model.js';
import { sorted, startOrders, viewsOf } from './orders-kernel.js';
import { ORDER_ID, address, facts, item, newOrder } from './samples.js';

interface Step {
  readonly command: keyof typeof order.commands;
  readonly slot: number;
  readonly input: object;
  readonly issuedAt: number;
}

const SLOTS = 5;
const place = fc.record({
  recipient: fc.constantFrom('Ada', 'Bé', 'Cy'),
  country: fc.constantFrom('Italy', 'Japan'),
});
const shippingAddress = place.map((change) => ({ ...address, ...change }));
const price = fc.integer({ min: 1, max: 3 }).map((units) => `${units}`);
const aItem = fc.record({
  sku: fc.constantFrom('tea', 'milk', 'jam'),
  quantity: fc.integer({ min: 1, max: 3 }),
  unitPrice: price,
  discount: fc.constantFrom('0', '0.15', '0.3333', '1'),
});
const creation = fc.record({
  customerId: fc.constantFrom('ada', 'bo'),
  currencyCode: fc.constantFrom('USD', 'JPY', 'KWD'),
  items: fc.uniqueArray(aItem, { minLength: 1, maxLength: 3, selector: ({ sku }) => sku }),
  shippingAddress,
  freight: fc.constantFrom('0', '2'),
  orderedAt: fc.constantFrom(null, new Date('1997-12-31T23:59:59.999Z'), new Date('1998-01-01T00:00:00Z')),
});
const step = (name: Step['command'], input: fc.Arbitrary<object>): fc.Arbitrary<Step> =>
  fc.record({
    command: fc.constant(name),
    slot: fc.nat(SLOTS),
    input,
    issuedAt: fc.integer({ min: 0, max: 3 }).map((day) => 900_000_000_000 + day * 43_200_000),
  });
const none = fc.constant({});
const aStep = fc.oneof(
  {
    weight: 3,
    arbitrary: step(
      'addOrderItem',
      aItem.map((added) => ({ item: added })),
    ),
  },
  { weight: 2, arbitrary: step('removeOrderItem', fc.constantFrom({ sku: 'tea' }, { sku: 'milk' })) },
  {
    weight: 3,
    arbitrary: step(
      'changeShippingAddress',
      shippingAddress.map((to) => ({ shippingAddress: to })),
    ),
  },
  { weight: 6, arbitrary: step('placeOrder', none) },
  {
    weight: 4,
    arbitrary: step('payOrder', fc.constantFrom({ paymentReference: 'p' }, { paymentReference: 'q' })),
  },
  { weight: 3, arbitrary: step('shipOrder', fc.constant({ carrier: 'DHL' })) },
  { weight: 2, arbitrary: step('deliverOrder', none) },
  { weight: 2, arbitrary: step('cancelOrder', fc.constant({ reason: 'no' })) },
);
const chunks = fc.array(fc.array(aStep, { minLength: 1, maxLength: 4 }), { maxLength: 20 });

/** Creates the orders, then sends each chunk's commands at the same time; the last slot has no order. */
async function play({ commands }: Kernel, orders: readonly object[], steps: readonly (readonly Step[])[]) {
  const ids: string[] = [];
  for (const input of orders) {
    const { subject } = await commands.send(order.commands.createOrder, input, { issuedAt: 900_000_000_000 });
    ids.push(subject ?? '');
  }
  const send = ({ command: name, slot, input, issuedAt }: Step) => {
    // Each command's input was made for it; the bus validates it all the same.
    const type = order.commands[name] as CommandType<unknown>;
    return commands.send(type, { orderId: ids[slot] ?? newId(), ...input }, { issuedAt });
  };
  for (const chunk of steps) await Promise.all(chunk.map(send));
}

async function factsOf({ log }: Kernel): Promise<readonly Fact[]> {
  const events = await log.read('all', { after: 0, limit: 100_000 });
  // The catalogue's types are the model's.
  return events.flatMap((event) => orderEvents.decode(event) as readonly Fact[]);
}

describe('the views of the orders', () => {
  it('hold after any commands what a plain model makes of the events, and what a fresh replay makes', async () => {
    const batch = fc.constantFrom(1, 2, 500);
    const orders = fc.array(creation, { maxLength: SLOTS });
    await fc.assert(
      fc.asyncProperty(orders, chunks, batch, async (created, steps, batchMax) => {
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
