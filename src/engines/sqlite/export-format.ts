import type { LogIdentity } from '../../kernel/index.js';
import type { StoredCommandContent } from './checksum.js';

/** The version of the format; a file of another one is refused. */
export const EXPORT_VERSION = 1;

/** The first line of an export. */
export interface ExportHeader {
  readonly tidemark: 'log-export';
  readonly formatVersion: typeof EXPORT_VERSION;
  readonly logId: string;
  readonly epoch: number;
  /** When the log was made, ms since 1970. */
  readonly createdAt: number;
  /** The position after which the export starts; 0 for all of the log. */
  readonly after: number;
  readonly head: number;
}

/** A command as a line holds it. */
export interface ExportedCommand extends StoredCommandContent {
  /** Its place among all commands, from 1. */
  readonly seq: number;
  readonly checksum: number;
}

/** The last line of an export; `sha256` (hex) is over all bytes before it. */
export interface ExportFooter {
  readonly end: true;
  readonly commands: number;
  readonly events: number;
  readonly sha256: string;
}

/** A line that is not what it must be; the message says what was expected. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** The line of a command, without its end: equal commands have equal lines. */
export function formatCommand({ seq, checksum, events, result, ...content }: ExportedCommand): string {
  return JSON.stringify({
    seq,
    id: content.id,
    name: content.name,
    fingerprint: content.fingerprint,
    actor: content.actor,
    issuedAt: content.issuedAt,
    recordedAt: content.recordedAt,
    correlationId: content.correlationId,
    causationId: content.causationId,
    position: content.position,
    ...(result === null ? { result: null } : asJson('result', result)),
    checksum,
    events: events.map(({ type, schemaVersion, tags, data }) => ({
      type,
      schemaVersion,
      tags,
      ...asJson('data', data),
    })),
  });
}

/** Stored JSON is shown as JSON where that gives back the very same text, else as that text. */
function asJson(name: 'result' | 'data', text: string): object {
  try {
    const value = JSON.parse(text) as unknown;
    if (value !== null && JSON.stringify(value) === text) return { [name]: value };
  } catch {
    // What is not JSON can still be kept as it is.
  }
  return { [`${name}Text`]: text };
}

/** The command of a line. Throws a FormatError. */
export function parseCommand(value: unknown): ExportedCommand {
  const line = fieldsOf(value, 'a command');
  const { events } = line;
  if (!Array.isArray(events)) throw new FormatError('events must be a list');
  return {
    seq: whole(line, 'seq'),
    id: text(line, 'id'),
    name: text(line, 'name'),
    fingerprint: text(line, 'fingerprint'),
    actor: text(line, 'actor'),
    issuedAt: whole(line, 'issuedAt'),
    recordedAt: whole(line, 'recordedAt'),
    correlationId: text(line, 'correlationId'),
    causationId: line['causationId'] === null ? null : text(line, 'causationId'),
    position: whole(line, 'position'),
    result: line['result'] === null ? null : jsonText(line, 'result'),
    checksum: whole(line, 'checksum'),
    events: events.map((event: unknown) => {
      const fields = fieldsOf(event, 'an event');
      return {
        type: text(fields, 'type'),
        schemaVersion: whole(fields, 'schemaVersion'),
        tags: texts(fields, 'tags'),
        data: jsonText(fields, 'data'),
      };
    }),
  };
}

/** The header of an export. Throws a FormatError. */
export function parseHeader(value: unknown): ExportHeader & LogIdentity {
  const line = fieldsOf(value, 'the header');
  if (line['tidemark'] !== 'log-export') throw new FormatError('expected the header of a log export');
  if (line['formatVersion'] !== EXPORT_VERSION) {
    throw new FormatError(
      `the format version is ${String(line['formatVersion'])}, this program reads ${EXPORT_VERSION}`,
    );
  }
  const logId = text(line, 'logId');
  const numbers = {
    epoch: whole(line, 'epoch'),
    createdAt: whole(line, 'createdAt'),
    after: whole(line, 'after'),
    head: whole(line, 'head'),
  };
  return { tidemark: 'log-export', formatVersion: EXPORT_VERSION, logId, id: logId, ...numbers };
}

/** The footer, where the line is one. Throws a FormatError for a footer that is wrong. */
export function parseFooter(value: unknown): ExportFooter | undefined {
  const line = fieldsOf(value, 'a command or the footer');
  if (line['end'] !== true) return undefined;
  const counts = { commands: whole(line, 'commands'), events: whole(line, 'events') };
  return { end: true, ...counts, sha256: text(line, 'sha256') };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(`expected ${what}, a JSON object`);
  return value as Fields;
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new FormatError(`${name} must be text`);
  return value;
}

function texts(fields: Fields, name: string): readonly string[] {
  const value = fields[name];
  if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === 'string'))
    throw new FormatError(`${name} must be a list of texts`);
  return value;
}

function whole(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new FormatError(`${name} must be a whole number from 0`);
  return value;
}

function jsonText(fields: Fields, name: 'result' | 'data'): string {
  const value = fields[name];
  return value === undefined ? text(fields, `${name}Text`) : JSON.stringify(value);
}
