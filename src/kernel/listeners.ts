/** Those who want to be told. */
export interface Listeners<T> {
  /** Returns how to stop it. */
  readonly add: (listener: (value: T) => void) => () => void;
  tell(value: T): void;
}

/** Nobody yet. */
export function createListeners<T>(): Listeners<T> {
  const listeners = new Set<(value: T) => void>();
  return {
    add: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (value) => {
      for (const listener of listeners) listener(value);
    },
  };
}
