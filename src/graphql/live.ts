import {
  READ_AFTER_TIMEOUT_MS,
  deadlineIn,
  type Commit,
  type Projector,
  type RowChange,
} from '../kernel/index.js';

/**
 * An endless source of frames that keeps no queue: `signal` marks it dirty, and the next frame is produced from what
 * is true then. A slow reader skips states, never the last one. `return` ends it at once, also while it waits.
 */
export interface LiveSource<T> extends AsyncIterableIterator<T> {
  return(): Promise<IteratorResult<T>>;
}

/**
 * A source whose first frame is produced at once. `subscribe` is given the signal and returns how to unsubscribe;
 * `produce` returns a frame, undefined to send none this time, or throws to end the source with an error.
 */
export function liveSource<T>(
  subscribe: (signal: () => void) => () => void,
  produce: () => Promise<T | undefined>,
): LiveSource<T> {
  let dirty = true;
  let ended = false;
  let release: (() => void) | undefined;
  const unsubscribe = subscribe(() => {
    dirty = true;
    release?.();
  });

  function end(): void {
    ended = true;
    unsubscribe();
    release?.();
  }

  async function next(): Promise<IteratorResult<T>> {
    for (;;) {
      if (!dirty && !ended) await new Promise<void>((resolve) => (release = resolve));
      release = undefined;
      if (ended) return { done: true, value: undefined };
      dirty = false;
      const frame = await produceOrEnd();
      if (frame !== undefined) return { done: false, value: frame };
    }
  }

  async function produceOrEnd(): Promise<T | undefined> {
    try {
      return await produce();
    } catch (error) {
      end();
      throw error;
    }
  }

  return {
    next,
    return: () => {
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A source of one frame, which is sent when `wait` resolves; `return` aborts the wait. */
export function onceSource<T>(wait: (signal: AbortSignal) => Promise<T>): LiveSource<T> {
  const abort = new AbortController();
  let done = false;
  const finish = (): IteratorResult<T> => {
    done = true;
    return { done: true, value: undefined };
  };
  return {
    next: async () => {
      if (done) return finish();
      done = true;
      const value = await wait(abort.signal);
      return abort.signal.aborted ? finish() : { done: false, value };
    },
    return: () => {
      abort.abort();
      return Promise.resolve(finish());
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/**
 * Waits until a generation that was gone back to shows what the one before it showed, so that nobody is sent an older
 * state after a newer one; not longer than READ_AFTER_TIMEOUT_MS, as it may be paused.
 */
export async function caughtUpWith({ freshness }: Projector, seen: number): Promise<void> {
  // Where too many wait already, an older state is better than none.
  await freshness.wait(seen, deadlineIn(READ_AFTER_TIMEOUT_MS)).catch(() => 'timeout');
}

/** Tells those who watch a row of a table when it may have changed, without asking all the others at each commit. */
export interface RowWatch {
  watch(key: string, listener: () => void): () => void;
}

/** A watch over the rows of one of a projection's tables, found by one column. */
export function createRowWatch(projector: Projector, table: string, column: string): RowWatch {
  const listeners = new Map<string, Set<() => void>>();
  projector.onCommit(({ changes }: Commit) => {
    if (listeners.size === 0) return;
    for (const change of changes) {
      if (change.table !== table) continue;
      for (const listener of listeners.get(keyOf(change, column)) ?? []) listener();
    }
  });
  projector.onSwitch(() => {
    for (const set of listeners.values()) for (const listener of set) listener();
  });
  return {
    watch: (key, listener) => {
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(key);
      };
    },
  };
}

function keyOf({ before, after }: RowChange, column: string): string {
  // The rows are the projection's own; the caller names one of their columns.
  return String((((after ?? before) as Record<string, unknown> | undefined) ?? {})[column]);
}
