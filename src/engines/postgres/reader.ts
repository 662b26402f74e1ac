import {
  EVENTS_PER_COMMAND_MAX,
  checkBoundary,
  wholeCommands,
  type Boundary,
  type ReadOptions,
  type RecordedEvent,
  type StoredCommand,
} from '../../kernel/index.js';
import { encodeBoundary } from './batch.js';
import type { Link } from './link.js';
import { decodeNullable, decodeText, encodeText } from './text.js';
import type { LogState } from './watch.js';

/** Reads the log. Each rejects with UNAVAILABLE where the server does not answer. */
export interface LogReader {
  all(options: ReadOptions): Promise<readonly RecordedEvent[]>;
  matching(boundary: Boundary, options: ReadOptions): Promise<readonly RecordedEvent[]>;
  /** What was stored of a command; undefined for an id that is not there. */
  command(id: string): Promise<StoredCommand | undefined>;
  /** What the log says of itself; undefined where its tables are empty. */
  state(): Promise<LogState | undefined>;
}

interface EventRow {
  readonly position: number;
  readonly type: string;
  readonly version: number;
  readonly tags: readonly string[];
  readonly data: string;
  readonly command: string;
  readonly actor: string;
  readonly issued: number;
  readonly recorded: number;
  readonly correlation: string | null;
  readonly causation: string | null;
}

const COLUMNS = `event.position, event.type, event.version, event.tags, event.data, event.command_id AS command,
  command.actor, command.issued_at AS issued, command.recorded_at AS recorded,
  command.correlation_id AS correlation, command.causation_id AS causation`;
const EVENTS = `CROSS JOIN LATERAL (
    SELECT * FROM tidemark.log_events WHERE position = found.position LIMIT 1
  ) AS event`;
// A LIMIT keeps to the index of the commands, however large a page the planner expects.
const COMMANDS = `CROSS JOIN LATERAL (
    SELECT * FROM tidemark.log_commands WHERE id = event.command_id LIMIT 1
  ) AS command ORDER BY event.position`;

const STATE = `SELECT log_id AS id, epoch, position,
    (SELECT coalesce(max(seq), 0) FROM tidemark.log_operations) AS operations,
    floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
  FROM tidemark.log_head`;

const COMMAND = `SELECT name, result, position FROM tidemark.log_commands WHERE id = $1`;

const ALL = `SELECT ${COLUMNS} FROM (
    SELECT * FROM tidemark.log_events WHERE position > $1 ORDER BY position LIMIT $2
  ) AS event ${COMMANDS}`;

/** One tag is what most decisions ask for: the server takes two thirds of the time that it takes for the statement below. */
const TAGGED = `SELECT ${COLUMNS} FROM (
    SELECT position FROM tidemark.log_tags WHERE tag = $1 AND position > $2 ORDER BY position LIMIT $3
  ) AS found ${EVENTS} ${COMMANDS}`;

const MATCHING = `SELECT ${COLUMNS} FROM (
    SELECT DISTINCT hit.position FROM jsonb_array_elements($1::jsonb) AS criterion
    CROSS JOIN LATERAL (
      SELECT tagged.position FROM tidemark.log_tags AS tagged
      WHERE tagged.tag = criterion ->> 'tag' AND tagged.position > $2
        AND (NOT criterion ? 'tags' OR EXISTS (
          SELECT FROM tidemark.log_events AS event
          WHERE event.position = tagged.position AND event.tags @> (criterion ->> 'tags')::text[]
            AND (NOT criterion ? 'types' OR event.type = ANY ((criterion ->> 'types')::text[]))))
      ORDER BY tagged.position LIMIT $3
    ) AS hit
    ORDER BY hit.position LIMIT $3
  ) AS found ${EVENTS} ${COMMANDS}`;

/** A reader over links of its own: pages of the whole log do not hold up what commands read. */
export function createReader(pages: Link, states: Link): LogReader {
  async function page(after: number, limit: number): Promise<readonly RecordedEvent[]> {
    const rows = await pages.query<EventRow>({ name: 'read_all', text: ALL, values: [after, limit] });
    return rows.map(eventOf);
  }

  async function firstCommand(after: number): Promise<readonly RecordedEvent[]> {
    const events = await page(after, EVENTS_PER_COMMAND_MAX);
    return events.filter(({ commandId }) => commandId === events[0]?.commandId);
  }

  return {
    all: async ({ after, limit }) =>
      wholeCommands(await page(after, limit + 1), limit) ?? (await firstCommand(after)),
    matching: async (boundary, { after, limit }) => {
      checkBoundary(boundary);
      const tag = onlyTag(boundary);
      const [name, text, wanted] =
        tag === undefined
          ? ['read_matching', MATCHING, JSON.stringify(encodeBoundary(boundary))]
          : ['read_tagged', TAGGED, encodeText(tag)];
      const rows = await states.query<EventRow>({ name, text, values: [wanted, after, limit] });
      return rows.map(eventOf);
    },
    command: async (id) => {
      const found = await states.query<StoredCommand>({ name: 'read_command', text: COMMAND, values: [id] });
      const [row] = found;
      return row && { ...row, name: decodeText(row.name), result: decodeNullable(row.result) };
    },
    state: async () => {
      const [row] = await states.query<LogState>({ name: 'read_head', text: STATE });
      return row;
    },
  };
}

/** The tag of a boundary that is nothing but one tag. */
function onlyTag([criterion, ...more]: Boundary): string | undefined {
  const isOne = more.length === 0 && criterion?.tags.length === 1 && criterion.types === undefined;
  return isOne ? criterion.tags[0] : undefined;
}

function eventOf(row: EventRow): RecordedEvent {
  const { position, version: schemaVersion, command: commandId, correlation, causation } = row;
  return {
    position,
    type: decodeText(row.type),
    schemaVersion,
    // What was stored is an object's JSON.
    data: JSON.parse(row.data) as object,
    tags: row.tags.map(decodeText),
    recordedAt: row.recorded,
    commandId,
    actor: decodeText(row.actor),
    issuedAt: row.issued,
    correlationId: correlation === null ? commandId : decodeText(correlation),
    causationId: decodeNullable(causation),
  };
}
