import { RequestFailed } from './attempt.js';

/**
 * Works through the items in order, `inFlight` at a time. A failure aborts `failure`, so that the other workers end
 * after the item they are at; then the first failure is thrown.
 */
export async function eachInFlight<Item>(
  items: readonly Item[],
  inFlight: number,
  failure: AbortController,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async () => {
    for (const item of queue) {
      if (failure.signal.aborted) return;
      try {
        await work(item);
      } catch (error) {
        // A request that was stopped in a pause is a consequence of the stop, not a failure of its own.
        if (error instanceof RequestFailed && error.kind === 'stopped') return;
        failures.push(error);
        failure.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  if (failures.length > 0) throw failures[0];
}
