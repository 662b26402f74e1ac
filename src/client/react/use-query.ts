import { useMemo, useSyncExternalStore } from 'react';
import type { AnyVariables, Document } from '../types.js';
import { usePort } from './provider.js';
import { createQueryStore, type QueryOptions, type QueryState } from './query-store.js';
import { useStable } from './use-stable.js';

/** A query's answer, and a way to ask again. */
export interface UsedQuery<Data> extends QueryState<Data> {
  /** Reads again; resolves when that is shown. */
  readonly refetch: () => Promise<void>;
}

/** Reads a query, and reads it again after each command of this session; never shows an older answer after a newer one. */
export function useQuery<Data, Variables = AnyVariables>(
  document: Document<Data, Variables>,
  variables?: Variables,
  { follow = true, paused = false }: QueryOptions = {},
): UsedQuery<Data> {
  const port = usePort();
  const stable = useStable(variables);
  const store = useMemo(
    () => createQueryStore(port, document, stable, follow),
    [port, document, stable, follow],
  );
  const state = useSyncExternalStore(paused ? never : store.subscribe, store.get, store.get);
  return useMemo(() => ({ ...state, refetch: store.refetch }), [state, store]);
}

function never(): () => void {
  return () => undefined;
}
