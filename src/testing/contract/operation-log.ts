import { standingOf, type OperationLog } from '../../kernel/index.js';
import { same } from './expectations.js';
import { checksOf, type Harness, type Runner } from './runner.js';
import { operation } from './samples.js';

/** What every engine's log of operations promises. `open` gives a new and empty one; see `logContract`. */
export function operationLogContract<Log extends OperationLog>(harness: Harness<Log>, runner: Runner): void {
  const { check } = checksOf(harness, runner);
  runner.describe(`the ${harness.name} log of operations`, () => {
    check('starts empty', async (log) => {
      same(await log.read({ after: 0, limit: 10 }), []);
    });

    check('gives back what was written, to the letter, counted from 1', async (log) => {
      const skip = operation({
        name: 'skipParked',
        actor: 'Bé 🌊',
        correlationId: 'web/42',
        position: 7,
        reason: 'Wrong\nby "hand" \u0000',
      });
      await log.record(operation());
      await log.record(skip);
      same(await log.read({ after: 0, limit: 10 }), [
        { ...operation(), seq: 1 },
        { ...skip, seq: 2 },
      ]);
    });

    check(
      'keeps the order in which they were done, also of those that were recorded at once',
      async (log) => {
        await Promise.all(Array.from({ length: 20 }, (_, at) => log.record(operation({ at }))));
        const all = await log.read({ after: 0, limit: 100 });
        same(
          all.map(({ seq, at }) => [seq, at]),
          Array.from({ length: 20 }, (_, n) => [n + 1, n]),
        );
      },
    );

    check('is read in pages', async (log) => {
      for (let at = 1; at <= 5; at += 1) await log.record(operation({ at }));
      const page = async (after: number, limit: number) =>
        (await log.read({ after, limit })).map(({ seq }) => seq);
      same(await page(0, 2), [1, 2]);
      same(await page(2, 2), [3, 4]);
      same(await page(4, 2), [5]);
      same(await page(5, 2), []);
    });

    check('says what is paused and what is skipped, also after many operations', async (log) => {
      for (let n = 0; n < 1_000; n += 1) await log.record(operation({ name: 'verifyProjection' }));
      await log.record(operation());
      await log.record(operation({ projection: 'sales' }));
      await log.record(operation({ projection: 'sales', name: 'resumeProjection' }));
      for (const position of [7, 9, 7]) await log.record(operation({ name: 'skipParked', position }));
      await log.record(operation({ name: 'retryParked', position: 11 }));
      const { paused, skips } = await standingOf(log);
      same([...paused], ['orders']);
      same(
        [...skips].map(([projection, positions]) => [projection, [...positions]]),
        [['orders', [7, 9]]],
      );
    });
  });
}
