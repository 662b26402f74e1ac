import fc from 'fast-check';
import { newId, type CommandType, type Kernel } from '../../src/kernel/index.js';
import { order } from '../../src/orders/order.js';
import { address } from './samples.js';

/** A command on one of the orders. */
export interface Step {
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
/** Commands on the orders, in chunks that are sent at the same time. */
export const chunks = fc.array(fc.array(aStep, { minLength: 1, maxLength: 4 }), { maxLength: 20 });

/** Inputs of createOrder, one for each order. */
export const creations = fc.array(creation, { maxLength: SLOTS });

/** Creates the orders, then sends each chunk's commands at the same time; the last slot has no order. Their ids. */
export async function play(
  { commands }: Kernel,
  orders: readonly object[],
  steps: readonly (readonly Step[])[],
): Promise<readonly string[]> {
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
  return ids;
}
