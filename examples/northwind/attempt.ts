import { z } from 'zod';

/** One GraphQL request as bytes, so that a second attempt sends exactly what the first one sent. */
export interface WireRequest {
  endpoint: string;
  headers: Record<string, string>;
  body: string;
  /** Names the request in messages: `payOrder of NW-10248`. */
  label: string;
  timeoutMs: number;
}

/** The `data` and `extensions` of an answer without errors. */
export interface WireAnswer {
  data: unknown;
  extensions: unknown;
}

/** What became of one attempt; `retryAfterMs` is the service's own wish (Retry-After). */
export type Attempt =
  { answer: WireAnswer } | { failure: RequestFailed; retryable: boolean; retryAfterMs?: number | undefined };

/**
 * A request without an answer that can be used: `unreachable` (nothing came back), `answered` (an error came back,
 * with its `code` where it has one) or `stopped` (the caller's signal ended it between two attempts).
 */
export class RequestFailed extends Error {
  constructor(
    readonly kind: 'unreachable' | 'answered' | 'stopped',
    message: string,
    readonly code?: string,
  ) {
    super(message);
    this.name = 'RequestFailed';
  }
}

const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const RETRYABLE_CODES: ReadonlySet<string> = new Set([
  'OVERLOADED',
  'UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'CONFLICT',
  'TIMEOUT',
  'STALE_READ',
]);

const graphqlResponse = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).optional() }),
    )
    .min(1)
    .optional(),
  extensions: z.unknown().optional(),
});
type GraphqlResponse = z.infer<typeof graphqlResponse>;

/** Sends the request once and says whether another attempt makes sense. Never throws for what the service does. */
export async function attemptOnce(request: WireRequest): Promise<Attempt> {
  try {
    const response = await fetch(request.endpoint, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    return judge(request, response, await response.text());
  } catch (error) {
    return { failure: unreachable(request.endpoint, error), retryable: true };
  }
}

function judge(request: WireRequest, response: Response, text: string): Attempt {
  const parsed = parseResponse(text);
  if (parsed?.errors) return failed(request, response, parsed.errors);
  if (response.ok && parsed?.data) {
    return { answer: { data: parsed.data, extensions: parsed.extensions } };
  }
  const message = `${request.label}: ${request.endpoint} answered HTTP ${response.status}, not GraphQL`;
  return retry(new RequestFailed('answered', message), response);
}

function failed(
  request: WireRequest,
  response: Response,
  errors: NonNullable<GraphqlResponse['errors']>,
): Attempt {
  const reasons = errors.map(({ message, extensions }) => `${extensions?.code ?? 'no code'}: ${message}`);
  const code = errors[0]?.extensions?.code;
  return retry(new RequestFailed('answered', `${request.label}: ${reasons.join('; ')}`, code), response);
}

function retry(failure: RequestFailed, response: Response): Attempt {
  const retryable = RETRYABLE_STATUSES.has(response.status) || RETRYABLE_CODES.has(failure.code ?? '');
  return { failure, retryable, retryAfterMs: retryAfterOf(response.headers.get('retry-after')) };
}

function parseResponse(text: string): GraphqlResponse | undefined {
  try {
    return graphqlResponse.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Retry-After is a number of seconds or an HTTP date; anything else counts as absent. */
function retryAfterOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function unreachable(endpoint: string, error: unknown): RequestFailed {
  return new RequestFailed(
    'unreachable',
    `No Tidemark service answers at ${endpoint} (${reasonOf(error)}).\n` +
      'Start one with `npm start`, or set TIDEMARK_URL to the address of one that runs.',
  );
}

/** fetch hides the reason in `cause`, and an attempt on several addresses leaves only a code there. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reasonOf(error.cause);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
