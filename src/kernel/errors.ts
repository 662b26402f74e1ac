/** What the caller should do about a failure, as one word; it reaches GraphQL as `extensions.code`. */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'IDEMPOTENCY_MISMATCH'
  | 'STALE_READ'
  | 'UNKNOWN_POSITION'
  | 'OVERLOADED'
  | 'UNAVAILABLE'
  | 'OUTCOME_UNKNOWN'
  | 'TIMEOUT'
  | 'INTERNAL';

/**
 * A failure whose message and details are meant for the caller: what was wrong, what was expected, what to do.
 * Anything internal (SQL, paths, stacks) goes into `cause`, which never leaves the server.
 */
export class TidemarkError extends Error {
  override readonly name = 'TidemarkError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  /** With a sentence for the caller. `details` go to clients, too; `cause` never does. */
  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** One thing that is wrong with an input: where (path from the input's root) and what would be right. */
export interface Problem {
  readonly field: readonly string[];
  readonly message: string;
}

/** A BAD_USER_INPUT error that lists every problem found, each with its path. */
export function invalidInput(problems: readonly Problem[]): TidemarkError {
  const summary = problems.map(({ field, message }) =>
    field.length > 0 ? `${field.join('.')}: ${message}` : message,
  );
  return new TidemarkError('BAD_USER_INPUT', summary.join('; '), { details: { problems } });
}

/** A mistake in how the application is put together; thrown while it is composed, before the first request. */
export class CompositionError extends Error {
  override readonly name = 'CompositionError';
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
