import 'reflect-metadata/lite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandBus, CommandResult } from '../src/kernel/index.js';
import { order } from '../src/orders/index.js';

/** How many items are added to each order after it has been created with two. */
export const ITEMS_ADDED = 4;
/** The commands of one order: its creation and each further item. */
export const COMMANDS_PER_ORDER = 1 + ITEMS_ADDED;

const COUNTRIES = ['Germany', 'France', 'Brazil', 'Mexico', 'Canada', 'Japan', 'Italy', 'Kenya'];
const DAY_MS = 86_400_000;

/** An item whose sku is `product`'s. */
export function itemOf(product: number) {
  const cents = 150 + ((product * 37) % 9_000);
  return {
    sku: `sku-${product % 200}`,
    name: `Product ${product % 200}`,
    quantity: 1 + (product % 9),
    unitPrice: (cents / 100).toFixed(2),
    discount: product % 3 === 0 ? '0.15' : '0',
  };
}

/** The input of the `n`th createOrder: one of 500 customers, two items. */
export function orderOf(n: number) {
  return {
    customerId: `customer-${n % 500}`,
    reference: `R-${n}`,
    currencyCode: 'USD',
    items: [itemOf(n), itemOf(n + 1)],
    shippingAddress: {
      recipient: `Recipient ${n % 500}`,
      line1: `${n % 90} Harbour Street`,
      city: 'Port Lowe',
      region: null,
      postalCode: String(10_000 + (n % 5_000)),
      country: COUNTRIES[n % COUNTRIES.length] ?? 'Germany',
    },
    freight: '12.50',
  };
}

/** Runs `task` on 0, 1, 2 … with so many at a time for as long as `more` says so. */
export async function closedLoop(
  inFlight: number,
  more: (n: number) => boolean,
  task: (n: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    while (more(next)) await task(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, client));
}

/** Runs `task` on 0, 1, 2 … so many times a second, however long it takes. */
export async function paced(
  perSecond: number,
  more: () => boolean,
  task: (n: number) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  const open = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  for (let n = 0; more() && failure === undefined;) {
    for (; n < ((performance.now() - started) / 1_000) * perSecond; n += 1) {
      const run = task(n)
        .catch((error: unknown) => (failure = { error }))
        .then(() => void open.delete(run));
      open.add(run);
    }
    await sleep(1);
  }
  await Promise.all(open);
  // Assigned from within the tasks, which the compiler does not follow.
  const failed = failure as { readonly error: unknown } | undefined;
  if (failed !== undefined) throw failed.error;
}

/** Runs a command and notes how long it took, in ms. */
export async function timed<T>(into: number[], run: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const value = await run();
  into.push(performance.now() - started);
  return value;
}

/** Creates one order and adds its items, one command after the other. */
export async function writeOrder(commands: CommandBus, n: number, latencies: number[]): Promise<void> {
  const created = await timed(latencies, () => commands.send(order.commands.createOrder, orderOf(n)));
  const orderId = subjectOf(created);
  for (let added = 0; added < ITEMS_ADDED; added += 1) {
    const input = { orderId, item: itemOf(n + 2 + added) };
    subjectOf(await timed(latencies, () => commands.send(order.commands.addOrderItem, input)));
  }
}

/** An order's whole life: about seven events, a few of them cancelled, spread over two years. */
export async function liveOrder(commands: CommandBus, n: number): Promise<void> {
  const { commands: types } = order;
  const orderedAt = new Date(Date.UTC(2024, 0, 1) + ((n * 7) % 730) * DAY_MS);
  const orderId = subjectOf(await commands.send(types.createOrder, { ...orderOf(n), orderedAt }));
  subjectOf(await commands.send(types.addOrderItem, { orderId, item: itemOf(n + 2) }));
  if (n % 2 === 0) subjectOf(await commands.send(types.addOrderItem, { orderId, item: itemOf(n + 3) }));
  if (n % 5 === 0) subjectOf(await commands.send(types.removeOrderItem, { orderId, sku: `sku-${n % 200}` }));
  if (n % 4 === 0) {
    const shippingAddress = { ...orderOf(n).shippingAddress, line1: '1 New Street' };
    subjectOf(await commands.send(types.changeShippingAddress, { orderId, shippingAddress }));
  }
  subjectOf(await commands.send(types.placeOrder, { orderId }));
  subjectOf(await commands.send(types.payOrder, { orderId, paymentReference: `P-${n}` }));
  if (n % 20 === 0) {
    subjectOf(await commands.send(types.cancelOrder, { orderId, reason: 'Changed their mind' }));
    return;
  }
  subjectOf(
    await commands.send(types.shipOrder, { orderId, carrier: 'Northern Post', trackingNumber: `T-${n}` }),
  );
  subjectOf(await commands.send(types.deliverOrder, { orderId }));
}

/** The order's id. Throws where the command was refused: a bench measures what works. */
export function subjectOf({ status, subject, refusals }: CommandResult): string {
  if (status === 'ACCEPTED' && subject !== null) return subject;
  throw new Error(`A command was refused: ${JSON.stringify(refusals)}`);
}
