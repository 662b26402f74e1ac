import { isAfter } from 'tidemark/client';
import type { OrderRowFragment, OrdersLiveSubscription, OrdersPageQuery } from '../generated/graphql.js';
import type { Failure } from '../service/index.js';

type Connection = OrdersPageQuery['orders'];
type Change = OrdersLiveSubscription['orders']['changes'][number];

/** A page of the list, and what has become of it since: rows keep their places until the reader asks for news. */
export interface LivePage {
  /** Null until the first page has come. */
  readonly orders: Connection | null;
  readonly loading: boolean;
  readonly failure: Failure | null;
  /** Rows that have changed while they were looked at. */
  readonly changed: ReadonlySet<string>;
  /** Rows that do not belong to the list any more. */
  readonly gone: ReadonlySet<string>;
  /** Orders that belong to the list, and are not on the page yet. */
  readonly added: ReadonlySet<string>;
}

/** What can happen to a page. */
export type PageEvent =
  | { readonly type: 'loading' }
  | { readonly type: 'loaded'; readonly orders: Connection }
  | { readonly type: 'compared'; readonly orders: Connection }
  | { readonly type: 'changed'; readonly changes: readonly Change[] }
  | { readonly type: 'failed'; readonly failure: Failure };

const NONE: ReadonlySet<string> = new Set();

/** A page before anything has come. */
export const NOTHING_YET: LivePage = {
  orders: null,
  loading: true,
  failure: null,
  changed: NONE,
  gone: NONE,
  added: NONE,
};

/** The page after something has happened. */
export function reduce(page: LivePage, event: PageEvent): LivePage {
  switch (event.type) {
    case 'loading':
      return { ...page, loading: true, failure: null };
    case 'failed':
      return { ...page, loading: false, failure: event.failure };
    case 'loaded':
      return { ...NOTHING_YET, orders: event.orders, loading: false, changed: arrivals(page, event.orders) };
    case 'changed':
      return event.changes.reduce(withChange, page);
    case 'compared':
      return withComparison(page, event.orders);
  }
}

/** Rows that the reader has been told of as news, to be marked when they come. */
function arrivals({ added }: LivePage, { nodes }: Connection): ReadonlySet<string> {
  return new Set(nodes.map(({ id }) => id).filter((id) => added.has(id)));
}

function withChange(page: LivePage, { kind, orderId, order }: Change): LivePage {
  const { orders } = page;
  if (orders === null) return page;
  const shown = orders.nodes.some(({ id }) => id === orderId);
  if (kind === 'REMOVED') return shown ? withGone(page, orderId) : counted(without(page, orderId), -1);
  if (shown && order != null) return withRow(page, order);
  if (kind === 'ADDED' && !page.added.has(orderId))
    return counted({ ...page, added: new Set([...page.added, orderId]) }, 1);
  return page;
}

function withRow(page: LivePage, row: OrderRowFragment): LivePage {
  const { orders } = page;
  if (orders === null) return page;
  const newer = orders.nodes.some(({ id, position }) => id === row.id && isAfter(row.position, position));
  const gone = new Set([...page.gone].filter((id) => id !== row.id));
  if (!newer) return { ...page, gone };
  const nodes = orders.nodes.map((old) => (old.id === row.id ? row : old));
  return { ...page, gone, orders: { ...orders, nodes }, changed: new Set([...page.changed, row.id]) };
}

function withGone(page: LivePage, orderId: string): LivePage {
  if (page.gone.has(orderId)) return page;
  return counted({ ...page, gone: new Set([...page.gone, orderId]) }, -1);
}

function without(page: LivePage, orderId: string): LivePage {
  return { ...page, added: new Set([...page.added].filter((id) => id !== orderId)) };
}

function counted(page: LivePage, by: number): LivePage {
  const { orders } = page;
  if (orders === null) return page;
  return { ...page, orders: { ...orders, totalCount: Math.max(0, orders.totalCount + by) } };
}

/** After frames may have been missed: the page as it is now, told as changes of the one that is shown. */
function withComparison(page: LivePage, now: Connection): LivePage {
  const { orders } = page;
  if (orders === null) return reduce(page, { type: 'loaded', orders: now });
  const shown = new Set(orders.nodes.map(({ id }) => id));
  const added = now.nodes.map(({ id }) => id).filter((id) => !shown.has(id));
  const patched = now.nodes.reduce(withRow, page);
  return {
    ...patched,
    added: new Set([...page.added, ...added]),
    orders: { ...(patched.orders ?? orders), totalCount: now.totalCount },
  };
}
