import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { attemptOnce, RequestFailed, type Attempt, type WireRequest } from './attempt.js';

/** Where the service is, who asks, and how patient the client is. */
export interface ClientOptions {
  /** The service's address, such as http://127.0.0.1:4000; `/graphql` is added when it is missing. */
  url: string;
  /** Sent as `Authorization: Bearer`. */
  token?: string | undefined;
  /** Ends a pause between two attempts; an attempt under way is left to finish. */
  signal?: AbortSignal | undefined;
  /** The first pause between attempts; it doubles each time, up to five seconds. 100 ms unless given. */
  backoffMs?: number | undefined;
  /** Called before each further attempt. */
  onRetry?: ((failure: RequestFailed) => void) | undefined;
}

/** A GraphQL operation and the shape of its answer. */
export interface GraphqlRequest<Data> {
  /** Names the request in messages: `payOrder of NW-10248`. */
  label: string;
  document: string;
  variables: Record<string, unknown>;
  data: z.ZodType<Data>;
  /** False for the first contact: a service that was never there is reported at once. */
  retryUnreachable?: boolean;
}

/**
 * Sends one operation and gives its parsed data. Dropped connections, HTTP 503 and the codes that invite another try
 * are retried with the same bytes, so with the same command id; all else, and the last failure, is a RequestFailed.
 */
export type Client = <Data>(request: GraphqlRequest<Data>) => Promise<{ data: Data; extensions: unknown }>;

/** How many attempts a request gets, the first one included. */
export const ATTEMPTS_MAX = 8;
const ATTEMPT_TIMEOUT_MS = 30_000;
const BACKOFF_MS = 100;
const BACKOFF_MAX_MS = 5_000;
const RETRY_AFTER_MAX_MS = 30_000;

/** Makes a client of one service. Throws a TypeError when `url` is not an http or https address. */
export function createClient(options: ClientOptions): Client {
  const endpoint = endpointOf(options.url);
  const headers = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
  };
  return async ({ label, document, variables, data, retryUnreachable = true }) => {
    const body = JSON.stringify({ query: document, variables });
    const wire = { endpoint, headers, body, label, timeoutMs: ATTEMPT_TIMEOUT_MS };
    const answer = await attemptUntilAnswered(wire, options, retryUnreachable);
    const parsed = data.safeParse(answer.data);
    if (!parsed.success) {
      throw new RequestFailed('answered', `${label}: unexpected answer, ${parsed.error.message}`);
    }
    return { data: parsed.data, extensions: answer.extensions };
  };
}

async function attemptUntilAnswered(wire: WireRequest, options: ClientOptions, retryUnreachable: boolean) {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptOnce(wire);
    if ('answer' in outcome) return outcome.answer;
    const { failure } = outcome;
    const hopeless = !outcome.retryable || (failure.kind === 'unreachable' && !retryUnreachable);
    if (hopeless || attempt === ATTEMPTS_MAX) throw failure;
    options.onRetry?.(failure);
    await pause(pauseMsOf(outcome, attempt, options.backoffMs ?? BACKOFF_MS), options.signal);
  }
}

/** Half of the pause is random, so that many orders that failed together do not come back together. */
function pauseMsOf(
  outcome: Extract<Attempt, { failure: unknown }>,
  attempt: number,
  backoffMs: number,
): number {
  if (outcome.retryAfterMs !== undefined) return Math.min(outcome.retryAfterMs, RETRY_AFTER_MAX_MS);
  const pauseMs = Math.min(backoffMs * 2 ** (attempt - 1), BACKOFF_MAX_MS);
  return pauseMs * (0.5 + Math.random() / 2);
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch {
    throw new RequestFailed('stopped', 'Stopped between two attempts.');
  }
}

function endpointOf(url: string): string {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new TypeError(`expected TIDEMARK_URL to be an http or https address, got ${JSON.stringify(url)}`);
  }
  return `${url.replace(/\/(graphql\/?)?$/, '')}/graphql`;
}
