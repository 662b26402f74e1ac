import { TidemarkError } from '../../kernel/index.js';
import { LogServerError } from './server-error.js';
import type { Target } from './target.js';

/** SQLSTATE of our own: the database is another log than the one that this node was opened with. */
export const OTHER_LOG = 'TM001';
/** The server takes no writes: it is a standby, or has become one. */
export const READ_ONLY = '25006';

/** The SQLSTATE of a server's error or the system's code of a broken connection, or of what caused it; empty where there is none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause);
}

/**
 * Whether the server has said that it undid the statement. It has not where the connection broke, nor where the server
 * ended it (57P…) or failed itself (58, XX): then the statement may be committed all the same.
 */
export function isUndone(error: unknown): boolean {
  return /^(?!08|57P|58|XX)[0-9A-Z]{5}$/.test(codeOf(error)) && !isSystemCode(codeOf(error));
}

// Such as EPIPE, which has five characters, too.
function isSystemCode(code: string): boolean {
  return /^E[A-Z]{4}$/.test(code);
}

/** Whether the connection is of no use any more after this error. */
export function endsConnection(error: unknown): boolean {
  return !isUndone(error) || [READ_ONLY, OTHER_LOG].includes(codeOf(error));
}

/** Nothing was written, or nothing was read. */
export function unavailable(message: string, cause: unknown): TidemarkError {
  return new TidemarkError('UNAVAILABLE', message, { cause });
}

/** The connection broke between sending and the answer. */
export function outcomeUnknown(cause: unknown): TidemarkError {
  return new TidemarkError(
    'OUTCOME_UNKNOWN',
    'The connection to the log broke before it answered, so the command may or may not be stored. ' +
      'Send it again with the same command id.',
    { cause },
  );
}

/** What an error means for an operator of a running node, in a sentence without internals. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === OTHER_LOG)
    return 'The database has become another log, was restored, or has lost its end. This node builds its views anew.';
  if (code === '53100')
    return 'The disk of the database server is full. Make room. It goes on by itself then.';
  if (code === READ_ONLY) return 'The database server takes no writes. It goes on by itself when one does.';
  if (code.startsWith('28')) return 'The database server refuses the user or the password of EVENT_LOG_URL.';
  if (isUndone(error)) return 'The database server refused to write. The log of the service says why.';
  return 'The database server does not answer. It goes on by itself when it does.';
}

/** The same at the start, with what to do. */
export function startError(error: unknown, target: Target): LogServerError {
  if (error instanceof LogServerError) return error;
  const where = `The log's database ${target.name}`;
  return new LogServerError(`${where} cannot be used. ${startReason(error)}`, { cause: error });
}

const START_REASONS: Readonly<Record<string, string>> = {
  '28P01': 'The server refuses the user or the password. Correct them in EVENT_LOG_URL.',
  '28000':
    'The server does not let this user in from here. Correct EVENT_LOG_URL, or what pg_hba.conf allows.',
  '3D000': 'There is no database of this name. Create it, or correct EVENT_LOG_URL.',
  '42501':
    'The user lacks a right there. The first start needs CREATE on the database, later ones the schema tidemark.',
  '53300': 'The server has no connection left. A node takes four: raise max_connections.',
  '57P03': 'The server is starting or stopping. Try again in a moment.',
  [READ_ONLY]:
    'The server takes no writes: it is a standby. Name the primary in EVENT_LOG_URL, or all hosts.',
  ENOTFOUND: 'There is no host of this name. Correct EVENT_LOG_URL.',
  EAI_AGAIN: 'The host name cannot be looked up now. Try again, or correct EVENT_LOG_URL.',
  ECONNREFUSED: 'No server listens there. Start PostgreSQL, or correct EVENT_LOG_URL.',
};

function startReason(error: unknown): string {
  const known = START_REASONS[codeOf(error)];
  if (known !== undefined) return known;
  const message = error instanceof Error ? error.message : '';
  if (message.includes('password must be a string'))
    return 'The server wants a password. Put it into EVENT_LOG_URL.';
  if (message.includes('does not support SSL'))
    return 'The server does not speak TLS, which EVENT_LOG_URL asks for. Take sslmode out, or turn it on there.';
  const code = codeOf(error);
  if (isUndone(error)) return `The server answered with the error ${code}. Look it up in its log.`;
  return `No server answered${code === '' ? '' : ` (${code})`}. See that PostgreSQL runs and can be reached from here.`;
}
