import type { OrderItemInput } from './commands.js';
import { DISCOUNT_DECIMALS, MONEY_DECIMALS, type NorthwindOrder } from './data.js';
import { unitsOf } from './decimal.js';

/** What a sales report over these orders must say; money in cents. */
export interface SalesTotals {
  orders: number;
  shipped: number;
  customers: number;
  gross: bigint;
  discount: bigint;
  net: bigint;
  freight: bigint;
}

const DISCOUNT_ONE = 10n ** BigInt(DISCOUNT_DECIMALS);

/** The totals of these orders in integer arithmetic, from the very inputs that are sent. */
export function totalsOf(orders: readonly NorthwindOrder[]): SalesTotals {
  const inputs = orders.map((order) => order.create.input);
  const items = inputs.flatMap((input) => input.items);
  const gross = sum(items.map(grossCents));
  const discount = sum(items.map(discountCents));
  return {
    orders: orders.length,
    shipped: orders.filter((order) => order.following.some(({ mutation }) => mutation === 'shipOrder'))
      .length,
    customers: new Set(inputs.map((input) => input.customerId)).size,
    gross,
    discount,
    net: gross - discount,
    freight: sum(inputs.map((input) => unitsOf(input.freight, MONEY_DECIMALS))),
  };
}

/** Adds up cents. */
export function sum(cents: readonly bigint[]): bigint {
  return cents.reduce((total, each) => total + each, 0n);
}

function grossCents(item: OrderItemInput): bigint {
  return unitsOf(item.unitPrice, MONEY_DECIMALS) * BigInt(item.quantity);
}

/** The service rounds each line's discount half up to the cent; 53 lines of the data fall exactly on the half. */
function discountCents(item: OrderItemInput): bigint {
  return (grossCents(item) * unitsOf(item.discount, DISCOUNT_DECIMALS) + DISCOUNT_ONE / 2n) / DISCOUNT_ONE;
}
