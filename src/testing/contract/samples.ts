import {
  newId,
  type Append,
  type CommandRecord,
  type NewEvent,
  type NewOperation,
  type Snapshot,
} from '../../kernel/index.js';

/** What the commands of `command` stand for, all of them. */
export const FINGERPRINT = '0123456789abcdef0123456789abcdef';

/** A command with an id of its own. */
export function command(change: Partial<CommandRecord> = {}): CommandRecord {
  const id = newId();
  return {
    id,
    name: 'doIt',
    actor: 'ann',
    issuedAt: 1_700_000_000_000,
    correlationId: id,
    causationId: null,
    fingerprint: FINGERPRINT,
    result: null,
    ...change,
  };
}

/** An event of a thing. */
export function event(tag = 'thing:1', change: Partial<NewEvent> = {}): NewEvent {
  return { type: 'Done', schemaVersion: 1, data: { note: 'x' }, tags: [tag], ...change };
}

/** These events, as one command of their own. */
export function append(events: readonly NewEvent[], change: Partial<Append> = {}): Append {
  return { events, command: command(), ...change };
}

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

/** A snapshot of some log. */
export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return { stamp: 'log/1/1/abc', position: 7, commandId: newId(), state: '{"sum":1}', ...change };
}
