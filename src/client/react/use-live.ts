import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { AnyVariables, Document, Frame } from '../types.js';
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
  const [round, setRound] = useState(0);
  const reduce = useRef(options.reduce);
  useEffect(() => {
    reduce.current = options.reduce;
  });
  const store = useMemo(
    () =>
      createLiveStore(port, document, stable, (shown: Value | undefined, frame: Frame<Data>): Value => {
        if (reduce.current !== undefined) return reduce.current(shown, frame);
        // Without `reduce`, Value is Data; frames without data are not folded.
        return frame.data as unknown as Value;
      }),
    // A new round is a new store.
    [port, document, stable, round],
  );
  const state = useSyncExternalStore(options.paused === true ? never : store.subscribe, store.get, store.get);
  return useMemo(
    () => ({
      ...state,
      restart: () => {
        setRound((before) => before + 1);
      },
    }),
    [state],
  );
}

function never(): () => void {
  return () => undefined;
}
