import {
  Args,
  Arg,
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
  caughtUpWith,
  coded,
  createRowWatch,
  liveSource,
  type LiveSource,
  type RequestContext,
  type RowWatch,
} from '../graphql/index.js';
import { TidemarkError, type Kernel, type Projector, type RowChange } from '../kernel/index.js';
import { CUSTOMER, visible, visibleOnly } from './access.js';
import { OrderFilterInput, toFilter } from './orders.filter.graphql.js';
import { orderIdOf } from './orders.graphql.js';
import { Order, toOrder } from './orders.types.graphql.js';
import { matchesFilter } from './queries/keyset.js';
import { orderBy, orderById, orderConditions, orderCount, orderList } from './queries/orders.queries.js';
import { ordersProjection } from './views/orders.projection.js';
import type { OrderRow } from './views/orders.tables.js';

/** How many orders the first frame of a live list has at most. */
const SNAPSHOT_MAX = 100;
/** How many changes are kept for a slow reader; beyond that it gets a new snapshot instead. */
const PENDING_MAX = 1_000;

@Access(ANYONE)
@ObjectType({ simpleResolvers: true, description: 'An order as it is at `position`.' })
class OrderUpdate {
  @Field(() => Position)
  position!: number;

  @Field(() => Order, { nullable: true, description: 'Null while there is no such order.' })
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
  @Field(() => Position)
  position!: number;

  @Field(() => Boolean, {
    description: `True for the first frame, and when too many changes had gathered: forget the list and start from here. It then has the newest ${SNAPSHOT_MAX} orders.`,
  })
  snapshot!: boolean;

  @Field(() => Int, {
    nullable: true,
    description: 'With a snapshot: how many orders pass the filter in all.',
  })
  totalCount!: number | null;

  @Field(() => [OrderListChange])
  changes!: OrderListChange[];
}

@ArgsType()
class LiveOrdersArgs {
  @Field(() => OrderFilterInput, { nullable: true })
  filter?: OrderFilterInput | null;
}

const watches = new WeakMap<Kernel, RowWatch>();

function ordersProjector({ projectors }: Kernel): Projector {
  const projector = projectors.get(ordersProjection.name);
  if (projector === undefined) throw new TidemarkError('UNAVAILABLE', 'The orders view is not running.');
  return projector;
}

function watchOf(kernel: Kernel): RowWatch {
  const watch = watches.get(kernel) ?? createRowWatch(ordersProjector(kernel), 'orders', 'id');
  watches.set(kernel, watch);
  return watch;
}

function liveOrder(context: RequestContext, id: string): LiveSource<OrderUpdate> {
  const orderId = orderIdOf(id);
  const projector = ordersProjector(context.kernel);
  const { freshness } = projector;
  let sent: string | undefined;
  let seen = 0;
  return liveSource(
    (signal) => watchOf(context.kernel).watch(orderId, signal),
    async () => {
      await caughtUpWith(projector, seen);
      const row = visible(context, await context.ask(orderById, orderId));
      seen = Math.max(seen, freshness.checkpoint());
      // A change that was seen with the frame before, or is not for these eyes: nothing new to say.
      const text = JSON.stringify(row ?? null);
      if (sent === text) return undefined;
      sent = text;
      return { position: row?.position ?? freshness.checkpoint(), order: toOrder(row) };
    },
  );
}

function changeOf(
  change: RowChange,
  matches: (row: OrderRow | undefined) => boolean,
): OrderListChange | undefined {
  // The changes of this projection's table `orders`.
  const before = change.before as OrderRow | undefined;
  const after = change.after as OrderRow | undefined;
  const orderId = (after ?? before)?.id;
  if (orderId === undefined) return undefined;
  if (after !== undefined && matches(after)) {
    const kind = matches(before) ? OrderChangeKind.UPDATED : OrderChangeKind.ADDED;
    return { kind, orderId, order: toOrder(after) };
  }
  return matches(before) ? { kind: OrderChangeKind.REMOVED, orderId, order: null } : undefined;
}

function liveOrders(
  context: RequestContext,
  input: OrderFilterInput | null | undefined,
): LiveSource<OrderListUpdate> {
  const filter = visibleOnly(context, toFilter(input));
  const projector = ordersProjector(context.kernel);
  const matches = (row: OrderRow | undefined): boolean =>
    row !== undefined && matchesFilter(orderConditions, row, filter);
  let pending: OrderListChange[] = [];
  let startOver = true;
  let seen = 0;

  async function snapshot(): Promise<OrderListUpdate> {
    await caughtUpWith(projector, seen);
    startOver = false;
    pending = [];
    const page = { size: SNAPSHOT_MAX, backward: false, cursor: undefined };
    // Before the rows are read: they may be newer than what is claimed, never older.
    const position = projector.freshness.checkpoint();
    const { rows } = await context.ask(orderList, { filter, order: orderBy([]), page });
    const totalCount = await context.ask(orderCount, filter);
    seen = Math.max(seen, position);
    const changes = rows.map((row) => ({
      kind: OrderChangeKind.ADDED,
      orderId: row.id,
      order: toOrder(row),
    }));
    return { position, snapshot: true, totalCount, changes };
  }

  function collect(changes: readonly RowChange[]): boolean {
    for (const change of changes) {
      const mine = change.table === 'orders' ? changeOf(change, matches) : undefined;
      if (mine !== undefined) pending.push(mine);
    }
    if (pending.length <= PENDING_MAX) return pending.length > 0;
    startOver = true;
    pending = [];
    return true;
  }

  return liveSource(
    (signal) => {
      const stopCommits = projector.onCommit(({ changes, checkpoint }) => {
        seen = Math.max(seen, checkpoint);
        if (collect(changes)) signal();
      });
      const stopSwitches = projector.onSwitch(() => {
        startOver = true;
        signal();
      });
      return () => {
        stopCommits();
        stopSwitches();
      };
    },
    async () => {
      if (startOver) return snapshot();
      if (pending.length === 0) return undefined;
      const changes = pending;
      pending = [];
      return { position: projector.freshness.checkpoint(), snapshot: false, totalCount: null, changes };
    },
  );
}

/** Views that push. */
@Resolver()
export class LiveOrdersResolver {
  @Access(CUSTOMER, STAFF)
  @Subscription(() => OrderUpdate, {
    description: 'The order as it is now, then after every change.',
    subscribe: ({ args, context }) =>
      coded(async () => liveOrder(context as RequestContext, (args as { id: string }).id)) as never,
  })
  order(@Root() frame: OrderUpdate, @Arg('id', () => ID) _: string): OrderUpdate {
    return frame;
  }

  @Access(CUSTOMER, STAFF)
  @Subscription(() => OrderListUpdate, {
    description: 'The orders that pass the filter, then what is added, updated and removed.',
    subscribe: ({ args, context }) =>
      coded(async () => liveOrders(context as RequestContext, (args as LiveOrdersArgs).filter)) as never,
  })
  orders(@Root() frame: OrderListUpdate, @Args(() => LiveOrdersArgs) _: LiveOrdersArgs): OrderListUpdate {
    return frame;
  }
}
