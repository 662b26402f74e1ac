import { hasReached } from '../position.js';
import type { Position } from '../types.js';
import type { CommandState } from './command-store.js';

/** A value that a view showed, and the position that it is of. */
export interface Shown<Value> {
  readonly data: Value | undefined;
  readonly position: Position | undefined;
}

/**
 * What to show while a command is under way: `guess(data)`, until `shown` is of the command's position or later, so
 * that the real value takes its place and nothing older comes between. A refused or failed command shows at once what
 * there is. Where `shown` says no position, the guess stands until the command is visible.
 */
export function overlay<Value>(
  { data, position }: Shown<Value>,
  command: CommandState<unknown>,
  guess: (data: Value) => Value,
): Value | undefined {
  return data !== undefined && stands(position, command) ? guess(data) : data;
}

function stands(shown: Position | undefined, command: CommandState<unknown>): boolean {
  if (command.phase === 'sending') return true;
  if (command.phase !== 'accepted' && command.phase !== 'visible') return false;
  if (shown === undefined || command.position === undefined) return command.phase === 'accepted';
  return !hasReached(shown, command.position);
}
