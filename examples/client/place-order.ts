import { v7 as newId } from 'uuid';
import { caughtUp, createOrder, placeOrder, readOrder } from './documents.js';
import { execute, firstFrame } from './execute.js';
import type { ReadOrderQuery } from './generated/graphql.js';

/** Places an order and reads it back in each of the three ways; returns what the last one read. */
export async function placeAnOrder(
  url: string,
  say: (line: string) => void,
): Promise<ReadOrderQuery['order']> {
  const input = {
    // Sent again after a lost connection, the same id does not create a second order.
    options: { commandId: newId() },
    customerId: 'ann',
    currencyCode: 'EUR',
    reference: `WEB-${Date.now()}`,
    items: [
      { sku: 'tea', name: 'Earl Grey', quantity: 2, unitPrice: '12.50', discount: '0.15' },
      { sku: 'cup', name: 'Cup', quantity: 1, unitPrice: '8.00' },
    ],
    shippingAddress: { recipient: 'Ann Example', line1: '1 High Street', city: 'Bath', country: 'UK' },
    freight: '4.90',
  };
  const created = (await execute(url, createOrder, { input })).createOrder;
  if (created.orderId == null) throw new Error(`Refused: ${JSON.stringify(created.userErrors)}`);
  say(`created    ${created.orderId} at ${created.receipt.position}`);

  const frame = await firstFrame(url, caughtUp, { position: created.receipt.position });
  say(`caught up  ${frame.projectionCaughtUp.projection ?? 'all'} at ${frame.projectionCaughtUp.position}`);

  const placed = (await execute(url, placeOrder, { input: { orderId: created.orderId } })).placeOrder;
  const total = placed.order?.total;
  say(`placed     ${placed.order?.status ?? '?'}, ${total?.amount ?? '?'} ${total?.currencyCode ?? ''}`);

  const { order } = await execute(url, readOrder, { id: created.orderId, after: placed.receipt.position });
  say(
    `read back  ${order?.reference ?? '?'} is ${order?.status ?? 'missing'} with ${order?.items.length ?? 0} items`,
  );
  return order ?? null;
}
