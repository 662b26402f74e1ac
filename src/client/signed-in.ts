import { isUnauthenticated, post, type Fetch } from './http.js';
import type { Reply } from './retry.js';

/** Who asks, and how requests leave. */
export interface SignedIn {
  /** The user's token. Asked for each request and connect; with `refused`, the service has refused what it was told. */
  readonly token?: (refused: boolean) => string | undefined | Promise<string | undefined>;
  /** More headers of each request. */
  readonly headers?: () => Record<string, string> | Promise<Record<string, string>>;
  /** What requests are sent with; the program's own `fetch` when left out. */
  readonly fetch?: Fetch;
}

/** A request that has still to be signed. */
export interface Unsigned {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Posts a request; a token that the service refuses is asked for anew, once. */
export async function postSignedIn(by: SignedIn, request: Unsigned): Promise<Reply> {
  const send: Fetch = by.fetch ?? ((url, init) => fetch(url, init));
  const sendAs = async (refused: boolean): Promise<Reply> =>
    post(send, { ...request, headers: { ...(await signature(by, refused)), ...request.headers } });
  const reply = await sendAs(false);
  return by.token !== undefined && isUnauthenticated(reply) ? sendAs(true) : reply;
}

/** The headers that say who asks. */
export async function signature(
  { token, headers }: SignedIn,
  refused: boolean,
): Promise<Record<string, string>> {
  const value = await token?.(refused);
  return { ...(await headers?.()), ...(value !== undefined && { authorization: `Bearer ${value}` }) };
}
