import { hasReached, latestOf, type Position } from 'tidemark/client';
import type { WholeOrderFragment } from '../generated/graphql.js';

/** What an order looks like once a command is done. */
export type Expect = (order: WholeOrderFragment) => WholeOrderFragment;

/** A command that the view does not show yet. */
export interface Pending {
  readonly key: number;
  readonly expect: Expect;
  /** Where its last event is; null until it is accepted. */
  readonly position: Position | null;
}

/** The commands that an order which shows `seen` does not show. */
export function outstanding(pending: readonly Pending[], seen: Position | undefined): readonly Pending[] {
  return pending.filter(
    ({ position }) => position === null || seen === undefined || !hasReached(seen, position),
  );
}

/** The order as it will be when the view has caught up. */
export function expected(order: WholeOrderFragment, pending: readonly Pending[]): WholeOrderFragment {
  return pending.reduce((known, { expect }) => expect(known), order);
}

/** The latest that the visitor has written; null where nothing was accepted. */
export function lastWritten(pending: readonly Pending[]): Position | null {
  return pending.reduce<Position | null>(
    (last, { position }) => (position === null ? last : (latestOf(last ?? undefined, position) ?? null)),
    null,
  );
}

/** The order in a later status, since `at`. */
export function inStatus(change: Partial<WholeOrderFragment>): Expect {
  return (order) => ({ ...order, ...change });
}

/** The order with one more item; its amounts are for the eye, the view has the exact ones. */
export function withItem(item: {
  sku: string;
  name: string;
  quantity: number;
  unitPrice: string;
  discount: string;
}): Expect {
  return (order) => {
    const { currencyCode } = order.total;
    const gross = item.quantity * Number(item.unitPrice);
    const discountAmount = gross * Number(item.discount);
    const money = (amount: number) => ({ amount: amount.toFixed(2), currencyCode });
    const line = {
      ...item,
      unitPrice: { amount: item.unitPrice, currencyCode },
      discountAmount: money(discountAmount),
      net: money(gross - discountAmount),
    };
    const present = order.items.find(({ sku }) => sku === item.sku);
    if (present === undefined) return { ...order, items: [...order.items, line] };
    const more = { ...present, quantity: present.quantity + item.quantity };
    return { ...order, items: order.items.map((one) => (one === present ? more : one)) };
  };
}

/** The order without an item. */
export function withoutItem(sku: string): Expect {
  return (order) => ({ ...order, items: order.items.filter((item) => item.sku !== sku) });
}
