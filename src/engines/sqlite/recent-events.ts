import { wholeCommands, type Append, type ReadOptions, type RecordedEvent } from '../../kernel/index.js';

/** How many events are kept at most, and how many characters of their data. */
const EVENTS_MAX = 2_000;
const CHARACTERS_MAX = 2 * 1_048_576;

/**
 * The newest events of the log, as this process has written them: projections, which follow the head, need not read them
 * from the file again. A run of positions without a gap; what is not in it is in the file.
 */
export interface RecentEvents {
  /** Keeps a command's events, which are durable. `data` is their JSON, `position` that of the last one. */
  add(append: Append, data: readonly string[], recordedAt: number, position: number): void;
  /** As `EventLog.read` of all; undefined where the file has to be asked. */
  read(options: ReadOptions): readonly RecordedEvent[] | undefined;
}

interface Recent {
  readonly event: Omit<RecordedEvent, 'data'>;
  readonly data: string;
}

/** No events yet. */
export function createRecentEvents(): RecentEvents {
  let events: Recent[] = [];
  let characters = 0;
  let last = 0;

  function trim(): void {
    let gone = 0;
    while (events.length - gone > EVENTS_MAX || characters > CHARACTERS_MAX) {
      characters -= events[gone]?.data.length ?? 0;
      gone += 1;
    }
    events.splice(0, gone);
  }

  function clear(): void {
    events = [];
    characters = 0;
  }

  return {
    add: ({ events: added, command }, data, recordedAt, position) => {
      const first = position - added.length + 1;
      // Another process has written in between.
      if (first !== last + 1) clear();
      last = position;
      const { id: commandId, actor, issuedAt, correlationId, causationId } = command;
      added.forEach(({ type, schemaVersion, tags }, index) => {
        const text = data[index] ?? '{}';
        characters += text.length;
        events.push({
          event: {
            position: first + index,
            type,
            schemaVersion,
            tags: [...new Set(tags)],
            commandId,
            actor,
            issuedAt,
            recordedAt,
            correlationId,
            causationId,
          },
          data: text,
        });
      });
      // Not at each command: what goes is moved over.
      if (events.length > 1.5 * EVENTS_MAX || characters > CHARACTERS_MAX) trim();
    },
    read: ({ after, limit }) => {
      const from = after - (last - events.length);
      if (from < 0 || from >= events.length) return undefined;
      const page = events.slice(from, from + limit + 1).map(({ event, data }): RecordedEvent => {
        // Each reader gets data of its own, as from the file.
        return { ...event, data: JSON.parse(data) as object };
      });
      return wholeCommands(page, limit);
    },
  };
}
