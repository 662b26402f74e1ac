import type { Client } from '@urql/core';
import { useEffect, useReducer } from 'react';
import { hasReached, latestOf } from 'tidemark/client';
import { ordersLive, ordersPage } from '../documents/index.js';
import type { OrdersLiveSubscription } from '../generated/graphql.js';
import { consistencyOf, failureOf, keepLive, useService } from '../service/index.js';
import { variablesOf, type ListState } from './list-state.js';
import { NOTHING_YET, reduce, type LivePage, type PageEvent } from './live-page.js';

/** A page of orders that is kept current, and a way to load it anew. */
export function useLiveOrders(state: ListState): LivePage & { readonly reload: () => void } {
  const { client } = useService();
  const [page, dispatch] = useReducer(reduce, NOTHING_YET);
  const [round, reload] = useReducer((count: number) => count + 1, 0);
  const key = JSON.stringify(state);
  useEffect(() => {
    // The same state as text and as an object: the text is what tells states apart.
    const asked = JSON.parse(key) as ListState;
    return follow(client, asked, dispatch);
  }, [client, key, round]);
  return { ...page, reload };
}

/** Loads the page, then tells what becomes of it, until the returned function is called. */
function follow(client: Client, state: ListState, tell: (event: PageEvent) => void): () => void {
  const variables = variablesOf(state);
  let stopped = false;
  let stopLive: () => void = () => undefined;
  /** What the page shows, at least. */
  let seen: string | undefined;

  async function load(type: 'loaded' | 'compared'): Promise<boolean> {
    const result = await client.query(ordersPage, variables).toPromise();
    if (stopped) return false;
    seen = latestOf(seen, consistencyOf(result.extensions)?.position);
    if (result.data !== undefined && result.error === undefined) tell({ type, orders: result.data.orders });
    else if (result.error !== undefined)
      tell({ type: 'failed', failure: failureOf(result.error, result.operation.context) });
    return result.data !== undefined;
  }

  function live(): () => void {
    return keepLive(client, {
      document: ordersLive,
      variables: () => ({ filter: state.filter, after: seen ?? null }),
      next: ({ orders }) => {
        if (!stopped) take(orders);
      },
      lost: () => void load('compared'),
    });
  }

  function take({ snapshot, discontinuity, position, changes }: OrdersLiveSubscription['orders']): void {
    // What is missing comes with the snapshot that follows.
    if (discontinuity) return;
    if (!snapshot) tell({ type: 'changed', changes });
    // A snapshot has the newest orders only, and the page may be another one: it is read again.
    else if (seen === undefined || !hasReached(seen, position)) void load('compared');
    seen = latestOf(seen, position);
  }

  tell({ type: 'loading' });
  void load('loaded').then((loaded) => {
    if (loaded && !stopped) stopLive = live();
  });
  return () => {
    stopped = true;
    stopLive();
  };
}
