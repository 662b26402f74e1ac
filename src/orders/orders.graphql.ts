import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  ID,
  InputType,
  Mutation,
  Query,
  Resolver,
  registerEnumType,
} from 'type-graphql';
import {
  DateTime,
  Decimal,
  PageArgs,
  coded,
  encodeCursor,
  pageOf,
  receiptOf,
  toConnection,
  type CommandOptions,
  type ConnectionObject,
  type RequestContext,
} from '../graphql/index.js';
import { TidemarkError, isUuid, type CommandType } from '../kernel/index.js';
import { isCurrency, toMinor } from './money.js';
import { order } from './order.js';
import * as types from './orders.types.graphql.js';
import { orderName } from './queries/keyset.js';
import {
  orderBy,
  orderById,
  orderCount,
  orderList,
  orderTimeline,
  type OrderFilter,
} from './queries/orders.queries.js';
import { SortDirection } from './sort-direction.graphql.js';

const { commands } = order;

enum OrderOrderField {
  CREATED_AT = 'CREATED_AT',
  PLACED_AT = 'PLACED_AT',
  CHANGED_AT = 'CHANGED_AT',
  TOTAL = 'TOTAL',
  STATUS = 'STATUS',
  CUSTOMER_ID = 'CUSTOMER_ID',
}

registerEnumType(OrderOrderField, { name: 'OrderOrderField' });

@InputType()
class OrderOrder {
  @Field(() => OrderOrderField)
  field!: OrderOrderField;

  @Field(() => SortDirection, { defaultValue: SortDirection.ASC })
  direction!: SortDirection;
}

@InputType({ description: 'From here (included) to there (not included).' })
class DateTimeRange {
  @Field(() => DateTime, { nullable: true })
  from?: Date | null;

  @Field(() => DateTime, { nullable: true })
  to?: Date | null;
}

@InputType({ description: 'From `min` to `max`, both included.' })
class AmountRange {
  @Field(() => Decimal, { nullable: true })
  min?: string | null;

  @Field(() => Decimal, { nullable: true })
  max?: string | null;
}

/** What lists and live lists of orders can be narrowed to. */
@InputType('OrderFilter', { description: 'All that is given must hold.' })
export class OrderFilterInput {
  @Field(() => [types.OrderStatus], { nullable: true, description: 'Any of these.' })
  status?: types.OrderStatus[] | null;

  @Field(() => ID, { nullable: true })
  customerId?: string | null;

  @Field(() => String, { nullable: true })
  currencyCode?: string | null;

  @Field(() => String, { nullable: true })
  country?: string | null;

  @Field(() => String, { nullable: true })
  reference?: string | null;

  @Field(() => DateTimeRange, { nullable: true })
  createdAt?: DateTimeRange | null;

  @Field(() => DateTimeRange, { nullable: true })
  placedAt?: DateTimeRange | null;

  @Field(() => AmountRange, { nullable: true, description: 'Goes with `currencyCode`.' })
  total?: AmountRange | null;

  @Field(() => String, {
    nullable: true,
    description: 'A part of the reference, the customer id or the recipient.',
  })
  search?: string | null;
}

@ArgsType()
class OrdersArgs extends PageArgs {
  @Field(() => OrderFilterInput, { nullable: true })
  filter?: OrderFilterInput | null;

  @Field(() => [OrderOrder], { nullable: true, description: 'Newest first when left out.' })
  orderBy?: OrderOrder[] | null;
}

/** The filter as queries take it; BAD_USER_INPUT where it cannot be meant. */
export function toFilter(filter: OrderFilterInput | null | undefined): OrderFilter {
  if (filter == null) return {};
  const { status, createdAt, placedAt, total, ...texts } = filter;
  const currencyCode = texts.currencyCode ?? undefined;
  return {
    status: status ?? undefined,
    customerId: texts.customerId ?? undefined,
    currencyCode,
    country: texts.country ?? undefined,
    reference: texts.reference ?? undefined,
    search: texts.search ?? undefined,
    createdFrom: createdAt?.from?.getTime(),
    createdTo: createdAt?.to?.getTime(),
    placedFrom: placedAt?.from?.getTime(),
    placedTo: placedAt?.to?.getTime(),
    totalMin: totalIn(total?.min, currencyCode, Math.ceil),
    totalMax: totalIn(total?.max, currencyCode, Math.floor),
  };
}

function totalIn(
  amount: string | null | undefined,
  currencyCode: string | undefined,
  round: (minor: number) => number,
): number | undefined {
  if (amount == null) return undefined;
  if (currencyCode === undefined || !isCurrency(currencyCode)) {
    throw new TidemarkError('BAD_USER_INPUT', 'A filter by total needs a currencyCode, such as "USD".');
  }
  return round(toMinor(amount, currencyCode));
}

