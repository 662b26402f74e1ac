import type { Store } from '../store.js';
import type { Readable } from '../types.js';

/** A value that is kept up to date while somebody subscribes to it. */
export interface Watched<Value> extends Readable<Value> {
  /** True while somebody subscribes. */
  readonly isWatched: () => boolean;
}

/**
 * A store that runs `start` for its first subscriber, and what that returns when the last one has left. React leaves
 * and comes back in one go (StrictMode, a new subscribe function), which is neither.
 */
export function watch<Value>(store: Store<Value>, start: () => () => void): Watched<Value> {
  let watchers = 0;
  let stop: (() => void) | undefined;
  const settle = (): void => {
    if (watchers > 0) stop ??= start();
    else {
      stop?.();
      stop = undefined;
    }
  };
  return {
    get: store.get,
    isWatched: () => watchers > 0,
    subscribe: (listener) => {
      const unsubscribe = store.subscribe(listener);
      watchers += 1;
      queueMicrotask(settle);
      return () => {
        unsubscribe();
        watchers -= 1;
        queueMicrotask(settle);
      };
    },
  };
}
