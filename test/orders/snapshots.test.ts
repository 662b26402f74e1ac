import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createMemoryLog, createMemorySnapshots } from '../../src/engines/memory/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import { createKernel, type CommandResult, type CommandType } from '../../src/kernel/index.js';
import { order } from '../../src/orders/order.js';
import { tempDir } from '../support/temp-dir.js';
import { item, newOrder } from './samples.js';

/** An order's life with a snapshot at each step, from what a client may leave out. */
it('an order goes on from snapshots of its state, which are exact in each of its states', async () => {
  const failures: unknown[] = [];
  const snapshots = createMemorySnapshots();
  let written = 0;
  const kernel = await createKernel({
    log: createMemoryLog(),
    views: sqliteViews(tempDir()),
    // Deciders are listed without their types.
    modules: [
      {
        name: 'orders',
        deciders: [{ ...order, snapshot: { version: 1, every: 1 } }],
      },
    ],
    states: { entriesMax: 0 },
    snapshots: {
      ...snapshots,
      write: async (key, snapshot) => {
        written += 1;
        await snapshots.write(key, snapshot);
      },
    },
    onSnapshotFailure: (_, error) => failures.push(error),
  });
  const send = async (type: CommandType, input: object): Promise<CommandResult> => {
    const result = await kernel.commands.send(type, input);
    expect(result.status).toBe('ACCEPTED');
    // A snapshot is written in the turn after the answer.
    await nextTurn();
    await nextTurn();
    return result;
  };
  const { recipient, line1, city, country } = newOrder.shippingAddress;
  const { reference: _, freight: __, ...required } = newOrder;
  const bare = { sku: 'milk', quantity: 1, unitPrice: '1' };
  const shippingAddress = { recipient, line1, city, country };
  const { subject } = await send(order.commands.createOrder, { ...required, items: [bare], shippingAddress });
  const orderId = subject ?? '';
  await send(order.commands.addOrderItem, { orderId, item });
  await send(order.commands.addOrderItem, { orderId, item: { ...bare, sku: 'jam' } });
  await send(order.commands.removeOrderItem, { orderId, sku: 'jam' });
  const elsewhere = { ...shippingAddress, city: 'Bath' };
  await send(order.commands.changeShippingAddress, { orderId, shippingAddress: elsewhere });
  await send(order.commands.placeOrder, { orderId });
  await send(order.commands.payOrder, { orderId, paymentReference: 'P-1' });
  await send(order.commands.shipOrder, { orderId, carrier: 'DHL' });
  await send(order.commands.deliverOrder, { orderId });
  await kernel.stop();
  expect(failures).toEqual([]);
  expect(written).toBe(9);
});
