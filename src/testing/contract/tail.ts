import { ok, strictEqual } from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLog } from '../../kernel/index.js';

/** How long after the last event was acknowledged a reader may not have seen it, in ms. */
const TAIL_MS = 10_000;

/** A reader that follows the log while `write` writes so many events sees each position once, in order, and all of them. */
export async function expectTail(reader: EventLog, write: () => Promise<number>): Promise<void> {
  let seen = 0;
  let total = Infinity;
  let end = Infinity;

  async function follow(): Promise<void> {
    while (seen < total) {
      const events = await reader.read('all', { after: seen, limit: 7 });
      for (const { position } of events) strictEqual(position, (seen += 1));
      if (events.length > 0) continue;
      ok(
        performance.now() < end,
        `The reader saw ${seen} of ${total} events, and no more for ${TAIL_MS} ms.`,
      );
      await nextTurn();
    }
    strictEqual(seen, total);
  }

  async function writeAll(): Promise<void> {
    try {
      total = await write();
    } finally {
      end = performance.now() + TAIL_MS;
    }
  }

  // Both are to be over before the log is closed, whatever comes of one of them.
  const outcomes = await Promise.allSettled([follow(), writeAll()]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
