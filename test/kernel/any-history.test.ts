import fc from 'fast-check';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { FAULTS, type Step, type StepMap } from './life-steps.js';
import { life, seen } from './life.js';

/** `HISTORY_MS=60000` soaks: so many ms for each size of batch. A failure says with which seed it comes again. */
const TIME_MS = Number(process.env['HISTORY_MS'] ?? 8_000);

const aDeposit = fc.record({
  account: fc.constantFrom('a', 'b', 'c', 'd'),
  amount: fc.integer({ min: -3, max: 9 }),
  fault: fc.option(fc.constantFrom('unknown', 'unknown', 'unknown', 'unknown', 'unknown', ...FAULTS), {
    freq: 2,
  }),
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

const one = <K extends keyof StepMap>(kind: K, of: StepMap[K], turns = 0) => ({ kind, of, turns }) as Step;
/** Steps that are hard on each other when they come close together, so many turns apart. */
const close = fc
  .tuple(share, fc.nat(8))
  .chain(([of, turns]) =>
    fc.constantFrom<Step[]>(
      [one('rebuild', null, turns), one('cancel', null, 1)],
      [one('rebuild', null, turns), one('damage', null, turns)],
      [one('rebuild', null, turns), one('crash', 1)],
      [one('rebuild', null, turns), one('retry', of), one('rebuild', null)],
      [one('mend', 'unknown'), one('retry', of), one('retry', of), one('skip', of)],
      [one('skip', of), one('retry', of)],
      [one('wait', 0.99), one('damage', null), one('append', [{ account: 'a', amount: 1, fault: null }])],
    ),
  );
const history = fc
  .array(fc.oneof({ weight: 3, arbitrary: step.map((only) => [only]) }, { weight: 1, arbitrary: close }), {
    minLength: 5,
    maxLength: 50,
    size: 'max',
  })
  .map((all) => all.flat());

describe.each([1, 2, undefined])('in batches of %s', (batchMax) => {
  it(
    'views end as a replay would have made them, and never show less than they claim, whatever happens',
    async () => {
      const end = performance.now() + TIME_MS;
      const property = fc.asyncProperty(history, fc.boolean(), fc.boolean(), async (steps, owned, slow) => {
        // Not fast-check's own limit, which takes a history that hangs for one that ended well.
        if (performance.now() > end) return;
        const { act, check, finish } = await life(batchMax, owned, slow);
        for (const next of steps) {
          await act(next);
          check();
          for (let turn = 0; turn < next.turns; turn += 1) await nextTurn();
          check();
        }
        await finish();
      });
      await fc.assert(property, { numRuns: TIME_MS / 100 });
    },
    60_000 + 3 * TIME_MS,
  );
});

afterAll(() => {
  console.info('what happened:', JSON.stringify(seen));
  // Histories in which nothing was at stake prove nothing.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});
