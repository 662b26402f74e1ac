import type { RecordedEvent } from '../../src/kernel/index.js';

/** An event as a log holds it, at position 1 unless changed. */
export function recordedEvent(change: Partial<RecordedEvent>): RecordedEvent {
  return {
    type: 'Done',
    schemaVersion: 1,
    data: {},
    tags: ['thing:1'],
    position: 1,
    recordedAt: 0,
    commandId: '',
    actor: '',
    issuedAt: 0,
    correlationId: '',
    causationId: null,
    ...change,
  };
}
