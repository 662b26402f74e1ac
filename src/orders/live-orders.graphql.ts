import {
  Args,
  ArgsType,
  Field,
  ID,
  Int,
  ObjectType,
  Resolver,
  Root,
  Subscription,
  registerEnumType,
} from 'type-graphql';
import {
  ANYONE,
  Access,
  STAFF,
  Position,
  coded,
  openLiveView,
  type PositionToken,
  type RequestContext,
} from '../graphql/index.js';
import { CUSTOMER } from './access.js';
import { SNAPSHOT_MAX, liveOrder, liveOrders, type OrderFrame, type OrderListFrame } from './live-orders.js';
import { OrderFilterInput, toFilter } from './orders.filter.graphql.js';
import { orderIdOf } from './orders.graphql.js';
import { Order } from './orders.types.graphql.js';

const RESUMED =
  'With `after`, the position of the last frame that you have, exactly the changes since then; where the service cannot tell them all, a `discontinuity` and then a first frame.';
const POSITION = 'Send it as `after` to go on from here.';
const DISCONTINUITY =
  'True where changes are missing between the frame before and the next one, which has everything again.';

@Access(ANYONE)
@ObjectType({ simpleResolvers: true, description: 'An order as it is at `position`.' })
class OrderUpdate {
  @Field(() => Position, { description: POSITION })
  position!: number;

  @Field(() => Boolean, { description: DISCONTINUITY })
  discontinuity!: boolean;

  @Field(() => Order, {
    nullable: true,
    description: 'Null while there is no such order, and with a `discontinuity`.',
  })
  order!: Order | null;
}

enum OrderChangeKind {
  ADDED = 'ADDED',
  UPDATED = 'UPDATED',
  REMOVED = 'REMOVED',
}

registerEnumType(OrderChangeKind, {
  name: 'OrderChangeKind',
  valuesConfig: {
    ADDED: { description: 'It is in the list now.' },
    UPDATED: { description: 'It was in the list, and still is.' },
    REMOVED: { description: 'It is in the list no longer.' },
  },
});

@Access(ANYONE)
@ObjectType({ simpleResolvers: true })
class OrderListChange {
  @Field(() => OrderChangeKind)
  kind!: OrderChangeKind;

  @Field(() => ID)
  orderId!: string;

  @Field(() => Order, { nullable: true, description: 'Null where it was removed.' })
  order!: Order | null;
}

@Access(ANYONE)
@ObjectType({ simpleResolvers: true, description: 'What became of a list up to `position`.' })
class OrderListUpdate {
  @Field(() => Position, { description: POSITION })
  position!: number;

  @Field(() => Boolean, {
    description: `True for a first frame: forget the list and start from here. It has the newest ${SNAPSHOT_MAX} orders.`,
  })
  snapshot!: boolean;

  @Field(() => Boolean, { description: DISCONTINUITY })
  discontinuity!: boolean;

  @Field(() => Int, {
    nullable: true,
    description: 'With a snapshot: how many orders pass the filter in all.',
  })
  totalCount!: number | null;

  @Field(() => [OrderListChange], { description: 'In the order in which they came about.' })
  changes!: OrderListChange[];
}

@ArgsType()
class LiveArgs {
  @Field(() => Position, { nullable: true, description: 'Go on after this frame.' })
  after?: PositionToken | null;
}

@ArgsType()
class LiveOrderArgs extends LiveArgs {
  @Field(() => ID)
  id!: string;
}

@ArgsType()
class LiveOrdersArgs extends LiveArgs {
  @Field(() => OrderFilterInput, { nullable: true })
  filter?: OrderFilterInput | null;
}

/** Views that push. */
@Resolver()
export class LiveOrdersResolver {
  @Access(CUSTOMER, STAFF)
  @Subscription(() => OrderUpdate, {
    description: `The order as it is now, then after every change. ${RESUMED}`,
    subscribe: ({ args, context }) =>
      coded(async () => {
        // Coerced to just these by the schema.
        const { id, after } = args as LiveOrderArgs;
        const request = context as RequestContext;
        return openLiveView(request, liveOrder(request, orderIdOf(id)), after);
      }) as never,
  })
  order(@Root() frame: OrderFrame, @Args(() => LiveOrderArgs) _: LiveOrderArgs): OrderUpdate {
    return frame;
  }

  @Access(CUSTOMER, STAFF)
  @Subscription(() => OrderListUpdate, {
    description: `The orders that pass the filter, then what is added, updated and removed. ${RESUMED}`,
    subscribe: ({ args, context }) =>
      coded(async () => {
        // Coerced to just these by the schema.
        const { filter, after } = args as LiveOrdersArgs;
        const request = context as RequestContext;
        return openLiveView(request, liveOrders(request, toFilter(filter)), after);
      }) as never,
  })
  orders(@Root() frame: OrderListFrame, @Args(() => LiveOrdersArgs) _: LiveOrdersArgs): OrderListUpdate {
    return toUpdate(frame);
  }
}

function toUpdate({ changes, ...rest }: OrderListFrame): OrderListUpdate {
  return {
    ...rest,
    changes: changes.map(({ kind, ...change }) => ({ ...change, kind: OrderChangeKind[kind] })),
  };
}
