import { GraphQLError, Kind, type GraphQLFormattedError } from 'graphql';
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
  // What a gateway says whose service takes too long: clients and proxies know that it may be tried again.
  TIMEOUT: 504,
};

/** Told of what went wrong inside, and of the request's correlation id where it has one. */
export type Report = (error: unknown, correlationId?: string) => void;

const STANDARD_CODES = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** The HTTP status that fits a failure. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 400;
}

/** The headers that go with it: when to try again, how to sign in. */
export function headersFor(code: ErrorCode): Record<string, string> {
  if (STATUS[code] === 503) return { 'retry-after': RETRY_AFTER_S };
  return code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {};
}

/** The kernel's failure as GraphQL reports it: message and code, and for HTTP the status that fits. */
export function toGraphQLError(
  error: TidemarkError,
  details: Record<string, unknown> = error.details,
): GraphQLError {
  const status = STATUS[error.code];
  const headers = new HeaderMap(Object.entries(headersFor(error.code)));
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { code: error.code, ...details, ...(status !== undefined && { http: { status, headers } }) },
  });
}

/** A failure from before anything was executed, so that HTTP can say so; without a status it would be 500. */
export function refusedEarly(error: unknown): unknown {
  return error instanceof TidemarkError
    ? toGraphQLError(error, { ...error.details, http: { status: statusOf(error.code) } })
    : error;
}

/** Runs `work`; what it throws as a TidemarkError leaves as a coded GraphQLError. */
export async function coded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TidemarkError ? toGraphQLError(error) : error;
  }
}

/**
 * How errors leave the server: unknown ones are told to `report` and become INTERNAL without a word of why; without
 * introspection there are no suggestions for misspelt names either.
 */
export function createErrorFormat(
  introspection: boolean,
  report: Report,
): (error: GraphQLError, correlationId?: string) => GraphQLFormattedError {
  return (error, correlationId) => {
    const left = formatError(error, (original) => {
      report(original, correlationId);
    });
    return introspection ? left : withoutSuggestions(left);
  };
}

function formatError(error: GraphQLError, report: (error: unknown) => void): GraphQLFormattedError {
  const formatted = error.toJSON();
  const original = originalOf(error);
  if (original instanceof TidemarkError) return publicError(formatted, original);
  const code = formatted.extensions?.['code'];
  if (typeof code === 'string' && STANDARD_CODES.has(code)) return strip(formatted, { code });
  if (code === undefined && isOfRequest(error)) {
    return strip(formatted, { code: 'BAD_USER_INPUT' });
  }
  report(original);
  return strip(
    { ...formatted, message: 'Something went wrong on our side. It has been logged.' },
    { code: 'INTERNAL' },
  );
}

/** Wrong variables come wrapped, but point to where they are declared; Apollo has given them a code already. */
function isOfRequest({ originalError, nodes }: GraphQLError): boolean {
  return originalError === undefined || nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION;
}

/** What was thrown, inside all that it was wrapped in: execution wraps once more to add the path. */
function originalOf(error: unknown): unknown {
  let original = error;
  while (original instanceof GraphQLError && original.originalError !== undefined)
    original = original.originalError;
  return original;
}

function publicError(formatted: GraphQLFormattedError, error: TidemarkError): GraphQLFormattedError {
  const { http: _, ...extensions } = formatted.extensions ?? {};
  return strip(
    { ...formatted, message: error.message },
    { ...error.details, ...extensions, code: error.code },
  );
}

function withoutSuggestions(formatted: GraphQLFormattedError): GraphQLFormattedError {
  return { ...formatted, message: formatted.message.replace(/ ?Did you mean.*/, '') };
}

function strip(
  { message, locations, path }: GraphQLFormattedError,
  extensions: Record<string, unknown>,
): GraphQLFormattedError {
  return { message, ...(locations && { locations }), ...(path && { path }), extensions };
}
