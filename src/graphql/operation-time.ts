import type { ServerResponse } from 'node:http';
import { TidemarkError } from '../kernel/index.js';

/** The time that an operation has, and what ends it early. */
export interface OperationTime {
  /** Aborts when the time is up or the client has gone, so that nothing waits for nobody. */
  readonly signal: AbortSignal;
  /** From here on the operation may have written something, so that no answer in time means an unknown outcome. */
  mayWrite(): void;
  /** What `work` comes to; rejects with TIMEOUT or OUTCOME_UNKNOWN as soon as the time is up. Call it once. */
  within<T>(work: Promise<T>): Promise<T>;
}

/** The time of the operation that this response answers, from now on. */
export function timeFor(response: ServerResponse, operationMs: number): OperationTime {
  const abort = new AbortController();
  let writes = false;
  // Who goes away before the answer is complete does not wait for it.
  response.once('close', () => {
    if (!response.writableFinished) abort.abort();
  });
  return {
    signal: abort.signal,
    mayWrite: () => {
      writes = true;
    },
    within: async (work) => {
      let timer: NodeJS.Timeout | undefined;
      const timeUp = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(writes ? outcomeUnknown(operationMs) : timeout(operationMs));
          abort.abort();
        }, operationMs);
      });
      try {
        // The race has a handler for what becomes of `work` later, too.
        return await Promise.race([work, timeUp]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** For operations that last as long as their client does. */
export function unlimited(): Pick<OperationTime, 'signal' | 'mayWrite'> {
  return { signal: new AbortController().signal, mayWrite: () => undefined };
}

function timeout(operationMs: number): TidemarkError {
  return new TidemarkError(
    'TIMEOUT',
    `There was no answer within ${operationMs} ms. Nothing was written. Try again, or ask for less.`,
  );
}

function outcomeUnknown(operationMs: number): TidemarkError {
  return new TidemarkError(
    'OUTCOME_UNKNOWN',
    `There was no answer within ${operationMs} ms, so the command may or may not be stored. Send it again with the same command id.`,
  );
}
