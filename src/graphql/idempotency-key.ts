import { hash } from 'node:crypto';
import { TidemarkError, isUuid } from '../kernel/index.js';

/** The request header that gives the commands of an operation their ids. */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';

/** The id of an operation's next command that brings none of its own; undefined where the request gives none either. */
export type NextCommandId = () => string | undefined;

/**
 * Command ids from a request's `Idempotency-Key`, which is a UUID, in quotes or not: the first command gets the key
 * itself, each further one an id made of the key and its place, so that the same request again sends the same commands.
 * Throws BAD_USER_INPUT for any other key.
 */
export function commandIdsFrom(header: string | string[] | undefined): NextCommandId {
  if (header === undefined || header === '') return () => undefined;
  const key = /^"?([^"]*)"?$/.exec(String(header).trim())?.[1]?.toLowerCase() ?? '';
  if (!isUuid(key)) {
    throw new TidemarkError(
      'BAD_USER_INPUT',
      'An Idempotency-Key must be a UUID, such as 01890a5d-ac96-774b-bcce-b302099a8057; version 7 is best.',
    );
  }
  let given = 0;
  return () => {
    given += 1;
    return given === 1 ? key : derivedId(key, given);
  };
}

/** A UUID of version 8 (RFC 9562) that begins with the key's time, as indexes like it. */
function derivedId(key: string, place: number): string {
  const digest = hash('sha256', `${key}:${place}`, 'hex');
  return `${key.slice(0, 14)}8${digest.slice(0, 3)}-8${digest.slice(3, 6)}-${digest.slice(6, 18)}`;
}
