import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { AnyVariables, Document } from '../types.js';
import { createLiveStore, type LiveOptions, type LiveState } from './live-store.js';
import { usePort } from './provider.js';
import { useStable } from './use-stable.js';

/** A live view, and a way to begin anew. */
export interface UsedLive<Value> extends LiveState<Value> {
  /** Subscribes anew, as after `failed`. */
  readonly restart: () => void;
}

/**
 * Shows a live view and keeps to it over lost connections. Select `position`, so that older frames can be told; with a
 * variable `$after: Position` the view goes on where the connection was lost.
 */
export function useLive<Data, Variables = AnyVariables, Value = Data>(
  document: Document<Data, Variables>,
  variables?: Variables,
  options: LiveOptions<Data, Value> = {},
): UsedLive<Value> {
  const port = usePort();
  const stable = useStable(variables);
  const store = useMemo(
    () => createLiveStore<Data, Variables, Value>(port, document, stable),
    [port, document, stable],
  );
  const { reduce, paused = false } = options;
  // Before the first frame: subscribing begins after all effects.
  useEffect(() => {
    store.foldWith(reduce);
  }, [store, reduce]);
  const state = useSyncExternalStore(paused ? never : store.subscribe, store.get, store.get);
  return useMemo(() => ({ ...state, restart: store.restart }), [state, store]);
}

function never(): () => void {
  return () => undefined;
}
