import { isAfter, logOf } from './position.js';
import type { Position } from './types.js';

/** What a memory knows; replaced, never changed. */
export interface Recollection {
  readonly position: Position | undefined;
  /** The log of the last position, kept when it is forgotten. */
  readonly log: string | undefined;
  /** A log that was left for another: what late answers say of it is not believed. */
  readonly left: string | undefined;
}

/** Nothing is known. */
export const NOTHING: Recollection = { position: undefined, log: undefined, left: undefined };

/** With a position that was heard: within a log only later ones count, a new log takes the place of the old one. */
export function remember(known: Recollection, position: Position): Recollection {
  const log = logOf(position);
  if (log === known.left) return known;
  if (known.log !== undefined && log !== known.log) return { position, log, left: known.log };
  if (known.position !== undefined && !isAfter(position, known.position)) return known;
  return { ...known, position, log };
}

/**
 * After the service has said that it does not know `position`. Nothing happens where another log has been heard of
 * since. A log that was left before may be the one that is served now, so it is believed again.
 */
export function forget(known: Recollection, position: Position): Recollection {
  if (known.position === undefined || logOf(position) !== known.log) return known;
  return { position: undefined, log: known.log, left: undefined };
}
