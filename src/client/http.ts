import { isTransient, type Reply } from './retry.js';
import { codesOf, isRecord } from './told.js';
import type { WireAnswer } from './types.js';

/** The part of `fetch` that is needed. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A GraphQL request over HTTP. */
export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Posts a request once; rejects where no answer came. An answer that is no GraphQL becomes an error in one. */
export async function post(send: Fetch, { url, headers, body, signal }: HttpRequest): Promise<Reply> {
  const response = await send(url, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      ...headers,
    },
    body,
    signal,
  });
  return replyOf(response, await response.text());
}

/** What an answer means, given its text. */
export function replyOf({ status, headers }: Response, text: string): Reply {
  const answer = parse(text) ?? notGraphQL(status);
  return { answer, status, retryAfter: headers.get('retry-after') };
}

/** True where the service wants to know who asks: the token is missing, wrong or too old. */
export function isUnauthenticated(reply: Reply): boolean {
  return !isTransient(reply) && codesOf(reply.answer).includes('UNAUTHENTICATED');
}

function parse(text: string): WireAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // An object with one of these is an answer by the GraphQL specification.
    return isRecord(value) && ('data' in value || 'errors' in value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Without a code, so that the status alone says whether to try again. */
function notGraphQL(status: number): WireAnswer {
  const message = `HTTP ${status} came without a GraphQL answer. Is the URL that of the GraphQL endpoint?`;
  return { errors: [{ message }] };
}
