import { randomInt } from 'node:crypto';

/** The low part of an epoch is drawn by lot, so that two restores of one backup do not come to the same epoch. */
const LOTS = 2 ** 32;

/** An epoch later than all of these: the high part counts, the low part is drawn. */
export function epochAfter(...epochs: readonly number[]): number {
  const count = Math.floor(Math.max(...epochs) / LOTS) + 1;
  return count * LOTS + randomInt(LOTS);
}
