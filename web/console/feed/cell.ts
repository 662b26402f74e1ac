/** A value that changes; fits React's useSyncExternalStore as it is. */
export interface Cell<Value> {
  readonly get: () => Value;
  readonly set: (value: Value) => void;
  /** Returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** A cell that holds this. */
export function createCell<Value>(first: Value): Cell<Value> {
  const listeners = new Set<() => void>();
  let held = first;
  return {
    get: () => held,
    set: (value) => {
      if (Object.is(held, value)) return;
      held = value;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
