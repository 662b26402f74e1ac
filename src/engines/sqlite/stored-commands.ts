import type Database from 'better-sqlite3';
import type { StoredCommandContent } from './checksum.js';
import type { LogFile } from './read-only-log.js';
import { bytesToUuid } from './uuid-bytes.js';

/** A row of `commands`. */
export interface CommandRow {
  readonly seq: number;
  readonly id: Buffer;
  readonly name: number;
  readonly fingerprint: Buffer;
  readonly actor: string;
  readonly issuedAt: number;
  readonly recordedAt: number;
  readonly correlationId: string | null;
  readonly causationId: string | null;
  readonly position: number;
  readonly result: string | null;
  readonly checksum: number;
}

/** A row of `events`. */
export interface EventRow {
  readonly position: number;
  readonly type: number;
  readonly version: number;
  readonly command: number;
  readonly tags: string;
  readonly data: string;
}

/** A command with its events. */
export interface StoredCommand {
  readonly command: CommandRow;
  readonly events: readonly EventRow[];
}

/** A step of a scan: a command with its events, and events of others that lie before or among these; at the end single ones. */
export type Scanned =
  (StoredCommand & { readonly strays: readonly EventRow[] }) | { readonly stray: EventRow };

const COMMANDS = `SELECT seq, id, name, fingerprint, actor, issued_at AS issuedAt, recorded_at AS recordedAt,
  correlation_id AS correlationId, causation_id AS causationId, position, result, checksum
  FROM commands WHERE seq > ? ORDER BY seq`;
const EVENTS =
  'SELECT position, type, version, command, tags, data FROM events WHERE position > ? ORDER BY position';

/** Where a scan starts, exclusive: a command, and the position of its last event. */
export interface ScanStart {
  readonly seq: number;
  readonly position: number;
}

/** All commands in order, each with its events, read side by side: one command is in memory at a time. */
export function* scanCommands(
  database: Database.Database,
  after: ScanStart = { seq: 0, position: 0 },
): Generator<Scanned, void> {
  const events = lookAhead(database.prepare<[number], EventRow>(EVENTS).iterate(after.position));
  try {
    for (const command of database.prepare<[number], CommandRow>(COMMANDS).iterate(after.seq)) {
      const mine: EventRow[] = [];
      const strays: EventRow[] = [];
      for (let event = events.peek(); event !== undefined; event = events.peek()) {
        if (event.command === command.seq) mine.push(event);
        else if (event.command < command.seq || isMisplaced(event, events.second())) strays.push(event);
        else break;
        events.advance();
      }
      yield { command, events: mine, strays };
    }
    for (let event = events.peek(); event !== undefined; event = events.peek()) {
      yield { stray: event };
      events.advance();
    }
  } finally {
    events.close();
  }
}

/** Commands follow each other in the events' order: one that is ahead of the next event's is wrong by itself. */
function isMisplaced(event: EventRow, next: EventRow | undefined): boolean {
  return next !== undefined && event.command > next.command;
}

function lookAhead<T>(rows: IterableIterator<T>) {
  const take = (): T | undefined => {
    const next: IteratorResult<T, unknown> = rows.next();
    return next.done === true ? undefined : next.value;
  };
  let first = take();
  let second = take();
  return {
    peek: () => first,
    second: () => second,
    advance: () => {
      first = second;
      second = second === undefined ? undefined : take();
    },
    close: () => rows.return?.(),
  };
}

/** What a command wrote, with its names and tags as text. Throws where one of them is not there. */
export function contentOf(
  { command, events }: StoredCommand,
  { names, tags }: Pick<LogFile, 'names' | 'tags'>,
): StoredCommandContent {
  const id = bytesToUuid(command.id);
  const { actor, issuedAt, recordedAt, correlationId, causationId, position, result } = command;
  return {
    id,
    name: names.text(command.name),
    fingerprint: command.fingerprint.toString('hex'),
    actor,
    issuedAt,
    recordedAt,
    correlationId: correlationId ?? id,
    causationId,
    position,
    result,
    events: events.map((event) => ({
      type: names.text(event.type),
      schemaVersion: event.version,
      tags: event.tags.split(',').map((tag) => tags.text(Number(tag))),
      data: event.data,
    })),
  };
}
