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
import { SortDirection, connectionOf, sorting } from '../derive/index.js';
import {
  Access,
  AsOfArgs,
  STAFF,
  PageArgs,
  coded,
  receiptOf,
  type CommandOptions,
  type ConnectionObject,
  type RequestContext,
} from '../graphql/index.js';
import { TidemarkError, isUuid, type CommandType } from '../kernel/index.js';
import { orderAsOf, whenOf } from './as-of.js';
import { CUSTOMER, limitOf, visible, visibleOnly } from './access.js';
import { order } from './order.js';
import { OrderFilterInput, toFilter } from './orders.filter.graphql.js';
import * as inputs from './orders.inputs.graphql.js';
import * as types from './orders.types.graphql.js';
import { orderBy, orderById, orderCount, orderList, orderTimeline } from './queries/orders.queries.js';
import type { OrderRow } from './views/orders.tables.js';

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

@ArgsType()
class OrdersArgs extends PageArgs {
  @Field(() => OrderFilterInput, { nullable: true })
  filter?: OrderFilterInput | null;

  @Field(() => [OrderOrder], { nullable: true, description: 'Newest first when left out.' })
  orderBy?: OrderOrder[] | null;
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
  const result = await coded(async () => {
    const limitedTo = limitOf(context);
    return context.send(type, input, { ...options, limitedTo });
  });
  return Object.assign(Object.create(types.OrderPayload.prototype) as types.OrderPayload, {
    receipt: receiptOf(result),
    userErrors: result.refusals,
    orderId: result.subject,
  });
}

@Resolver()
export class OrdersResolver {
  @Access(CUSTOMER, STAFF)
  @Query(() => types.Node, {
    nullable: true,
    description: 'Anything by its id; null where there is nothing.',
  })
  node(@Ctx() context: RequestContext, @Arg('id', () => ID) id: string): Promise<types.Order | null> {
    return this.order(context, id, {});
  }

  @Access(CUSTOMER, STAFF)
  @Query(() => types.Order, {
    nullable: true,
    description: 'An order by its id, as it is or as it was; null where there is none, or was none yet.',
  })
  order(
    @Ctx() context: RequestContext,
    @Arg('id', () => ID) id: string,
    @Args(() => AsOfArgs) asOf: AsOfArgs,
  ): Promise<types.Order | null> {
    return coded(async () => {
      const orderId = orderIdOf(id);
      const until = await whenOf(context, asOf);
      if (until !== undefined) return types.toOrder((await orderAsOf(context, orderId, until))?.order);
      return types.toOrder(visible(context, await context.ask(orderById, orderId)));
    });
  }

  @Access(CUSTOMER, STAFF)
  @Query(() => types.OrderConnection)
  orders(
    @Ctx() context: RequestContext,
    @Args(() => OrdersArgs) args: OrdersArgs,
  ): Promise<ConnectionObject<types.Order>> {
    return coded(async () => {
      const filter = visibleOnly(context, toFilter(args.filter));
      const source = { list: orderList, count: orderCount, toNode: (row: OrderRow) => types.toOrder(row) };
      return connectionOf(context, source, args, filter, orderBy(sorting(args.orderBy)));
    });
  }

  @Access(CUSTOMER, STAFF)
  @Query(() => [types.OrderHistoryEntry], {
    description: 'An order’s timeline, now or as it was, oldest first; empty where there is none.',
  })
  orderHistory(
    @Ctx() context: RequestContext,
    @Arg('orderId', () => ID) id: string,
    @Args(() => AsOfArgs) asOf: AsOfArgs,
  ): Promise<readonly types.OrderHistoryEntry[]> {
    return coded(async () => {
      const orderId = orderIdOf(id);
      const until = await whenOf(context, asOf);
      if (until !== undefined) return (await orderAsOf(context, orderId, until))?.history ?? [];
      const row = visible(context, await context.ask(orderById, orderId));
      return row === undefined ? [] : context.ask(orderTimeline, orderId);
    });
  }

  @Access(CUSTOMER, STAFF)
  @Mutation(() => types.OrderPayload)
  createOrder(
    @Ctx() context: RequestContext,
    @Arg('input', () => inputs.CreateOrderInput) input: inputs.CreateOrderInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.createOrder, input);
  }

  @Access(CUSTOMER, STAFF)
  @Mutation(() => types.OrderPayload)
  addOrderItem(
    @Ctx() context: RequestContext,
    @Arg('input', () => inputs.AddOrderItemInput) input: inputs.AddOrderItemInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.addOrderItem, input);
  }

  @Access(CUSTOMER, STAFF)
  @Mutation(() => types.OrderPayload)
  removeOrderItem(
    @Ctx() context: RequestContext,
    @Arg('input', () => inputs.RemoveOrderItemInput) input: inputs.RemoveOrderItemInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.removeOrderItem, input);
  }

  @Access(CUSTOMER, STAFF)
  @Mutation(() => types.OrderPayload)
  changeShippingAddress(
    @Ctx() context: RequestContext,
    @Arg('input', () => inputs.ChangeShippingAddressInput) input: inputs.ChangeShippingAddressInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.changeShippingAddress, input);
  }

  @Access(CUSTOMER, STAFF)
  @Mutation(() => types.OrderPayload)
  placeOrder(
    @Ctx() context: RequestContext,
    @Arg('input', () => inputs.PlaceOrderInput) input: inputs.PlaceOrderInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.placeOrder, input);
  }

  @Access(CUSTOMER, STAFF)
  @Mutation(() => types.OrderPayload)
  payOrder(
    @Ctx() context: RequestContext,
    @Arg('input', () => inputs.PayOrderInput) input: inputs.PayOrderInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.payOrder, input);
  }

  @Access(STAFF)
  @Mutation(() => types.OrderPayload)
  shipOrder(
    @Ctx() context: RequestContext,
    @Arg('input', () => inputs.ShipOrderInput) input: inputs.ShipOrderInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.shipOrder, input);
  }

  @Access(STAFF)
  @Mutation(() => types.OrderPayload)
  deliverOrder(
    @Ctx() context: RequestContext,
    @Arg('input', () => inputs.DeliverOrderInput) input: inputs.DeliverOrderInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.deliverOrder, input);
  }

  @Access(CUSTOMER, STAFF)
  @Mutation(() => types.OrderPayload)
  cancelOrder(
    @Ctx() context: RequestContext,
    @Arg('input', () => inputs.CancelOrderInput) input: inputs.CancelOrderInput,
  ): Promise<types.OrderPayload> {
    return run(context, commands.cancelOrder, input);
  }
}
