/** A folded state and the position up to which its boundary has been read. */
export interface CachedState<State> {
  readonly state: State;
  readonly after: number;
}

/** States by boundary, the least recently used dropped beyond `entriesMax`. Never trusted: each append proves it. */
export interface StateCache<State> {
  get(key: string): CachedState<State> | undefined;
  set(key: string, cached: CachedState<State>): void;
  delete(key: string): void;
}

/** An empty cache for at most `entriesMax` states; with 0 it never keeps any. */
export function createStateCache<State>(entriesMax: number): StateCache<State> {
  const entries = new Map<string, CachedState<State>>();
  return {
    get: (key) => {
      const cached = entries.get(key);
      if (cached === undefined) return undefined;
      entries.delete(key);
      entries.set(key, cached);
      return cached;
    },
    set: (key, cached) => {
      entries.delete(key);
      entries.set(key, cached);
      if (entries.size <= entriesMax) return;
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    },
    delete: (key) => {
      entries.delete(key);
    },
  };
}
