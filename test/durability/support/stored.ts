import Database from 'better-sqlite3';
import { checksumOf } from '../../../src/engines/sqlite/checksum.js';
import { bytesToUuid } from '../../../src/engines/sqlite/uuid-bytes.js';

/** A command as the log holds it. */
export interface Stored {
  readonly id: string;
  readonly name: string;
  /** Its place in the order of commits. */
  readonly seq: number;
  readonly position: number;
  readonly status: 'ACCEPTED' | 'REFUSED';
  readonly events: number;
}

/** What a log file holds after a place in the order of commits, and what is wrong with it. */
export interface Contents {
  readonly commands: readonly Stored[];
  readonly head: number;
  readonly problems: readonly string[];
}

interface CommandRow {
  readonly seq: number;
  readonly id: Buffer;
  readonly name: string;
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

interface EventRow {
  readonly position: number;
  readonly command: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly tags: string;
  readonly data: string;
}

/** Reads the commands after `afterSeq` by plain SQL, past the code that wrote them, and checks each for wholeness. */
export function readContents(file: string, afterSeq = 0): Contents {
  const database = new Database(file);
  try {
    const commands = database
      .prepare<[number], CommandRow>(
        `SELECT c.seq, c.id, n.name, c.fingerprint, c.actor, c.issued_at AS issuedAt, c.recorded_at AS recordedAt,
           c.correlation_id AS correlationId, c.causation_id AS causationId, c.position, c.result, c.checksum
         FROM commands AS c JOIN names AS n ON n.id = c.name WHERE c.seq > ? ORDER BY c.seq`,
      )
      .all(afterSeq);
    const events = database
      .prepare<[number], EventRow>(
        `SELECT e.position, e.command, n.name AS type, e.version AS schemaVersion, e.tags, e.data
         FROM events AS e JOIN names AS n ON n.id = e.type WHERE e.command > ? ORDER BY e.position`,
      )
      .all(afterSeq);
    const head =
      database.prepare<[], number>('SELECT ifnull(max(position), 0) FROM events').pluck().get() ?? 0;
    const byCommand = new Map<number, EventRow[]>();
    for (const event of events)
      byCommand.set(event.command, [...(byCommand.get(event.command) ?? []), event]);
    const tagsOf = tagReader(database);
    const problems = [
      ...gaps(
        events.map(({ position }) => position),
        head,
      ),
      ...gaps(
        commands.map(({ seq }) => seq),
        commands.at(-1)?.seq ?? afterSeq,
      ).map((gap) => `commands: ${gap}`),
      ...[...byCommand.keys()]
        .filter((seq) => commands[seq - afterSeq - 1]?.seq !== seq)
        .map((seq) => `events without their command ${seq}`),
      ...commands.flatMap((row) => flaws(row, byCommand.get(row.seq) ?? [], tagsOf)),
    ];
    return {
      commands: commands.map((row) => storedOf(row, byCommand.get(row.seq)?.length ?? 0)),
      head,
      problems,
    };
  } finally {
    database.close();
  }
}

/** Everything that the file promises as a whole, which takes reading all of it. */
export function wholeFileProblems(file: string): readonly string[] {
  const database = new Database(file);
  try {
    const count = (sql: string): number => database.prepare<[], number>(sql).pluck().get() ?? -1;
    const integrity = database.pragma('integrity_check', { simple: true }) as string;
    const orphans = count(
      'SELECT count(*) FROM event_tags WHERE position NOT IN (SELECT position FROM events)',
    );
    const listed = count(
      "SELECT ifnull(sum(1 + length(tags) - length(replace(tags, ',', ''))), 0) FROM events",
    );
    const tagged = count('SELECT count(*) FROM event_tags');
    return [
      ...(integrity === 'ok' ? [] : [`integrity: ${integrity}`]),
      ...(orphans === 0 ? [] : [`${orphans} tag rows without their event`]),
      ...(listed === tagged ? [] : [`events list ${listed} tags, ${tagged} tag rows are there`]),
    ];
  } finally {
    database.close();
  }
}

type TagsOf = (event: EventRow) => { readonly texts: readonly string[]; readonly rows: number };

function tagReader(database: Database.Database): TagsOf {
  const text = database.prepare<[string], string>('SELECT tag FROM tags WHERE id = ?').pluck();
  const row = database
    .prepare<[string, number], number>('SELECT count(*) FROM event_tags WHERE tag = ? AND position = ?')
    .pluck();
  return ({ tags, position }) => {
    const ids = tags.split(',');
    return {
      texts: ids.map((id) => text.get(id) ?? `missing ${id}`),
      rows: ids.filter((id) => row.get(id, position) === 1).length,
    };
  };
}

/** Holes in whole numbers that should run without one up to `last`. */
function gaps(numbers: readonly number[], last: number): readonly string[] {
  const holes = numbers.flatMap((number, index) => {
    const before = numbers[index - 1];
    return before === undefined || number === before + 1 ? [] : [`${before} is followed by ${number}`];
  });
  return numbers.length === 0 || numbers.at(-1) === last
    ? holes
    : [...holes, `ends at ${numbers.at(-1)}, not ${last}`];
}

/** What is half about a command. */
function flaws(row: CommandRow, events: readonly EventRow[], tagsOf: TagsOf): readonly string[] {
  const id = bytesToUuid(row.id);
  const tags = events.map(tagsOf);
  const content = {
    ...row,
    id,
    fingerprint: row.fingerprint.toString('hex'),
    correlationId: row.correlationId ?? id,
    events: events.map((event, index) => ({ ...event, tags: tags[index]?.texts ?? [] })),
  };
  const found: string[] = [];
  if (checksumOf(content) !== row.checksum) found.push('its checksum does not fit');
  if (events.length > 0 && events.at(-1)?.position !== row.position)
    found.push('its position is not its last event’s');
  if (tags.some(({ texts, rows }) => texts.length !== rows)) found.push('a tag row is missing');
  return found.map((flaw) => `${row.name} ${id} is half: ${flaw}`);
}

function storedOf({ id, name, seq, position, result }: CommandRow, events: number): Stored {
  const { refusals = [] } = JSON.parse(result ?? '{}') as { refusals?: readonly unknown[] };
  const status = refusals.length > 0 ? 'REFUSED' : 'ACCEPTED';
  return { id: bytesToUuid(id), name, seq, position, status, events };
}
