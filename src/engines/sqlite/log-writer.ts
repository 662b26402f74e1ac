import type Database from 'better-sqlite3';
import type { Append, AppendOutcome, Boundary, Criterion } from '../../kernel/index.js';
import type { Interned } from './interning.js';
import { createInserter, type NewCommandContent } from './log-insert.js';
import { uuidToBytes } from './uuid-bytes.js';

/** An append that has been checked, with each event's data as JSON text. */
export interface CheckedAppend {
  readonly append: Append;
  readonly data: readonly string[];
}

/** Writes commands inside the open write transaction. */
export interface LogWriter {
  /** To be called first in each transaction, with when its commands are recorded (ms since 1970). */
  begin(recordedAt: number): void;
  /** One command: duplicate, else conflict, else its rows. */
  readonly write: (checked: CheckedAppend) => AppendOutcome;
}

interface StoredCommand {
  readonly position: number;
  readonly fingerprint: Buffer;
  readonly result: string | null;
}

/** The prepared statements of the write path. */
export function createWriter(database: Database.Database, names: Interned, tags: Interned): LogWriter {
  const findCommand = database.prepare<[Buffer], StoredCommand>(
    'SELECT position, fingerprint, result FROM commands WHERE id = ?',
  );
  const inserter = createInserter(database, names, tags);
  const newestMatch = createNewestMatch(database, names, tags);

  let recordedAt = 0;

  function write(checked: CheckedAppend): AppendOutcome {
    const { command, condition } = checked.append;
    const id = uuidToBytes(command.id);
    const stored = findCommand.get(id);
    if (stored !== undefined) {
      const { position, fingerprint, result } = stored;
      return { kind: 'duplicate', position, fingerprint: fingerprint.toString('hex'), result };
    }
    const match = condition && newestMatch(condition.boundary, condition.after);
    if (match !== undefined) return { kind: 'conflict', position: match };
    return { kind: 'appended', position: inserter.insert(contentOf(checked, recordedAt), id) };
  }

  return {
    begin: (at) => {
      recordedAt = at;
      inserter.begin();
    },
    write,
  };
}

function contentOf(
  { append: { command, events }, data }: CheckedAppend,
  recordedAt: number,
): NewCommandContent {
  const { id, name, fingerprint, actor, issuedAt, correlationId, causationId, result } = command;
  return {
    id,
    name,
    fingerprint,
    actor,
    issuedAt,
    recordedAt,
    correlationId,
    causationId,
    result,
    events: events.map(({ type, schemaVersion, tags }, index) => ({
      type,
      schemaVersion,
      tags: tags.length === 1 ? tags : [...new Set(tags)],
      data: data[index] ?? '{}',
    })),
  };
}

/** Finds the newest event after a position that matches a boundary. */
function createNewestMatch(database: Database.Database, names: Interned, tags: Interned) {
  const one = database
    .prepare<[number, number], number | null>(
      'SELECT max(position) FROM event_tags WHERE tag = ? AND position > ?',
    )
    .pluck();
  const many = database
    .prepare<[{ tags: string; count: number; types: string | null; after: number }], number | null>(
      `SELECT max(e.position) FROM (
         SELECT position FROM event_tags
         WHERE tag IN (SELECT value FROM json_each(@tags)) AND position > @after
         GROUP BY position HAVING count(*) = @count
       ) AS hit JOIN events AS e ON e.position = hit.position
       WHERE @types IS NULL OR e.type IN (SELECT value FROM json_each(@types))`,
    )
    .pluck();

  function newest({ tags: wanted, types }: Criterion, after: number): number | undefined {
    const [first] = wanted;
    if (first !== undefined && wanted.length === 1 && types === undefined) {
      const id = tags.find(first);
      return id === undefined ? undefined : (one.get(id, after) ?? undefined);
    }
    const ids = idsOf(wanted, tags);
    const typeIds = types && knownIds(types, names);
    if (ids === undefined || typeIds?.length === 0) return undefined;
    // As a rule there is nothing newer at all, and that is quickly seen.
    if (ids.some((id) => (one.get(id, after) ?? null) === null)) return undefined;
    const json = typeIds === undefined ? null : JSON.stringify(typeIds);
    return many.get({ tags: JSON.stringify(ids), count: ids.length, types: json, after }) ?? undefined;
  }

  return (boundary: Boundary, after: number): number | undefined => {
    let found: number | undefined;
    for (const criterion of boundary) {
      const position = newest(criterion, after);
      if (position !== undefined && position > (found ?? 0)) found = position;
    }
    return found;
  };
}

/** The numbers of all these texts; undefined where one was never stored, so that nothing can match. */
export function idsOf(texts: readonly string[], interned: Interned): readonly number[] | undefined {
  const ids = new Set<number>();
  for (const text of texts) {
    const id = interned.find(text);
    if (id === undefined) return undefined;
    ids.add(id);
  }
  return [...ids];
}

/** The numbers of those texts that were ever stored. */
export function knownIds(texts: readonly string[], interned: Interned): readonly number[] {
  return [...new Set(texts.map((text) => interned.find(text)).filter((id) => id !== undefined))];
}
