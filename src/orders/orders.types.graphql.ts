import { Ctx, Field, ID, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import {
  ANYONE,
  Access,
  STAFF,
  DateTime,
  Decimal,
  Position,
  Receipt,
  UserError,
  connectionType,
  type RequestContext,
} from '../graphql/index.js';
import { visible } from './access.js';
import { CustomerSummary, customerOf } from './customers.graphql.js';
import { Money, money } from './money.graphql.js';
import type { OrderStatus as Status } from './order.js';
import { orderById } from './queries/orders.queries.js';
import type { OrderRow } from './views/orders.tables.js';

/** Where an order is in its life. */
export enum OrderStatus {
  DRAFT = 'DRAFT',
  PLACED = 'PLACED',
  PAID = 'PAID',
  SHIPPED = 'SHIPPED',
  DELIVERED = 'DELIVERED',
  CANCELLED = 'CANCELLED',
}

registerEnumType(OrderStatus, {
  name: 'OrderStatus',
  description: 'Where an order is in its life.',
  valuesConfig: {
    DRAFT: { description: 'Being put together; items can be added and removed.' },
    PLACED: { description: 'Ordered, to be paid.' },
    PAID: { description: 'Paid, to be shipped.' },
    SHIPPED: { description: 'On its way.' },
    DELIVERED: { description: 'With the customer.' },
    CANCELLED: { description: 'Called off before it was shipped.' },
  },
});

@Access(ANYONE)
@InterfaceType({ description: 'Anything that `node` finds by its id.', autoRegisterImplementations: true })
export abstract class Node {
  @Field(() => ID)
  id!: string;
}

@Access(ANYONE)
@ObjectType({ simpleResolvers: true })
export class Address {
  @Field(() => String)
  recipient!: string;

  @Field(() => String)
  line1!: string;

  @Field(() => String, { nullable: true })
  line2!: string | null;

  @Field(() => String)
  city!: string;

  @Field(() => String, { nullable: true })
  region!: string | null;

  @Field(() => String, { nullable: true })
  postalCode!: string | null;

  @Field(() => String)
  country!: string;
}

@Access(ANYONE)
@ObjectType({ simpleResolvers: true })
export class OrderItem {
  @Field(() => String)
  sku!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Int)
  quantity!: number;

  @Field(() => Money)
  unitPrice!: Money;

  @Field(() => Decimal, { description: 'A fraction, 0 to 1.' })
  discount!: string;

  @Field(() => Money, { description: 'Quantity times unit price.' })
  gross!: Money;

  @Field(() => Money, { description: 'The discount in money, rounded half up.' })
  discountAmount!: Money;

  @Field(() => Money, { description: '`gross` less `discountAmount`.' })
  net!: Money;
}

@Access(ANYONE)
@ObjectType({ implements: Node, simpleResolvers: true })
export class Order extends Node {
  @Field(() => String, { nullable: true, description: 'The number that people know it by.' })
  reference!: string | null;

  @Field(() => OrderStatus)
  status!: OrderStatus;

  @Field(() => ID)
  customerId!: string;

  @Field(() => CustomerSummary, {
    nullable: true,
    simple: false,
    description: 'What this customer has bought so far.',
  })
  customer(@Ctx() context: RequestContext): Promise<CustomerSummary | null> {
    return customerOf(context, this.customerId);
  }

  @Field(() => [OrderItem])
  items!: OrderItem[];

  @Field(() => Address)
  shippingAddress!: Address;

  @Field(() => Money, { description: 'The sum of the items’ gross.' })
  subtotal!: Money;

  @Field(() => Money)
  discount!: Money;

  @Field(() => Money)
  freight!: Money;

  @Field(() => Money, { description: 'What the customer pays: subtotal less discount plus freight.' })
  total!: Money;

  @Field(() => DateTime)
  createdAt!: number;

  @Field(() => DateTime, { nullable: true })
  placedAt!: number | null;

  @Field(() => DateTime, { nullable: true })
  paidAt!: number | null;

  @Field(() => DateTime, { nullable: true })
  shippedAt!: number | null;

  @Field(() => DateTime, { nullable: true })
  deliveredAt!: number | null;

  @Field(() => DateTime, { nullable: true })
  cancelledAt!: number | null;

  @Field(() => String, { nullable: true })
  paymentReference!: string | null;

  @Field(() => String, { nullable: true })
  carrier!: string | null;

  @Field(() => String, { nullable: true })
  trackingNumber!: string | null;

  @Field(() => String, { nullable: true })
  cancelReason!: string | null;

  @Field(() => Position, { description: 'Of the last event that changed it; send it as `ifUnchangedSince`.' })
  position!: number;

  @Field(() => Boolean, {
    description: 'True when an event of this order could not be applied: it may be out of date.',
  })
  degraded!: boolean;
}

/** A page of orders, as Relay has it. */
export const OrderConnection = connectionType('Order', Order);

@Access(ANYONE)
@ObjectType()
export class OrderPayload {
  @Field(() => Receipt, { simple: true })
  receipt!: Receipt;

  @Field(() => [UserError], { simple: true })
  userErrors!: readonly UserError[];

  @Field(() => ID, { nullable: true, simple: true })
  orderId!: string | null;

  @Field(() => Order, {
    nullable: true,
    description: 'The order after this command. Selecting it waits for the view.',
  })
  async order(@Ctx() context: RequestContext): Promise<Order | null> {
    if (this.orderId === null) return null;
    return toOrder(visible(context, await context.ask(orderById, this.orderId, this.receipt.position)));
  }
}

@Access(ANYONE)
@ObjectType({ simpleResolvers: true, description: 'One thing that happened to an order.' })
export class OrderHistoryEntry {
  @Field(() => Position)
  position!: number;

  @Field(() => String, { description: 'The type of the event: `OrderPlaced`.' })
  type!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  at!: number;

  @Field(() => DateTime, { description: 'When it was written down.' })
  recordedAt!: number;

  @Access(STAFF)
  @Field(() => String, { description: 'Who did it; for staff only.' })
  actor!: string;

  @Field(() => ID)
  commandId!: string;

  @Field(() => String, { description: 'In words.' })
  summary!: string;
}

/** The type's status of a row's. */
export function toStatus(status: Status): OrderStatus {
  return OrderStatus[status];
}

/** An order as the API shows it. */
export function toOrder(row: OrderRow): Order;
export function toOrder(row: OrderRow | undefined): Order | null;
export function toOrder(row: OrderRow | undefined): Order | null {
  if (row === undefined) return null;
  const { currencyCode, items, subtotal, discount, freight, total, status, ...rest } = row;
  return Object.assign(Object.create(Order.prototype) as Order, rest, {
    status: toStatus(status),
    items: items.map(({ unitPrice, gross, discountAmount, ...item }) => ({
      ...item,
      unitPrice: money(unitPrice, currencyCode),
      gross: money(gross, currencyCode),
      discountAmount: money(discountAmount, currencyCode),
      net: money(gross - discountAmount, currencyCode),
    })),
    subtotal: money(subtotal, currencyCode),
    discount: money(discount, currencyCode),
    freight: money(freight, currencyCode),
    total: money(total, currencyCode),
  });
}
