import fc from 'fast-check';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { FAULTS, life, seen, type Step, type StepMap } from './life.js';

/** `HISTORY_MS=60000` soaks: so many ms for each size of batch. A failure says with which seed it comes again. */
const TIME_MS = Number(process.env['HISTORY_MS'] ?? 8_000);

const aDeposit = fc.record({
  account: fc.constantFrom('a', 'b', 'c', 'd'),
  amount: fc.integer({ min: -3, max: 9 }),
  fault: fc.option(fc.constantFrom(...FAULTS), { freq: 3 }),
});
const nothing = fc.constant(null);
const share = fc.double({ min: 0, max: 0.999, noNaN: true });
const version = fc.constantFrom(1, 1, 1, 2);
const kinds: { readonly [K in keyof StepMap]: fc.Arbitrary<StepMap[K]> } = {
  append: fc.array(aDeposit, { minLength: 1, maxLength: 3 }),
  redeliver: share,
  resend: share,
  wait: share,
  pause: nothing,
  resume: nothing,
  rebuild: nothing,
  cancel: nothing,
  rollback: nothing,
  prune: nothing,
  mend: fc.constantFrom(...FAULTS),
  retry: share,
  skip: share,
  damage: nothing,
  crash: version,
  restart: version,
};
const weights: { readonly [K in keyof StepMap]?: number } = { append: 12, wait: 5, rebuild: 4, resume: 3 };
const step = fc.oneof(
  ...Object.entries(kinds).map(([kind, of]) => ({
    weight: weights[kind as keyof StepMap] ?? 2,
    arbitrary: fc.record({ kind: fc.constant(kind), of: of as fc.Arbitrary<unknown>, turns: fc.nat(3) }),
  })),
  // Each kind comes with what it takes.
) as fc.Arbitrary<Step>;

describe.each([1, 2, undefined])('in batches of %s', (batchMax) => {
  it(
    'views end as a replay would have made them, and never show less than they claim, whatever happens',
    async () => {
      const property = fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
        fc.boolean(),
        async (steps, owned) => {
          const { act, check, finish } = await life(batchMax, owned);
          for (const next of steps) {
            await act(next);
            check();
            for (let turn = 0; turn < next.turns; turn += 1) await nextTurn();
            check();
          }
          await finish();
        },
      );
      await fc.assert(property, { numRuns: TIME_MS / 100, interruptAfterTimeLimit: TIME_MS });
    },
    60_000 + 3 * TIME_MS,
  );
});

afterAll(() => {
  console.info('what happened:', JSON.stringify(seen));
  // Histories in which nothing was at stake prove nothing.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});
