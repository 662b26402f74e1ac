import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { HeaderMap } from '@apollo/server';
import { TidemarkError, type ErrorCode } from '../kernel/index.js';

/** How long a client should wait before it tries again, in seconds. */
const RETRY_AFTER_S = '1';

const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  OVERLOADED: 503,
  UNAVAILABLE: 503,
  OUTCOME_UNKNOWN: 503,
};

const STANDARD_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** The kernel's failure as GraphQL reports it: message and code, and for HTTP the status that fits. */
export function toGraphQLError(
  error: TidemarkError,
  details: Record<string, unknown> = error.details,
): GraphQLError {
  const status = STATUS[error.code];
  const headers = new HeaderMap();
  if (status === 503) headers.set('retry-after', RETRY_AFTER_S);
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { code: error.code, ...details, ...(status !== undefined && { http: { status, headers } }) },
  });
}

/** Runs `work`; what it throws as a TidemarkError leaves as a coded GraphQLError. */
export async function coded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TidemarkError ? toGraphQLError(error) : error;
  }
}

/** What leaves the server of an error. Unknown ones are told to `report` and become INTERNAL without a word of why. */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  report: (error: unknown) => void,
): GraphQLFormattedError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (original instanceof TidemarkError) return publicError(formatted, original);
  const code = formatted.extensions?.['code'];
  if (typeof code === 'string' && STANDARD_CODES.has(code)) return strip(formatted, { code });
  if (error instanceof GraphQLError && error.originalError === undefined && code === undefined) {
    return strip(formatted, { code: 'BAD_USER_INPUT' });
  }
  report(original);
  return strip(
    { ...formatted, message: 'Something went wrong on our side. It has been logged.' },
    { code: 'INTERNAL' },
  );
}

function publicError(formatted: GraphQLFormattedError, error: TidemarkError): GraphQLFormattedError {
  const { http: _, ...extensions } = formatted.extensions ?? {};
  return strip(
    { ...formatted, message: error.message },
    { ...error.details, ...extensions, code: error.code },
  );
}

function strip(
  { message, locations, path }: GraphQLFormattedError,
  extensions: Record<string, unknown>,
): GraphQLFormattedError {
  return { message, ...(locations && { locations }), ...(path && { path }), extensions };
}
