import { messageOf } from '../../kernel/index.js';
import type Database from 'better-sqlite3';
import { checksumOf } from './checksum.js';
import type { Findings } from './findings.js';

import type { LogFile } from './read-only-log.js';
import {
  contentOf,
  type CommandRow,
  type EventRow,
  type Scanned,
  type StoredCommand,
} from './stored-commands.js';
import { bytesToUuid } from './uuid-bytes.js';

const UUID_BYTES = 16;

/** Checks each step of a scan, in order, against what came before it. */
export interface CommandChecks {
  check(scanned: Scanned): void;
  /** How many commands and events were checked, and the last position seen. */
  counts(): { readonly commands: number; readonly events: number; readonly head: number };
}

/** The checks of all that a command wrote. */
export function createCommandChecks(log: LogFile, findings: Findings): CommandChecks {
  const commandExists = log.database
    .prepare<[number], number>('SELECT count(*) FROM commands WHERE seq = ?')
    .pluck();
  const hasTag = createTagLookup(log.database);
  let seq = 0;
  let head = 0;
  let commands = 0;
  let events = 0;

  function checkEvent(event: EventRow): void {
    const where = `position ${event.position}`;
    if (event.position !== head + 1) {
      const missing =
        event.position === head + 2 ? `${head + 1} is` : `${head + 1} to ${event.position - 1} are`;
      findings.add('positions', where, `position ${missing} missing before it (L1: no gaps)`);
    }
    head = event.position;
    events += 1;
    if (!isJsonObject(event.data)) findings.add('data', where, 'the data is not a JSON object');
    checkTags(event, where);
  }

  function checkTags(event: EventRow, where: string): void {
    const ids = event.tags.split(',');
    if (!ids.every((id) => /^[1-9]\d*$/.test(id)) || new Set(ids).size !== ids.length) {
      findings.add('tags', where, `the event's tags "${event.tags}" are not numbers of tags, each once`);
      return;
    }
    for (const id of ids) {
      if (!hasTag(Number(id), event.position))
        findings.add(
          'tags',
          where,
          `event_tags has no row for ${describeTag(log, Number(id))}, which the event carries`,
        );
    }
  }

  function checkStray(event: EventRow): void {
    const problem =
      commandExists.get(event.command) === 0
        ? `names command ${event.command}, which is not there`
        : `names command ${event.command}, whose events lie elsewhere`;
    findings.add('commands', `position ${event.position}`, `the event ${problem}`);
  }

  function checkCommand(stored: StoredCommand, strays: readonly EventRow[]): void {
    const { command } = stored;
    const where = describeCommand(stored, log);
    if (command.seq !== seq + 1) findings.add('commands', where, `command ${seq + 1} is missing before it`);
    seq = command.seq;
    commands += 1;
    [...stored.events, ...strays].sort((one, other) => one.position - other.position).forEach(checkEvent);
    strays.forEach(checkStray);
    const last = stored.events.at(-1);
    const expected = last?.position ?? head;
    if (command.position !== expected) {
      const what = last === undefined ? 'the head when it was decided' : 'that of its last event';
      findings.add('commands', where, `its position is ${command.position}; ${what} is ${expected}`);
    }
    if (command.id.length !== UUID_BYTES || command.fingerprint.length !== UUID_BYTES)
      findings.add('commands', where, 'its id or its fingerprint is not 16 bytes long');
    if (command.result !== null && !isJson(command.result))
      findings.add('results', where, 'its stored result is not JSON');
    checkContent(stored, where);
  }

  function checkContent(stored: StoredCommand, where: string): void {
    try {
      const sum = checksumOf(contentOf(stored, log));
      if (sum === stored.command.checksum) return;
      const what = stored.events.length === 0 ? 'the command' : 'the command or one of its events';
      findings.add(
        'checksums',
        where,
        `the stored checksum is ${stored.command.checksum}, what is there has ${sum}: ${what} was changed`,
      );
    } catch (error) {
      findings.add('names', where, messageOf(error));
    }
  }

  return {
    check: (scanned) => {
      if ('stray' in scanned) {
        checkEvent(scanned.stray);
        checkStray(scanned.stray);
      } else checkCommand(scanned, scanned.strays);
    },
    counts: () => ({ commands, events, head }),
  };
}

function createTagLookup(database: Database.Database): (tag: number, position: number) => boolean {
  const select = database
    .prepare<[number, number], number>('SELECT 1 FROM event_tags WHERE tag = ? AND position = ?')
    .pluck();
  return (tag, position) => select.get(tag, position) !== undefined;
}

/** A tag's text, or its number where the text is gone. */
export function describeTag({ tags }: Pick<LogFile, 'tags'>, id: number): string {
  try {
    return `the tag ${tags.text(id)}`;
  } catch {
    return `the tag number ${id} (which has no text)`;
  }
}

function describeCommand({ command, events }: StoredCommand, { names }: LogFile): string {
  const [first, last] = [events[0]?.position, events.at(-1)?.position];
  const range =
    first === undefined ? 'no events' : first === last ? `event ${first}` : `events ${first}-${last}`;
  return `command ${command.seq} (${nameOf(command, names)} ${bytesToUuid(command.id)}, ${range})`;
}

function nameOf(command: CommandRow, names: LogFile['names']): string {
  try {
    return names.text(command.name);
  } catch {
    return `name ${command.name}`;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isJsonObject(text: string): boolean {
  return text.startsWith('{') && isJson(text);
}
