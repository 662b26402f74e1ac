import type { CombinedError, OperationContext } from '@urql/core';
import { ServiceError } from 'tidemark/client';

/** What is wrong with one field of an input. */
export interface Problem {
  readonly field: readonly string[];
  readonly message: string;
}

/** What went wrong, in a form that can be shown. */
export interface Failure {
  /** The service's code; `NETWORK` where no answer came. */
  readonly code: string;
  readonly message: string;
  readonly problems: readonly Problem[];
  /** Where the service's log has more about it. */
  readonly correlationId: string | null;
}

const WORDS: Readonly<Record<string, string>> = {
  NETWORK: 'The service could not be reached. Check the connection, then try again.',
  OVERLOADED: 'The service is busy. Nothing was written; try again in a moment.',
  UNAVAILABLE: 'The service cannot do this just now. Nothing was written; try again in a moment.',
  OUTCOME_UNKNOWN: 'It is not known whether this was done. Try again: it will not be done twice.',
  TIMEOUT: 'The service took too long. Try again: nothing is done twice.',
  CONFLICT: 'This was changed by somebody else since you opened it.',
  FORBIDDEN: 'You are not allowed to do this.',
};

/** What an error says; `context` is the operation's. */
export function failureOf(error: CombinedError, context?: OperationContext): Failure {
  const [first] = error.graphQLErrors;
  return described(first?.extensions, first?.message ?? error.message, correlationIdOf(context));
}

/** What an error of the client's hooks says. */
export function failureFrom(error: Error): Failure {
  const first = error instanceof ServiceError ? error.errors[0] : undefined;
  return described(first && (first.extensions ?? {}), first?.message ?? error.message, null);
}

/** Without extensions no answer came. */
function described(
  extensions: Readonly<Record<string, unknown>> | undefined,
  said: string,
  correlationId: string | null,
): Failure {
  const code = extensions === undefined ? 'NETWORK' : codeOf(extensions);
  return {
    code,
    message: code === 'FORBIDDEN' ? `${WORDS['FORBIDDEN'] ?? ''} ${said}` : (WORDS[code] ?? said),
    problems: problemsOf(extensions?.['problems']),
    correlationId: code === 'INTERNAL' ? correlationId : null,
  };
}

function codeOf(extensions: Readonly<Record<string, unknown>>): string {
  return typeof extensions['code'] === 'string' ? extensions['code'] : 'INTERNAL';
}

function correlationIdOf(context: OperationContext | undefined): string | null {
  // urql lets any value be in a context.
  const id: unknown = context?.['correlationId'];
  return typeof id === 'string' ? id : null;
}

function problemsOf(value: unknown): readonly Problem[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isProblem).map(({ field, message }) => ({ field: field.map(String), message }));
}

function isProblem(value: unknown): value is { field: readonly unknown[]; message: string } {
  if (typeof value !== 'object' || value === null || !('field' in value) || !('message' in value))
    return false;
  return Array.isArray(value.field) && typeof value.message === 'string';
}
