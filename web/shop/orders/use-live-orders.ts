import type { Client } from '@urql/core';
import { useEffect, useReducer } from 'react';
import { hasReached } from 'tidemark/client';
import { ordersLive, ordersPage } from '../documents/index.js';
import { consistencyOf, failureOf, useService } from '../service/index.js';
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
    seen = consistencyOf(result.extensions)?.position ?? seen;
    if (result.data !== undefined && result.error === undefined) tell({ type, orders: result.data.orders });
    else if (result.error !== undefined)
      tell({ type: 'failed', failure: failureOf(result.error, result.operation.context) });
    return result.data !== undefined;
  }

  function live(): () => void {
    const frames = client.subscription(ordersLive, { filter: state.filter }).subscribe(({ data }) => {
      if (data === undefined || stopped) return;
      const { snapshot, position, changes } = data.orders;
      if (!snapshot) tell({ type: 'changed', changes });
      // A snapshot follows a gap. It has the newest orders only, and the page may be another one.
      else if (seen === undefined || !hasReached(seen, position)) void load('compared');
    });
    return () => frames.unsubscribe();
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
