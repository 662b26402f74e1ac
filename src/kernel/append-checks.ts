import { TidemarkError } from './errors.js';
import { isUuid } from './ids.js';
import {
  BOUNDARY_TERMS_MAX,
  EVENTS_PER_COMMAND_MAX,
  EVENT_BYTES_MAX,
  TAGS_PER_EVENT_MAX,
  TAG_LENGTH_MAX,
  type Append,
  type Boundary,
  type NewEvent,
} from './log.js';

function refuseUnless(holds: boolean, message: () => string): void {
  if (!holds) throw new TidemarkError('BAD_USER_INPUT', message());
}

/**
 * Refuses what no log can store exactly, before anything is written; returns each event's data as JSON text.
 * Every engine calls it first, so that all refuse the same things with the same words.
 */
export function checkAppend(append: Append): readonly string[] {
  const { command, events, condition } = append;
  refuseUnless(isUuid(command.id), () => `A command id must be a UUID, got ${JSON.stringify(command.id)}.`);
  refuseUnless(command.id === command.id.toLowerCase(), () => 'A command id is written in lower case.');
  for (const field of ['name', 'actor', 'correlationId', 'causationId'] as const) {
    refuseUnless(
      (command[field] ?? '').isWellFormed(),
      () => `The command's ${field} has a lone surrogate, which cannot be stored exactly.`,
    );
  }
  refuseUnless(/^[0-9a-f]{32}$/.test(command.fingerprint), () => 'A fingerprint must be 32 hex digits.');
  refuseUnless(
    events.length <= EVENTS_PER_COMMAND_MAX,
    () => `A command may write ${EVENTS_PER_COMMAND_MAX} events at most, this one has ${events.length}.`,
  );
  if (condition !== undefined) checkBoundary(condition.boundary);
  return events.map(checkEvent);
}

/** Refuses a boundary that no engine can look up by index: every criterion needs a tag. */
export function checkBoundary(boundary: Boundary): void {
  refuseUnless(
    boundary.length > 0 && boundary.length <= BOUNDARY_TERMS_MAX,
    () => `A boundary has 1 to ${BOUNDARY_TERMS_MAX} criteria, this one has ${boundary.length}.`,
  );
  for (const { tags, types } of boundary) {
    refuseUnless(
      tags.length > 0 && tags.length <= BOUNDARY_TERMS_MAX && (types?.length ?? 0) <= BOUNDARY_TERMS_MAX,
      () => `A criterion has 1 to ${BOUNDARY_TERMS_MAX} tags and at most ${BOUNDARY_TERMS_MAX} types.`,
    );
    refuseUnless(
      types === undefined || types.length > 0,
      () => 'A criterion with an empty list of types matches nothing.',
    );
    tags.forEach(checkTag);
  }
}

function checkTag(tag: string): void {
  refuseUnless(
    tag.length > 0 && tag.length <= TAG_LENGTH_MAX && tag.isWellFormed(),
    () => `A tag is well-formed text of 1 to ${TAG_LENGTH_MAX} characters.`,
  );
}

function checkEvent(event: NewEvent): string {
  refuseUnless(event.type.length > 0, () => 'An event needs a type.');
  refuseUnless(
    Number.isSafeInteger(event.schemaVersion) && event.schemaVersion > 0,
    () => `The schema version of ${event.type} must be a whole number from 1.`,
  );
  refuseUnless(
    event.tags.length > 0 && event.tags.length <= TAGS_PER_EVENT_MAX,
    () => `${event.type} must have 1 to ${TAGS_PER_EVENT_MAX} tags, it has ${event.tags.length}.`,
  );
  event.tags.forEach(checkTag);
  return exactJson(event);
}

function exactJson({ type, data }: NewEvent): string {
  checkExact(type, data);
  const json = JSON.stringify(data);
  refuseUnless(
    // UTF-8 takes three bytes at most for each of JavaScript's units.
    json.length * 3 <= EVENT_BYTES_MAX || Buffer.byteLength(json) <= EVENT_BYTES_MAX,
    () => `The data of ${type} is over ${EVENT_BYTES_MAX} bytes.`,
  );
  return json;
}

/** Refuses what JSON would change without a word, as NaN to null and a Date to text; the message begins with the path. */
export function checkExact(root: string, value: unknown): void {
  const wrong = findInexact(value);
  refuseUnless(
    wrong === undefined,
    () => `${[root, ...(wrong?.path ?? [])].join('.')} ${wrong?.what}, which JSON cannot store exactly.`,
  );
}

interface Inexact {
  readonly path: readonly (string | number)[];
  readonly what: string;
}

/** Where the first such value is; its path is put together on the way back, as there is hardly ever one. */
function findInexact(value: unknown): Inexact | undefined {
  if (value === null || isSimple(value)) return undefined;
  if (typeof value !== 'object')
    return { path: [], what: `is ${typeof value === 'number' ? value : `a ${typeof value}`}` };
  if (Array.isArray(value)) return findInMembers(value);
  if (!isPlain(value)) return { path: [], what: `is a ${value.constructor.name}` };
  for (const key in value) {
    const wrong = findInexact((value as Record<string, unknown>)[key]);
    if (wrong !== undefined) return { ...wrong, path: [key, ...wrong.path] };
  }
  return undefined;
}

function findInMembers(members: readonly unknown[]): Inexact | undefined {
  // By index, as other ways pass over holes.
  for (let index = 0; index < members.length; index += 1) {
    if (members[index] === undefined) return { path: [], what: 'has an undefined member' };
    const wrong = findInexact(members[index]);
    if (wrong !== undefined) return { ...wrong, path: [index, ...wrong.path] };
  }
  return undefined;
}

/** What JSON keeps, or leaves out where it is undefined. */
function isSimple(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' || typeof value === 'boolean' || value === undefined;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
