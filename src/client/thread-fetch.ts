import { replyOf, type Fetch } from './http.js';
import type { Sending, Session } from './session.js';

/** A `fetch` for one operation: it carries what the session has seen, is tried again, and tells the session. */
export function threadFetch(session: Session, sending: Omit<Sending, 'signal'>, send: Fetch): Fetch {
  return async (url, init) => {
    const signal = init.signal ?? undefined;
    const { response } = await session.run({ ...sending, signal }, async (attempt) => {
      const headers = new Headers(init.headers);
      for (const [name, value] of Object.entries(attempt.headers)) headers.set(name, value);
      const own = await send(url, { ...init, headers, signal: attempt.signal });
      return { ...replyOf(own, await own.clone().text()), response: own };
    });
    return response;
  };
}
