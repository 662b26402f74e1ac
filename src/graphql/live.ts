/**
 * An endless source of frames that keeps no queue: `signal` marks it dirty, and the next frame is produced from what
 * is true then. A slow reader skips states, never the last one. `return` ends it at once, also while it waits.
 */
export interface LiveSource<T> extends AsyncIterableIterator<T> {
  /** Ends it at once, also while a `next` waits, and stops listening. */
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
