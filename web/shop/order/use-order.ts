import { useCallback, useEffect, useReducer, useRef, type RefObject } from 'react';
import { hasReached, isAfter, latestOf, type Position } from 'tidemark/client';
import { orderLive, orderPage } from '../documents/index.js';
import type { OrderPageQuery, WholeOrderFragment } from '../generated/graphql.js';
import { consistencyOf, failureOf, keepLive, useService, type Failure } from '../service/index.js';

/** The order as it is known here. It only ever becomes newer. */
export interface KnownOrder {
  /** Null where there is none; undefined until that is known. */
  readonly order: WholeOrderFragment | null | undefined;
  readonly history: OrderPageQuery['orderHistory'];
  /** What the order shows, at least. */
  readonly seen: Position | undefined;
  /** The view has not reached what was asked of it. */
  readonly stale: boolean;
  readonly failure: Failure | null;
}

type Event =
  | {
      readonly type: 'read';
      readonly data: OrderPageQuery;
      readonly position: Position | undefined;
      readonly stale: boolean;
    }
  | { readonly type: 'frame'; readonly order: WholeOrderFragment | null | undefined }
  | { readonly type: 'failed'; readonly failure: Failure };

const UNKNOWN: KnownOrder = { order: undefined, history: [], seen: undefined, stale: false, failure: null };

function reduce(known: KnownOrder, event: Event): KnownOrder {
  switch (event.type) {
    case 'failed':
      return { ...known, failure: event.failure };
    case 'frame':
      return event.order == null ? known : { ...known, ...newer(known, event.order) };
    case 'read': {
      const { data, position, stale } = event;
      const reached = stale ? known.seen : latestOf(known.seen, position);
      const taken = data.order == null ? known : { ...known, ...newer(known, data.order) };
      return {
        ...taken,
        order: taken.order ?? (stale ? undefined : null),
        history: data.orderHistory.length >= known.history.length ? data.orderHistory : known.history,
        seen: latestOf(taken.seen, reached),
        stale,
        failure: null,
      };
    }
  }
}

function newer({ order, seen }: KnownOrder, next: WholeOrderFragment): Pick<KnownOrder, 'order' | 'seen'> {
  const older = order != null && isAfter(order.position, next.position);
  return { order: older ? order : next, seen: latestOf(seen, next.position) };
}

/** How often in a row an order is read again while the view is behind; each read waits for two seconds. */
const BEHIND_MAX = 10;

/**
 * An order that is read, then kept current. `awaited` is what the visitor wrote: until the order shows that, it is read
 * again.
 */
export function useOrder(id: string, awaited: Position | null): KnownOrder & { readonly reload: () => void } {
  const { client } = useService();
  const [known, tell] = useReducer(reduce, UNKNOWN);
  const stopped = useRef(false);
  const reload = useCallback(() => {
    void read();
    async function read(): Promise<void> {
      const result = await client.query(orderPage, { id }).toPromise();
      if (isStopped(stopped)) return;
      const { data, error, extensions, operation } = result;
      const { position, stale = false } = consistencyOf(extensions) ?? {};
      if (error !== undefined) tell({ type: 'failed', failure: failureOf(error, operation.context) });
      else if (data !== undefined) tell({ type: 'read', data, position, stale });
    }
  }, [client, id]);

  useEffect(() => {
    stopped.current = false;
    reload();
    const stopLive = keepLive(client, {
      document: orderLive,
      variables: () => ({ id }),
      next: ({ order }) => {
        // What is missing comes with the frame that follows.
        if (!order.discontinuity) tell({ type: 'frame', order: order.order });
      },
      lost: reload,
    });
    return () => {
      stopped.current = true;
      stopLive();
    };
  }, [client, id, reload]);

  useReadAgain(known, awaited, reload);
  return { ...known, reload };
}

function isStopped(stopped: RefObject<boolean>): boolean {
  return stopped.current;
}

/** Reads again where the timeline is behind the order, or the order behind what was written. */
function useReadAgain(known: KnownOrder, awaited: Position | null, reload: () => void): void {
  const { order, history, seen, stale } = known;
  const tries = useRef(0);
  const last = history.at(-1)?.position;
  const timelineBehind = order != null && last !== undefined && isAfter(order.position, last);
  const orderBehind = awaited !== null && (seen === undefined || !hasReached(seen, awaited));
  const behind = timelineBehind || orderBehind || (stale && order === undefined);
  useEffect(() => {
    if (!behind) tries.current = 0;
    else if (tries.current < BEHIND_MAX) {
      tries.current += 1;
      reload();
    }
    // Each answer is a new `known`: that is when to look again.
  }, [behind, known, reload]);
}
