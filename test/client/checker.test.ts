import { describe, expect, test } from 'vitest';
import { brokenIn, doubledIn, type Guarantee, type Operation } from './support/guarantees.js';

const TRUTH = new Map([
  ['x', ['x1', 'x2']],
  ['y', ['y1']],
]);

/** Operations one after another, in the order given. */
function inTurn(...steps: readonly (readonly [session: string, register: string, what: string | number])[]) {
  return steps.map(([session, register, what], at): Operation => {
    const base = { session, register, start: 2 * at, end: 2 * at + 1 };
    return typeof what === 'string'
      ? { ...base, kind: 'write', mark: what }
      : { ...base, kind: 'read', seen: what, announced: false };
  });
}

function guaranteesBroken(history: readonly Operation[]): readonly Guarantee[] {
  return brokenIn(history, TRUTH).map(({ guarantee }) => guarantee);
}

describe('The checker of session guarantees', () => {
  test.each<[Guarantee, ReturnType<typeof inTurn>]>([
    ['read your writes', inTurn(['ann', 'x', 'x1'], ['ann', 'x', 0])],
    ['monotonic reads', inTurn(['bob', 'x', 'x1'], ['ann', 'x', 1], ['ann', 'x', 0])],
    ['monotonic writes', inTurn(['ann', 'x', 'x1'], ['ann', 'y', 'y1'], ['bob', 'y', 1], ['bob', 'x', 0])],
    [
      'writes follow reads',
      inTurn(['cem', 'x', 'x1'], ['ann', 'x', 1], ['ann', 'y', 'y1'], ['bob', 'y', 1], ['bob', 'x', 0]),
    ],
  ])('finds that %s is broken', (guarantee, history) => {
    expect(guaranteesBroken(history)).toEqual([guarantee]);
  });

  test('finds nothing where others have written what is not seen yet, or the answer said so', () => {
    expect(guaranteesBroken(inTurn(['ann', 'x', 'x1'], ['bob', 'x', 0], ['bob', 'x', 1]))).toEqual([]);
    const history = inTurn(['ann', 'x', 'x1'], ['ann', 'x', 0]);
    const announced = history.map((one) => (one.kind === 'read' ? { ...one, announced: true } : one));
    expect(guaranteesBroken(announced)).toEqual([]);
  });

  test('asks nothing of a read that began before the write had ended', () => {
    const [write, read] = inTurn(['ann', 'x', 'x1'], ['ann', 'x', 0]);
    const during = [{ ...write, end: 9 } as Operation, read as Operation];
    expect(guaranteesBroken(during)).toEqual([]);
  });

  test('finds what was written twice', () => {
    expect(doubledIn(new Map([['x', ['x1', 'x2', 'x1']]]))).toEqual(['x1']);
  });
});
