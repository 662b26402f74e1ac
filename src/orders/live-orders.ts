import { matchesFilter } from '../derive/index.js';
import type { LiveFrame, LiveView, RequestContext } from '../graphql/index.js';
import { projectorOf, type FeedEntry, type RowChange } from '../kernel/index.js';
import { visible, visibleOnly } from './access.js';
import { orderTag } from './events.js';
import { toOrder, type Order } from './orders.types.graphql.js';
import { orderById, orderConditions, orderSnapshot, type OrderFilter } from './queries/orders.queries.js';
import { ordersProjection } from './views/orders.projection.js';
import type { OrderRow } from './views/orders.tables.js';

/** How many orders the first frame of a live list has at most. */
export const SNAPSHOT_MAX = 100;

/** A frame of a live order. */
export interface OrderFrame extends LiveFrame {
  readonly discontinuity: boolean;
  readonly order: Order | null;
  /** What the order was made of. */
  readonly row: OrderRow | undefined;
}

/** What became of an order in a live list. */
export type ChangeKind = 'ADDED' | 'UPDATED' | 'REMOVED';

/** One order of a live list. */
export interface OrderChange {
  readonly kind: ChangeKind;
  readonly orderId: string;
  readonly order: Order | null;
}

/** A frame of a live list. */
export interface OrderListFrame extends LiveFrame {
  readonly snapshot: boolean;
  readonly discontinuity: boolean;
  readonly totalCount: number | null;
  readonly changes: readonly OrderChange[];
}

/** An order as those see it whom the context stands for; another's is like one that does not exist. */
export function liveOrder(context: RequestContext, orderId: string): LiveView<OrderFrame> {
  const frame = (position: number, row: OrderRow | undefined): OrderFrame => ({
    position,
    discontinuity: false,
    order: toOrder(row),
    row,
  });
  const seen = (row: object | undefined): OrderRow | undefined =>
    // The rows of this projection's table `orders`.
    visible(context, row as OrderRow | undefined);
  // Whoever is nobody's customer is told so now.
  seen(undefined);
  return {
    projector: projectorOf(context.kernel.projectors, ordersProjection.name),
    follows: { table: 'orders', key: orderId },
    entity: orderTag(orderId),
    gathers: false,
    snapshot: async (read) => {
      const { value, position } = await read(orderById, orderId);
      return frame(position, seen(value));
    },
    tell: (entries) => {
      const changes = changesIn(entries).filter(({ before, after }) => rowOf(before, after)?.id === orderId);
      const [before, after] = [seen(changes[0]?.before), seen(changes.at(-1)?.after)];
      const position = entries.at(-1)?.checkpoint;
      return position === undefined || isSameRow(before, after) ? undefined : frame(position, after);
    },
    discontinuity: (position) => ({ position, discontinuity: true, order: null, row: undefined }),
    isSame: (last, snapshot) => isSameRow(last.row, snapshot.row),
  };
}

/** The orders that pass the filter and may be seen by those whom the context stands for. */
export function liveOrders(context: RequestContext, asked: OrderFilter): LiveView<OrderListFrame> {
  const filter = visibleOnly(context, asked);
  const matches = (row: OrderRow | undefined): boolean =>
    row !== undefined && matchesFilter(orderConditions, row, filter);
  return {
    projector: projectorOf(context.kernel.projectors, ordersProjection.name),
    follows: { table: 'orders' },
    gathers: true,
    snapshot: async (read) => {
      const { value, position } = await read(orderSnapshot, { filter, size: SNAPSHOT_MAX });
      const { rows, totalCount } = value;
      const changes = rows.map((row) => ({ kind: 'ADDED', orderId: row.id, order: toOrder(row) }) as const);
      return { position, snapshot: true, discontinuity: false, totalCount, changes };
    },
    tell: (entries) => {
      const changes = changesIn(entries).flatMap((change) => changeOf(change, matches) ?? []);
      const position = entries.at(-1)?.checkpoint;
      if (position === undefined || changes.length === 0) return undefined;
      return { position, snapshot: false, discontinuity: false, totalCount: null, changes };
    },
    discontinuity: (position) => ({
      position,
      snapshot: false,
      discontinuity: true,
      totalCount: null,
      changes: [],
    }),
    // Nobody keeps what a list had.
    isSame: () => false,
  };
}

function changesIn(entries: readonly FeedEntry[]): readonly RowChange[] {
  return entries.flatMap(({ changes }) => changes.filter(({ table }) => table === 'orders'));
}

function rowOf(before: object | undefined, after: object | undefined): OrderRow | undefined {
  // The rows of this projection's table `orders`.
  return (after ?? before) as OrderRow | undefined;
}

function isSameRow(one: OrderRow | undefined, other: OrderRow | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function changeOf(
  { before, after }: RowChange,
  matches: (row: OrderRow | undefined) => boolean,
): OrderChange | undefined {
  const orderId = rowOf(before, after)?.id;
  if (orderId === undefined) return undefined;
  const [was, is] = [rowOf(before, before), rowOf(after, after)];
  if (is !== undefined && matches(is))
    return { kind: matches(was) ? 'UPDATED' : 'ADDED', orderId, order: toOrder(is) };
  return matches(was) ? { kind: 'REMOVED', orderId, order: null } : undefined;
}
