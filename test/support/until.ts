import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the assertion no longer throws; after `timeoutMs` throws what it threw last. */
export async function until(assertion: () => unknown, timeoutMs = 20_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(5);
    }
  }
}
