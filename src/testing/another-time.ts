/** A day and some more, so that no part of a date stays what it was. */
const STEP_MS = 90_061_001;

let steps = 0;

/**
 * Does the work at a time that it was never done at before: whatever keeps the time of the clock keeps another one. Only
 * `Date` is changed, and only until the work returns.
 */
export function atAnotherTime<T>(work: () => T): T {
  const Real = globalThis.Date;
  steps += 1;
  const shiftMs = steps * STEP_MS;
  const now = (): number => Real.now() + shiftMs;
  globalThis.Date = new Proxy(Real, {
    apply: () => new Real(now()).toString(),
    // The constructor's own arguments, or those of now.
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    get: (target, property, receiver): unknown =>
      property === 'now' ? now : Reflect.get(target, property, receiver),
  });
  try {
    return work();
  } finally {
    globalThis.Date = Real;
  }
}
