import { checkEventFilter, type EventFilter } from './event-filter.js';
import { commandAt, firstEvents, lastEvents, type EventPage } from './event-pages.js';
import type { EventLog, RecordedEvent, StoredCommand } from './log.js';

/** Which page: so many events at most, from the filter's start or, backward, from its end. */
export interface EventPageRequest {
  readonly filter: EventFilter;
  readonly size: number;
  readonly backward?: boolean | undefined;
  /** Where the page before ended: its `reached`, or the position of one of its events. */
  readonly cursor?: number | undefined;
}

/** Reads the log for people: operators, and whoever looks at what has happened. Decisions and views do not use it. */
export interface EventReader {
  /** The last position. */
  head(): Promise<number>;
  /** A page of what passes the filter. BAD_USER_INPUT or UNKNOWN_POSITION for a filter that cannot be served. */
  page(request: EventPageRequest): Promise<EventPage>;
  /** The event at a position; undefined where there is none. */
  at(position: number): Promise<RecordedEvent | undefined>;
  /** All events of the command that wrote the event at a position; none where there is no such event. */
  commandAt(position: number): Promise<readonly RecordedEvent[]>;
  /** What was stored of a command; undefined where there is none of this id. */
  command(id: string): Promise<StoredCommand | undefined>;
  /** Throws what `page` would for this filter. */
  check(filter: EventFilter): Promise<void>;
  /** Calls `listener` when there are new events. Returns how to stop it. */
  onAppend(listener: () => void): () => void;
}

/** A reader of this log. */
export function createEventReader(
  log: Pick<EventLog, 'read' | 'head' | 'onAppend' | 'command'>,
): EventReader {
  async function check(filter: EventFilter): Promise<void> {
    checkEventFilter(filter, await log.head(), Date.now());
  }

  return {
    head: () => log.head(),
    check,
    page: async ({ filter, size, backward = false, cursor }) => {
      await check(filter);
      if (cursor !== undefined) await check({ afterPosition: cursor });
      return backward
        ? lastEvents(log, { ...filter, beforePosition: least(cursor, filter.beforePosition) }, size)
        : firstEvents(log, { ...filter, afterPosition: most(cursor, filter.afterPosition) }, size);
    },
    at: async (position) => {
      if (position < 1) return undefined;
      const [event] = await log.read('all', { after: position - 1, limit: 1 });
      return event;
    },
    commandAt: (position) => commandAt(log, position),
    command: (id) => log.command(id),
    onAppend: (listener) => log.onAppend(listener),
  };
}

function least(one = Infinity, other = Infinity): number {
  return Math.min(one, other);
}

function most(one = 0, other = 0): number {
  return Math.max(one, other);
}
