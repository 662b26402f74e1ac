import { ADDRESS, accepted, createOrder } from './order-operations.js';
import type { Service } from './service.js';
import { until } from './until.js';

const CUSTOMERS = ['ALFKI', 'BOLID', 'CHOPS'] as const;
const COUNTRIES = ['Germany', 'Spain', 'France'] as const;

/** An order of `someOrders`, as far as tests ask for it. */
export interface SomeOrder {
  readonly id: string;
  readonly index: number;
}

/**
 * Twelve orders that differ in all that lists filter and sort by: index i is of customer i mod 3, has total
 * 10.00 × (1 + i mod 4), was ordered on day 1 + i of January 2026; every second is placed, every sixth cancelled then.
 */
export async function someOrders(service: Service): Promise<readonly SomeOrder[]> {
  const orders: SomeOrder[] = [];
  for (let index = 0; index < 12; index += 1) {
    const { orderId: id } = await createOrder(service, {
      customerId: CUSTOMERS[index % 3],
      reference: `NW-${index}`,
      currencyCode: index === 11 ? 'EUR' : 'USD',
      orderedAt: `2026-01-${String(index + 1).padStart(2, '0')}T12:00:00Z`,
      items: [
        {
          sku: `SKU-${index % 2}`,
          name: `Thing ${index % 2}`,
          quantity: 1 + (index % 4),
          unitPrice: '10.00',
        },
      ],
      shippingAddress: { ...ADDRESS, recipient: `Customer ${index % 3}`, country: COUNTRIES[index % 3] },
    });
    if (index % 2 === 0) await accepted(service, 'placeOrder', { orderId: id });
    if (index % 6 === 0) await accepted(service, 'cancelOrder', { orderId: id, reason: 'mistake' });
    orders.push({ id, index });
  }
  await settled(service);
  return orders;
}

/** Waits until everything written so far is in all views. */
export async function settled(service: Service): Promise<void> {
  const head = await service.head();
  await until(() => {
    const behind = service.app.kernel.status().filter(({ checkpoint }) => checkpoint < head);
    if (behind.length > 0) throw new Error(`Behind: ${behind.map(({ name }) => name).join(', ')}.`);
  });
}
