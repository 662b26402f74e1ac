import { readServiceFile, serviceFile } from '../settings/index.js';
import { UsageError, dataDirOf, type CliContext, type OptionHelp, type Options } from './verb.js';

/** How long an answer may take, in ms; the service itself gives up earlier. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Where a service answers GraphQL, under its URL. */
const ENDPOINT = '/graphql';

/** The options of the verbs that talk to a running service. */
export const SERVICE_OPTIONS: readonly OptionHelp[] = [
  ['--url <url>', 'Where the service is, in place of TIDEMARK_URL; else as DATA_DIR/service.json says'],
  ['--token <token>', 'An admin’s token, in place of TIDEMARK_TOKEN'],
];

/** The service refused, or cannot be asked; the message is for people. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    /** As in `extensions.code`; `NOT_RUNNING` where nobody listens. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A service that can be asked. */
export interface Service {
  /** Sends a document; resolves with its data. Rejects with a ServiceError where there are errors. */
  ask<Data extends object>(document: string, variables?: object): Promise<Data>;
}

interface Address {
  readonly url: string;
  /** What to say where nobody listens there. */
  readonly absent: string;
}

interface Answer {
  readonly data?: object | null;
  readonly errors?: readonly {
    readonly message?: string;
    readonly extensions?: { readonly code?: string };
  }[];
}

const HOW_TO_START = 'start it, or name it with --url.';
const HOW_TO_SIGN_IN =
  'Give an admin’s token with --token or TIDEMARK_TOKEN; for development, `npm run token -- --role admin --subject you` makes one.';

/** The service that the options, the environment or the data directory name. Throws where there is none. */
export function serviceOf(options: Options, context: CliContext): Service {
  const { url, absent } = addressOf(options, context);
  const token = tokenOf(options, context);
  const endpoint = endpointOf(url);
  return {
    ask: async <Data extends object>(document: string, variables: object = {}) => {
      const { status, text } = await post(endpoint, absent, token, { query: document, variables });
      // The document was checked by the service: what it answers with is what was selected.
      return dataOf(endpoint, status, text) as Data;
    },
  };
}

function addressOf(options: Options, context: CliContext): Address {
  const option = options.text('url');
  const url = option ?? nonEmpty(context.environment['TIDEMARK_URL']);
  if (url !== undefined) {
    const by = option === undefined ? 'TIDEMARK_URL' : '--url';
    if (!URL.canParse(url) || !/^https?:/.test(url))
      throw new UsageError(`${by} expects a URL with http or https, got ${url}.`);
    return {
      url,
      absent: `The service is not running at ${url}, which ${by} names: start it, or name another.`,
    };
  }
  const dataDir = dataDirOf(options, context);
  const file = serviceFile(dataDir);
  const running = readServiceFile(dataDir);
  if (running === undefined)
    throw new ServiceError('NOT_RUNNING', `The service is not running (it has no ${file}): ${HOW_TO_START}`);
  const absent = `The service is not running (${file} names ${running.url}, where nobody listens): ${HOW_TO_START}`;
  return { url: running.url, absent };
}

function endpointOf(url: string): string {
  const endpoint = new URL(url);
  const path = endpoint.pathname.replace(/\/+$/, '');
  endpoint.pathname = path.endsWith(ENDPOINT) ? path : path + ENDPOINT;
  return endpoint.href;
}

function tokenOf(options: Options, { environment }: CliContext): string | undefined {
  const token = options.text('token') ?? nonEmpty(environment['TIDEMARK_TOKEN']);
  if (token === undefined || /^[\w.~+/=-]+$/.test(token)) return token;
  // Not shown: it may be the secret itself with a stray character.
  throw new UsageError('The token (--token, TIDEMARK_TOKEN) has characters that no token has.');
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

async function post(
  endpoint: string,
  absent: string,
  token: string | undefined,
  body: object,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      // The token is for the service that was named, and for no other.
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw unreachable(endpoint, absent, error);
  }
}

function unreachable(endpoint: string, absent: string, error: unknown): ServiceError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ECONNREFUSED') return new ServiceError('NOT_RUNNING', absent, { cause: error });
  const why =
    error instanceof Error && error.name === 'TimeoutError'
      ? `no answer came within ${ANSWER_TIMEOUT_MS / 1_000} s`
      : cause instanceof Error && cause.message !== ''
        ? cause.message
        : code;
  return new ServiceError(
    'UNAVAILABLE',
    `${endpoint} cannot be asked (${why}). What was asked for may have been done: look before you ask again.`,
    { cause: error },
  );
}

function dataOf(endpoint: string, status: number, text: string): object {
  const { data, errors = [] } = parse(text) ?? {};
  const [error] = errors;
  if (error !== undefined) throw refusal(error.extensions?.code ?? 'INTERNAL', error.message ?? '');
  if (data != null) return data;
  throw new ServiceError(
    'UNAVAILABLE',
    `What answers at ${endpoint} is not Tidemark’s GraphQL API (HTTP ${status}).`,
  );
}

function parse(text: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  }
}

function refusal(code: string, message: string): ServiceError {
  if (code === 'UNAUTHENTICATED') return new ServiceError(code, `${message} ${HOW_TO_SIGN_IN}`);
  if (code === 'GRAPHQL_VALIDATION_FAILED')
    return new ServiceError(code, `The service is of another version than this command line: ${message}`);
  return new ServiceError(code, message);
}
