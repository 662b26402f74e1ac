import type Database from 'better-sqlite3';
import { checksumOf, type StoredCommandContent } from './checksum.js';
import type { Interned } from './interning.js';
import { uuidToBytes } from './uuid-bytes.js';

/** A command to insert; its position follows from where the log stands. */
export type NewCommandContent = Omit<StoredCommandContent, 'position'>;

/** Writes rows of the log inside the open write transaction. */
export interface Inserter {
  /** To be called first in each transaction: others may have written since. */
  readonly begin: () => void;
  /** Inserts a command with its events; returns its position. */
  insert(content: NewCommandContent, id?: Buffer): number;
}

/** The prepared inserts; the only place that writes rows of the log. */
export function createInserter(database: Database.Database, names: Interned, tags: Interned): Inserter {
  const lastCommand = database.prepare<[], number>('SELECT ifnull(max(seq), 0) FROM commands').pluck();
  const head = database.prepare<[], number>('SELECT ifnull(max(position), 0) FROM events').pluck();
  const insertEvent = database.prepare<[number, number, number, string, string]>(
    'INSERT INTO events (type, version, command, tags, data) VALUES (?, ?, ?, ?, ?)',
  );
  const insertTag = database.prepare<[number, number]>(
    'INSERT INTO event_tags (tag, position) VALUES (?, ?)',
  );
  const insertCommand = database.prepare(
    `INSERT INTO commands (seq, id, name, fingerprint, actor, issued_at, recorded_at, correlation_id,
       causation_id, position, result, checksum)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  let seq = 0;

  function insertOne(event: NewCommandContent['events'][number], command: number): number {
    const ids = event.tags.map((tag) => tags.intern(tag));
    const type = names.intern(event.type);
    const { lastInsertRowid } = insertEvent.run(
      type,
      event.schemaVersion,
      command,
      ids.join(','),
      event.data,
    );
    const position = Number(lastInsertRowid);
    for (const id of ids) insertTag.run(id, position);
    return position;
  }

  function insert(content: NewCommandContent, id = uuidToBytes(content.id)): number {
    seq += 1;
    let position = 0;
    for (const event of content.events) position = insertOne(event, seq);
    if (content.events.length === 0) position = head.get() ?? 0;
    insertCommand.run(
      seq,
      id,
      names.intern(content.name),
      Buffer.from(content.fingerprint, 'hex'),
      content.actor,
      content.issuedAt,
      content.recordedAt,
      content.correlationId === content.id ? null : content.correlationId,
      content.causationId,
      position,
      content.result,
      checksumOf({ ...content, position }),
    );
    return position;
  }

  return {
    begin: () => {
      seq = lastCommand.get() ?? 0;
    },
    insert,
  };
}
