/** The time from one sample to the next, in ms. */
const INTERVAL_MS = 1_000;

/** Samples for all who watch; nothing is sampled, and no timer runs, while nobody does. */
export interface Sampler<Sample> {
  /** Calls `listener` whenever there is a new sample. Returns how to stop it. */
  readonly watch: (listener: () => void) => () => void;
  /** The newest sample; one of now where nobody watches. Rejects where it could not be taken. */
  readonly latest: () => Promise<Sample>;
}

/** What is done with a source of samples: taken, and told when somebody begins to watch and when nobody does any more. */
export interface SampleSource<Sample> {
  take(): Promise<Sample>;
  start?(): void;
  stop?(): void;
}

/** A sampler that takes a sample about every second, one at a time, while somebody watches. */
export function createSampler<Sample>(source: SampleSource<Sample>): Sampler<Sample> {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let newest: Promise<Sample> | undefined;

  function tell(): void {
    for (const listener of listeners) listener();
  }

  function sample(): void {
    const mine = source.take();
    newest = mine;
    // Whoever asks for it is told of a failure, too; the next one is tried all the same.
    void mine.then(tell, tell).finally(() => {
      // Not where it was stopped meanwhile, and perhaps started again.
      if (newest === mine) timer = setTimeout(sample, INTERVAL_MS);
    });
  }

  function stop(): void {
    clearTimeout(timer);
    newest = undefined;
    source.stop?.();
  }

  return {
    latest: () => newest ?? source.take(),
    watch: (listener) => {
      listeners.add(listener);
      if (listeners.size === 1) {
        source.start?.();
        sample();
      }
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) stop();
      };
    },
  };
}
