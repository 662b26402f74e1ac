import { untilOf, type AsOfArgs, type RequestContext } from '../graphql/index.js';
import type { Until } from '../kernel/index.js';
import { limitOf, visible } from './access.js';
import { orderTag } from './events.js';
import { HISTORY_MAX, orderById } from './queries/orders.queries.js';
import { ordersProjection } from './views/orders.projection.js';
import type { HistoryRow, OrderRow } from './views/orders.tables.js';

/** An order with its timeline (the newest HISTORY_MAX entries, oldest first), as of then. */
export interface OrderAsOf {
  readonly order: OrderRow;
  readonly history: readonly HistoryRow[];
}

/** When an order is asked for as of; undefined for now. Rejects where nothing can be read as of then. */
export async function whenOf(context: RequestContext, args: AsOfArgs): Promise<Until | undefined> {
  const until = untilOf(args, context.positions);
  if (until !== undefined) await context.kernel.history.check(until);
  return until;
}

/** The order as of then; undefined where there was none, or where the caller may not see it as of then and as of now. */
export async function orderAsOf(
  context: RequestContext,
  id: string,
  until: Until,
): Promise<OrderAsOf | undefined> {
  // First, as a failure to fold another's order would show that there is one.
  if (!(await visibleNow(context, id))) return undefined;
  const { orders, history } = await context.asOf(ordersProjection, orderTag(id), until);
  const order = visible(context, orders[0]);
  if (order === undefined) return undefined;
  const entries = history.toSorted((one, other) => one.position - other.position);
  return { order, history: entries.slice(-HISTORY_MAX) };
}

/** The log tells where the view does not have the order yet, so that nothing need be waited for. */
async function visibleNow(context: RequestContext, id: string): Promise<boolean> {
  if (limitOf(context) === null) return true;
  const inView = await context.ask(orderById, id);
  const row = inView ?? (await context.asOf(ordersProjection, orderTag(id))).orders[0];
  return visible(context, row) !== undefined;
}
