import type { Position } from './types.js';

const FORM = /^[0-9a-z]+-[0-9a-z]+-[0-9]+$/;

/** True for text that has the form of a position. */
export function isPosition(value: unknown): value is Position {
  return typeof value === 'string' && FORM.test(value);
}

/** The log and the epoch that a position is of; positions of different ones have no order. */
export function logOf(position: Position): string {
  return position.slice(0, position.lastIndexOf('-'));
}

/** True where both are of one log and `position` comes after `other`. */
export function isAfter(position: Position, other: Position): boolean {
  return logOf(position) === logOf(other) && position > other;
}

/** True unless the position is known to come before `other`; positions of different logs are not. */
export function hasReached(position: Position, other: Position): boolean {
  return !isAfter(other, position);
}

/** The later of two; the second where they are of different logs, since it was heard last. */
export function latestOf(first: Position | undefined, second: Position | undefined): Position | undefined {
  if (first === undefined || second === undefined) return second ?? first;
  return isAfter(first, second) ? first : second;
}
