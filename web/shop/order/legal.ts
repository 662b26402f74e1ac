import type { OrderStatus } from '../generated/graphql.js';
import type { Visitor } from '../service/index.js';

/** What can be done with an order. */
export type Action = 'items' | 'address' | 'place' | 'pay' | 'ship' | 'deliver' | 'cancel';

const BY_STATUS: Readonly<Record<OrderStatus, readonly Action[]>> = {
  DRAFT: ['items', 'address', 'place', 'cancel'],
  PLACED: ['address', 'pay', 'cancel'],
  PAID: ['address', 'ship', 'cancel'],
  SHIPPED: ['deliver'],
  DELIVERED: [],
  CANCELLED: [],
};

const STAFF_ONLY: readonly Action[] = ['ship', 'deliver'];

/** What this visitor may do with an order in this status that has so many items. */
export function legalActions(status: OrderStatus, items: number, role: Visitor['role']): readonly Action[] {
  return BY_STATUS[status]
    .filter((action) => role !== 'customer' || !STAFF_ONLY.includes(action))
    .filter((action) => action !== 'place' || items > 0);
}
