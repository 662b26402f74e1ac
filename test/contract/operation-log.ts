import { describe, expect, it } from 'vitest';
import { standingOf, type NewOperation, type OperationLog } from '../../src/kernel/index.js';

/** An operation of an operator. */
export function operation(change: Partial<NewOperation> = {}): NewOperation {
  return {
    name: 'pauseProjection',
    projection: 'orders',
    actor: 'ann',
    correlationId: 'c-1',
    at: 1_700_000_000_000,
    position: null,
    reason: null,
    ...change,
  };
}

/** What every engine's operation log promises. `open` gives a new, empty one; run it for each engine, skip nothing. */
export function operationLogContract(engine: string, open: () => OperationLog | Promise<OperationLog>): void {
  describe(`the ${engine} log of operations`, () => {
    it('starts empty', async () => {
      expect(await (await open()).read({ after: 0, limit: 10 })).toEqual([]);
    });

    it('gives back what was written, to the letter, counted from 1', async () => {
      const log = await open();
      const skip = operation({
        name: 'skipParked',
        actor: 'Bé 🌊',
        correlationId: 'web/42',
        position: 7,
        reason: 'Wrong\nby "hand" \u0000',
      });
      await log.record(operation());
      await log.record(skip);
      expect(await log.read({ after: 0, limit: 10 })).toEqual([
        { ...operation(), seq: 1 },
        { ...skip, seq: 2 },
      ]);
    });

    it('keeps the order in which they were done, also of those that were recorded at once', async () => {
      const log = await open();
      await Promise.all(Array.from({ length: 20 }, (_, at) => log.record(operation({ at }))));
      const all = await log.read({ after: 0, limit: 100 });
      expect(all.map(({ seq, at }) => [seq, at])).toEqual(Array.from({ length: 20 }, (_, n) => [n + 1, n]));
    });

    it('is read in pages', async () => {
      const log = await open();
      for (let at = 1; at <= 5; at += 1) await log.record(operation({ at }));
      const page = async (after: number, limit: number) =>
        (await log.read({ after, limit })).map(({ seq }) => seq);
      expect(await page(0, 2)).toEqual([1, 2]);
      expect(await page(2, 2)).toEqual([3, 4]);
      expect(await page(4, 2)).toEqual([5]);
      expect(await page(5, 2)).toEqual([]);
    });

    it('says what is paused and what is skipped, also after many operations', async () => {
      const log = await open();
      for (let n = 0; n < 1_000; n += 1) await log.record(operation({ name: 'verifyProjection' }));
      await log.record(operation());
      await log.record(operation({ projection: 'sales' }));
      await log.record(operation({ projection: 'sales', name: 'resumeProjection' }));
      for (const position of [7, 9, 7]) await log.record(operation({ name: 'skipParked', position }));
      await log.record(operation({ name: 'retryParked', position: 11 }));
      const { paused, skips } = await standingOf(log);
      expect([...paused]).toEqual(['orders']);
      expect([...skips]).toEqual([['orders', new Set([7, 9])]]);
    });
  });
}
