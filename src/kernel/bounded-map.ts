/** The most entries and the most bytes that something keeps. */
export interface Bounds {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

/** Values by key within bounds; those not used for the longest time go first. */
export interface BoundedMap<Value> {
  /** The value, which is now the most recently used. */
  get(key: string): Value | undefined;
  /** Keeps the value, which takes so many bytes. Returns the keys that had to go: also this one where it is too large. */
  set(key: string, value: Value, bytes: number): readonly string[];
  delete(key: string): void;
}

interface Entry<Value> {
  readonly key: string;
  value: Value;
  bytes: number;
  older: Entry<Value> | undefined;
  newer: Entry<Value> | undefined;
}

/** An empty map; with a bound of 0 it never keeps anything. */
export function createBoundedMap<Value>({ entriesMax, bytesMax }: Bounds): BoundedMap<Value> {
  // A list of its own: finding the first key of a Map takes the longer the more was deleted before it.
  const entries = new Map<string, Entry<Value>>();
  let oldest: Entry<Value> | undefined;
  let newest: Entry<Value> | undefined;
  let bytesKept = 0;

  function unlink({ older, newer }: Entry<Value>): void {
    if (older === undefined) oldest = newer;
    else older.newer = newer;
    if (newer === undefined) newest = older;
    else newer.older = older;
  }

  function link(entry: Entry<Value>): void {
    entry.older = newest;
    entry.newer = undefined;
    if (newest === undefined) oldest = entry;
    else newest.newer = entry;
    newest = entry;
  }

  function remove(entry: Entry<Value>): void {
    unlink(entry);
    entries.delete(entry.key);
    bytesKept -= entry.bytes;
  }

  function put(key: string, value: Value, bytes: number): void {
    const entry = entries.get(key) ?? { key, value, bytes: 0, older: undefined, newer: undefined };
    if (entries.has(key)) unlink(entry);
    else entries.set(key, entry);
    bytesKept += bytes - entry.bytes;
    entry.value = value;
    entry.bytes = bytes;
    link(entry);
  }

  function shrink(): readonly string[] {
    const dropped: string[] = [];
    while (oldest !== undefined && (entries.size > entriesMax || bytesKept > bytesMax)) {
      dropped.push(oldest.key);
      remove(oldest);
    }
    return dropped;
  }

  function drop(key: string): void {
    const entry = entries.get(key);
    if (entry !== undefined) remove(entry);
  }

  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      unlink(entry);
      link(entry);
      return entry.value;
    },
    set: (key, value, bytes) => {
      if (bytes > bytesMax) {
        // Alone over the bound, it would only push out everything else.
        drop(key);
        return [key];
      }
      put(key, value, bytes);
      return shrink();
    },
    delete: drop,
  };
}
