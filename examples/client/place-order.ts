import { unwrap, type Client } from '../../src/client/index.js';
import { createOrder, followOrder, placeOrder, readOrder } from './documents.js';
import type { ReadOrderQuery } from './generated/graphql.js';

const ORDER = {
  customerId: 'ann',
  currencyCode: 'EUR',
  items: [
    { sku: 'tea', name: 'Earl Grey', quantity: 2, unitPrice: '12.50', discount: '0.15' },
    { sku: 'cup', name: 'Cup', quantity: 1, unitPrice: '8.00' },
  ],
  shippingAddress: { recipient: 'Ann Example', line1: '1 High Street', city: 'Bath', country: 'UK' },
  freight: '4.90',
};

/** Places an order and reads it back: no position is passed anywhere, and nothing that is read is older than a write. */
export async function placeAnOrder(
  client: Client,
  say: (line: string) => void,
): Promise<ReadOrderQuery['order']> {
  const input = { ...ORDER, reference: `WEB-${Date.now()}` };
  const { orderId, receipt, userErrors } = unwrap(await client.mutate(createOrder, { input })).createOrder;
  if (orderId == null) throw new Error(`Refused: ${JSON.stringify(userErrors)}`);
  say(`created    ${orderId} at ${receipt.position}`);

  const frames = client.subscribe(followOrder, { id: orderId });
  const first = await frames.next();
  say(`live       ${first.value?.data?.order.order?.status ?? '?'}`);

  const placed = unwrap(await client.mutate(placeOrder, { input: { orderId } })).placeOrder;
  const total = placed.order?.total;
  say(`placed     ${placed.order?.status ?? '?'}, ${total?.amount ?? '?'} ${total?.currencyCode ?? ''}`);

  const second = await frames.next();
  say(`live       ${second.value?.data?.order.order?.status ?? '?'}`);
  await frames.return();

  const { data, consistency } = await client.query(readOrder, { id: orderId });
  const order = data?.order;
  say(
    `read back  ${order?.reference ?? '?'} is ${order?.status ?? 'missing'} at ${consistency?.position ?? '?'}`,
  );
  return order ?? null;
}