/** The id in the form it is stored in; BAD_USER_INPUT where it is none. */
export function orderIdOf(id: string): string {
  if (isUuid(id)) return id.toLowerCase();
  throw new TidemarkError('BAD_USER_INPUT', 'The id of an order is a UUID. Send one as it was returned.');
}

async function run(
  context: RequestContext,
  type: CommandType,
  { options, ...input }: { readonly options?: CommandOptions | null } & object,
): Promise<types.OrderPayload> {
  const result = await context.send(type, input, options);
  return Object.assign(Object.create(types.OrderPayload.prototype) as types.OrderPayload, {
    receipt: receiptOf(result),
    userErrors: result.refusals,
    orderId: result.subject,
  });
}

@Resolver()
export class OrdersResolver {
  @Query(() => types.Node, {
    nullable: true,
    description: 'Anything by its id; null where there is nothing.',
  })
  node(@Ctx() context: RequestContext, @Arg('id', () => ID) id: string): Promise<types.Order | null> {
    return this.order(context, id);
  }

  @Query(() => types.Order, { nullable: true, description: 'An order by its id; null where there is none.' })
  order(@Ctx() context: RequestContext, @Arg('id', () => ID) id: string): Promise<types.Order | null> {
    return coded(async () => types.toOrder(await context.ask(orderById, orderIdOf(id))));
  }

  @Query(() => types.OrderConnection)
  orders(
    @Ctx() context: RequestContext,
    @Args(() => OrdersArgs) args: OrdersArgs,
  ): Promise<ConnectionObject<types.Order>> {
    return coded(async () => {
      const filter = toFilter(args.filter);
      const sorting = (args.orderBy ?? []).map(({ field, direction }) => ({
        field,
        descending: direction === SortDirection.DESC,
      }));
      const terms = orderBy(sorting);
      const name = orderName(terms);
      const page = pageOf(args, name, terms.length);
      const { rows, hasMore } = await context.ask(orderList, { filter, order: terms, page });
      const edges = rows.map((row) => ({
        cursor: encodeCursor(
          name,
          terms.map((term) => term.of(row)),
        ),
        node: types.toOrder(row),
      }));
      return toConnection({ edges, hasMore, page, count: () => context.ask(orderCount, filter) });
    });
  }

  @Query(() => [types.OrderHistoryEntry], {
    description: 'An order’s timeline, oldest first; empty where there is none.',
  })
  orderHistory(
    @Ctx() context: RequestContext,
    @Arg('orderId', () => ID) id: string,
  ): Promise<readonly types.OrderHistoryEntry[]> {
    return coded(async () => context.ask(orderTimeline, orderIdOf(id)));
  }

  @Mutation(() => types.OrderPayload)
  createOrder(
    @Ctx() context: RequestContext,
    @Arg('input', () => types.CreateOrderInput) input: types.CreateOrderInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.createOrder, input);
  }

  @Mutation(() => types.OrderPayload)
  addOrderItem(
    @Ctx() context: RequestContext,
    @Arg('input', () => types.AddOrderItemInput) input: types.AddOrderItemInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.addOrderItem, input);
  }

  @Mutation(() => types.OrderPayload)
  removeOrderItem(
    @Ctx() context: RequestContext,
    @Arg('input', () => types.RemoveOrderItemInput) input: types.RemoveOrderItemInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.removeOrderItem, input);
  }

  @Mutation(() => types.OrderPayload)
  changeShippingAddress(
    @Ctx() context: RequestContext,
    @Arg('input', () => types.ChangeShippingAddressInput) input: types.ChangeShippingAddressInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.changeShippingAddress, input);
  }

  @Mutation(() => types.OrderPayload)
  placeOrder(
    @Ctx() context: RequestContext,
    @Arg('input', () => types.PlaceOrderInput) input: types.PlaceOrderInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.placeOrder, input);
  }

  @Mutation(() => types.OrderPayload)
  payOrder(
    @Ctx() context: RequestContext,
    @Arg('input', () => types.PayOrderInput) input: types.PayOrderInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.payOrder, input);
  }

  @Mutation(() => types.OrderPayload)
  shipOrder(
    @Ctx() context: RequestContext,
    @Arg('input', () => types.ShipOrderInput) input: types.ShipOrderInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.shipOrder, input);
  }

  @Mutation(() => types.OrderPayload)
  deliverOrder(
    @Ctx() context: RequestContext,
    @Arg('input', () => types.DeliverOrderInput) input: types.DeliverOrderInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.deliverOrder, input);
  }

  @Mutation(() => types.OrderPayload)
  cancelOrder(
    @Ctx() context: RequestContext,
    @Arg('input', () => types.CancelOrderInput) input: types.CancelOrderInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.cancelOrder, input);
  }
}
