import type { EventLog, RecordedEvent } from '../../src/kernel/index.js';

/** A log that counts the events read from it. */
export interface CountingLog extends EventLog {
  /** How many were read since it was asked last. */
  eventsRead(): number;
}

/** The same log, counting. */
export function countingLog(log: EventLog): CountingLog {
  let count = 0;
  return {
    ...log,
    read: async (scope, options): Promise<readonly RecordedEvent[]> => {
      const events = await log.read(scope, options);
      count += events.length;
      return events;
    },
    eventsRead: () => {
      const before = count;
      count = 0;
      return before;
    },
  };
}
