import { z } from 'zod';
import { defineEvents } from '../kernel/index.js';

const orderId = z.string();
/** Milliseconds since 1970. */
const at = z.number().int();
/** An amount in minor units of the order's currency. */
const minor = z.number().int();

const address = z.object({
  recipient: z.string(),
  line1: z.string(),
  line2: z.string().nullable(),
  city: z.string(),
  region: z.string().nullable(),
  postalCode: z.string().nullable(),
  country: z.string(),
});

const line = z.object({
  sku: z.string(),
  name: z.string(),
  quantity: z.number().int(),
  unitPrice: minor,
  /** A fraction, such as "0.15". */
  discount: z.string(),
  /** Quantity times unit price. */
  gross: minor,
  /** The discount in money, rounded half up when the line was made. */
  discountAmount: minor,
});

const schemas = {
  OrderCreated: z.object({
    orderId,
    customerId: z.string(),
    reference: z.string().nullable(),
    currencyCode: z.string(),
    lines: z.array(line),
    shippingAddress: address,
    freight: minor,
    createdAt: at,
    /** When the customer ordered, where that is known from elsewhere. */
    orderedAt: at.nullable(),
  }),
  /** Carries the whole line as it is now, also when its quantity grew. */
  OrderItemAdded: z.object({ orderId, line }),
  OrderItemRemoved: z.object({ orderId, sku: z.string() }),
  ShippingAddressChanged: z.object({ orderId, shippingAddress: address }),
  OrderPlaced: z.object({
    orderId,
    customerId: z.string(),
    currencyCode: z.string(),
    total: minor,
    placedAt: at,
  }),
  OrderPaid: z.object({ orderId, paymentReference: z.string(), paidAt: at }),
  OrderShipped: z.object({
    orderId,
    carrier: z.string(),
    trackingNumber: z.string().nullable(),
    shippedAt: at,
  }),
  OrderDelivered: z.object({ orderId, deliveredAt: at }),
  OrderCancelled: z.object({
    orderId,
    reason: z.string(),
    cancelledAt: at,
    /** Whether the order had been placed, so that it counted as a sale until now. */
    wasPlaced: z.boolean(),
    customerId: z.string(),
    currencyCode: z.string(),
    total: minor,
  }),
} satisfies Record<string, z.ZodType<{ orderId: string }>>;

/** A shipping address. */
export type Address = z.output<typeof address>;
/** A line of an order, priced. */
export type Line = z.output<typeof line>;
/** The data of each event type. */
export type OrderEvents = { readonly [T in keyof typeof schemas]: z.output<(typeof schemas)[T]> };

/** The tag of an order's events. */
export function orderTag(orderId: string): string {
  return `order:${orderId}`;
}

const tags = ({ orderId: id }: { readonly orderId: string }): readonly string[] => [orderTag(id)];

/** The facts of the orders domain. Each event belongs to one order. */
export const orderEvents = defineEvents<OrderEvents>({
  OrderCreated: { schema: schemas.OrderCreated, tags },
  OrderItemAdded: { schema: schemas.OrderItemAdded, tags },
  OrderItemRemoved: { schema: schemas.OrderItemRemoved, tags },
  ShippingAddressChanged: { schema: schemas.ShippingAddressChanged, tags },
  OrderPlaced: { schema: schemas.OrderPlaced, tags },
  OrderPaid: { schema: schemas.OrderPaid, tags },
  OrderShipped: { schema: schemas.OrderShipped, tags },
  OrderDelivered: { schema: schemas.OrderDelivered, tags },
  OrderCancelled: { schema: schemas.OrderCancelled, tags },
});
