import type { Readable } from './types.js';

/** A value that tells when it changed. */
export interface Store<Value> extends Readable<Value> {
  /** Changes it, and tells those who listen. */
  readonly set: (value: Value) => void;
}

/** A store; setting the value that it has already tells nobody. */
export function createStore<Value>(initial: Value): Store<Value> {
  const listeners = new Set<() => void>();
  let value = initial;
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(value, next)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe: (listener) => {
      // Wrapped, so that a listener that subscribed twice is told twice.
      const own = (): void => {
        listener();
      };
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
  };
}
