/** How many frames may wait to be read. */
const FRAMES_MAX = 1_000;

/** Frames to be read one after another; ends when it is left (`break`) or the source does. */
export interface Frames<Value> extends AsyncIterableIterator<Value, undefined> {
  /** Unsubscribes. */
  return(): Promise<IteratorResult<Value, undefined>>;
}

/** What a source of frames tells. */
export interface Sink<Value> {
  /** Takes a value. */
  next(value: Value): void;
  /** It has failed; nothing more comes. */
  error(error: Error): void;
  /** It is over; nothing more comes. */
  complete(): void;
}

interface Reader<Value> {
  readonly resolve: (result: IteratorResult<Value, undefined>) => void;
  readonly reject: (error: Error) => void;
}

/** Reads a source that pushes. An explicit iterator: a generator's `return` would wait for the next frame. */
export function framesOf<Value>(listen: (sink: Sink<Value>) => () => void): Frames<Value> {
  const waiting: Value[] = [];
  const readers: Reader<Value>[] = [];
  let ended: { readonly error?: Error } | undefined;
  const done: IteratorResult<Value, undefined> = { done: true, value: undefined };

  function end(error?: Error): void {
    if (ended !== undefined) return;
    ended = error === undefined ? {} : { error };
    for (const reader of readers.splice(0)) settle(reader);
  }

  /** Of a failure the first reader learns, and those after it that there is nothing more. */
  function settle({ resolve, reject }: Reader<Value>): void {
    const error = ended?.error;
    ended = {};
    if (error === undefined) resolve(done);
    else reject(error);
  }

  const stop = listen({
    next: (value) => {
      if (ended !== undefined) return;
      const reader = readers.shift();
      if (reader !== undefined) reader.resolve({ done: false, value });
      else if (waiting.length < FRAMES_MAX) waiting.push(value);
      else {
        end(new Error(`${FRAMES_MAX} frames wait to be read. Read them as they come, or subscribe anew.`));
        stop();
      }
    },
    error: end,
    complete: () => {
      end();
    },
  });

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () =>
      new Promise((resolve, reject) => {
        const value = waiting.shift();
        if (value !== undefined) resolve({ done: false, value });
        else if (ended === undefined) readers.push({ resolve, reject });
        else settle({ resolve, reject });
      }),
    return: async () => {
      waiting.length = 0;
      end();
      stop();
      return done;
    },
  };
}
