import { Ctx, Field, ID, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import {
  ANYONE,
  Access,
  STAFF,
  DateTime,
  Position,
  Receipt,
  UserError,
  connectionType,
  type RequestContext,
} from '../graphql/index.js';
import { visible } from './access.js';
import { CustomerSummary, customerOf } from './customers.graphql.js';
import { Money, money } from './money.graphql.js';
import { OrderItem } from './item.graphql.js';
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

/** An order as the API shows it: items and amounts are made where they are selected. */
@Access(ANYONE)
@ObjectType({ implements: Node, simpleResolvers: true })
export class Order extends Node {
  readonly #row: OrderRow;

  @Field(() => String, { nullable: true, description: 'The number that people know it by.' })
  reference!: string | null;

  @Field(() => OrderStatus)
  status!: OrderStatus;

  @Field(() => ID)
  customerId!: string;

  @Field(() => Address)
  shippingAddress!: Address;

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

  constructor(row: OrderRow) {
    super();
    this.#row = row;
    this.id = row.id;
    this.reference = row.reference;
    this.status = toStatus(row.status);
    this.customerId = row.customerId;
    this.shippingAddress = row.shippingAddress;
    this.createdAt = row.createdAt;
    this.placedAt = row.placedAt;
    this.paidAt = row.paidAt;
    this.shippedAt = row.shippedAt;
    this.deliveredAt = row.deliveredAt;
    this.cancelledAt = row.cancelledAt;
    this.paymentReference = row.paymentReference;
    this.carrier = row.carrier;
    this.trackingNumber = row.trackingNumber;
    this.cancelReason = row.cancelReason;
    this.position = row.position;
    this.degraded = row.degraded;
  }

  @Field(() => CustomerSummary, {
    nullable: true,
    simple: false,
    description: 'What this customer has bought so far.',
  })
  customer(@Ctx() context: RequestContext): Promise<CustomerSummary | null> {
    return customerOf(context, this.customerId);
  }

  @Field(() => [OrderItem])
  get items(): OrderItem[] {
    const { items, currencyCode } = this.#row;
    return items.map((line) => new OrderItem(line, currencyCode));
  }

  @Field(() => Money, { description: 'The sum of the items’ gross.' })
  get subtotal(): Money {
    return money(this.#row.subtotal, this.#row.currencyCode);
  }

  @Field(() => Money)
  get discount(): Money {
    return money(this.#row.discount, this.#row.currencyCode);
  }

  @Field(() => Money)
  get freight(): Money {
    return money(this.#row.freight, this.#row.currencyCode);
  }

  @Field(() => Money, { description: 'What the customer pays: subtotal less discount plus freight.' })
  get total(): Money {
    return money(this.#row.total, this.#row.currencyCode);
  }
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

/** A row as the API shows it. */
export function toOrder(row: OrderRow): Order;
export function toOrder(row: OrderRow | undefined): Order | null;
export function toOrder(row: OrderRow | undefined): Order | null {
  return row === undefined ? null : new Order(row);
}
