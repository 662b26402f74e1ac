import type Database from 'better-sqlite3';
import {
  checkBoundary,
  wholeCommands,
  type Boundary,
  type Criterion,
  type ReadOptions,
  type RecordedEvent,
  type StoredCommand,
} from '../../kernel/index.js';
import type { Interned } from './interning.js';
import { idsOf, knownIds } from './log-writer.js';
import { bytesToUuid, uuidToBytes } from './uuid-bytes.js';

/** Where to read, and which position to end at: nobody may be told of what is not durable yet. */
export interface DurableReadOptions extends ReadOptions {
  /** No end when left out. */
  readonly through?: number;
}

/** Reads events back. */
export interface LogReader {
  all(options: DurableReadOptions): readonly RecordedEvent[];
  matching(boundary: Boundary, options: DurableReadOptions): readonly RecordedEvent[];
  /** A command that had written up to `through` at most. */
  command(id: string, through: number): StoredCommand | undefined;
  head(): number;
}

/** No criterion, as JSON. */
const NONE = '[]';

const POSITION_MAX = Number.MAX_SAFE_INTEGER;

type Row = readonly [
  position: number,
  type: number,
  version: number,
  tags: string,
  data: string,
  command: number,
  commandId: Buffer,
  actor: string,
  issuedAt: number,
  recordedAt: number,
  correlationId: string | null,
  causationId: string | null,
];

type Origin = Pick<
  RecordedEvent,
  'commandId' | 'actor' | 'issuedAt' | 'recordedAt' | 'correlationId' | 'causationId'
>;

const COLUMNS = `e.position, e.type, e.version, e.tags, e.data, e.command,
  c.id, c.actor, c.issued_at, c.recorded_at, c.correlation_id, c.causation_id
  FROM events AS e JOIN commands AS c ON c.seq = e.command`;

/** The prepared statements of the read path. */
export function createReader(database: Database.Database, names: Interned, tags: Interned): LogReader {
  const page = database
    .prepare<[number, number, number], Row>(
      `SELECT ${COLUMNS} WHERE e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ?`,
    )
    .raw();
  const firstCommand = database
    .prepare<[{ after: number }], Row>(
      `SELECT ${COLUMNS} JOIN (SELECT position AS last FROM commands WHERE seq =
         (SELECT command FROM events WHERE position > @after ORDER BY position LIMIT 1))
       WHERE e.position > @after AND e.position <= last ORDER BY e.position`,
    )
    .raw();
  const byTag = database
    .prepare<[number, number, number, number], Row>(
      `SELECT ${COLUMNS} JOIN event_tags AS t ON t.position = e.position
       WHERE t.tag = ? AND t.position > ? AND t.position <= ? ORDER BY t.position LIMIT ?`,
    )
    .raw();
  const byTagAndTypes = database
    .prepare<[number, number, number, string, number], Row>(
      `SELECT ${COLUMNS} JOIN event_tags AS t ON t.position = e.position
       WHERE t.tag = ? AND t.position > ? AND t.position <= ? AND e.type IN (SELECT value FROM json_each(?))
       ORDER BY t.position LIMIT ?`,
    )
    .raw();
  const byCriteria = database
    .prepare<[{ criteria: string; after: number; through: number; limit: number }], Row>(
      // A criterion is { tags, count, types }: an event matches when it carries all of the tags and one of the types.
      // Each is counted by itself, as two of them may be alike.
      `WITH criterion AS (SELECT key AS nth, value ->> 'count' AS count, value -> 'tags' AS tags, value -> 'types' AS types
         FROM json_each(@criteria)),
       hit AS (SELECT t.position, c.types FROM criterion AS c
         JOIN json_each(c.tags) AS wanted JOIN event_tags AS t ON t.tag = wanted.value AND t.position > @after AND t.position <= @through
         GROUP BY c.nth, t.position HAVING count(*) = c.count)
       SELECT DISTINCT ${COLUMNS} JOIN hit ON hit.position = e.position
       WHERE json_type(hit.types) = 'null' OR e.type IN (SELECT value FROM json_each(hit.types))
       ORDER BY e.position LIMIT @limit`,
    )
    .raw();
  const command = database.prepare<
    [Buffer, number],
    { readonly name: number; readonly position: number; readonly result: string | null }
  >('SELECT name, position, result FROM commands WHERE id = ? AND position <= ?');
  const head = database.prepare<[], number>('SELECT ifnull(max(position), 0) FROM events').pluck();

  function toEvents(rows: readonly Row[]): readonly RecordedEvent[] {
    let origin: Origin | undefined;
    let seq = -1;
    return rows.map((row) => {
      // A command's events are neighbours and share everything that concerns the command.
      if (origin === undefined || row[5] !== seq) {
        origin = originOf(row);
        seq = row[5];
      }
      return {
        position: row[0],
        type: names.text(row[1]),
        schemaVersion: row[2],
        tags: row[3].split(',').map((id) => tags.text(Number(id))),
        data: JSON.parse(row[4]) as object,
        ...origin,
      };
    });
  }

  function ofOneTag({ tags: [wanted = ''], types }: Criterion, options: Required<DurableReadOptions>) {
    const { after, through, limit } = options;
    const id = tags.find(wanted);
    const typeIds = types && knownIds(types, names);
    if (id === undefined || typeIds?.length === 0) return [];
    if (typeIds === undefined) return byTag.all(id, after, through, limit);
    return byTagAndTypes.all(id, after, through, JSON.stringify(typeIds), limit);
  }

  function criteriaOf(boundary: Boundary): string {
    const known = boundary.flatMap(({ tags: wanted, types }) => {
      const ids = idsOf(wanted, tags);
      const typeIds = types === undefined ? null : knownIds(types, names);
      return ids === undefined ? [] : [{ tags: ids, count: ids.length, types: typeIds }];
    });
    return JSON.stringify(known);
  }

  return {
    all: ({ after, limit, through = POSITION_MAX }) => {
      const whole = wholeCommands(toEvents(page.all(after, through, limit + 1)), limit);
      return whole ?? toEvents(firstCommand.all({ after }));
    },
    matching: (boundary, { after, limit, through = POSITION_MAX }) => {
      checkBoundary(boundary);
      // Going along the index once for each tag is several times as fast as the one statement that can do everything.
      if (boundary.every(({ tags: wanted }) => wanted.length === 1))
        return toEvents(
          merged(
            boundary.map((criterion) => ofOneTag(criterion, { after, limit, through })),
            limit,
          ),
        );
      const criteria = criteriaOf(boundary);
      return criteria === NONE ? [] : toEvents(byCriteria.all({ criteria, after, through, limit }));
    },
    command: (id, through) => {
      const row = command.get(uuidToBytes(id), through);
      return row && { ...row, name: names.text(row.name) };
    },
    head: () => head.get() ?? 0,
  };
}

/** The first rows of several lists, each once and in order. */
function merged(lists: readonly (readonly Row[])[], limit: number): readonly Row[] {
  const [first = [], ...others] = lists.filter((rows) => rows.length > 0);
  if (others.length === 0) return first;
  const rows = new Map([first, ...others].flat().map((row) => [row[0], row]));
  return [...rows.values()].sort(([one], [other]) => one - other).slice(0, limit);
}

function originOf(row: Row): Origin {
  const commandId = bytesToUuid(row[6]);
  return {
    commandId,
    actor: row[7],
    issuedAt: row[8],
    recordedAt: row[9],
    correlationId: row[10] ?? commandId,
    causationId: row[11],
  };
}
