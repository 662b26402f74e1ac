import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';

/** What may wait for a slow reader for longer than SLOW_MAX_MS, in bytes. */
export const BUFFERED_BYTES_MAX = 1_048_576;
/** What may never wait for a reader, however short: several of the largest frames, in bytes. */
export const BUFFERED_BYTES_NEVER = 16 * BUFFERED_BYTES_MAX;
/** How long a reader may be behind by more than BUFFERED_BYTES_MAX, in ms. */
export const SLOW_MAX_MS = 1_000;
/** The most messages of one socket in any second, pings included. */
export const MESSAGES_PER_SECOND_MAX = 500;

/** Whether a reader is too slow: looks at what waits for it now, and since when that has been too much. */
export function slownessOf(buffered: () => number, now: () => number = () => performance.now()) {
  let since: number | undefined;
  return (): boolean => {
    const bytes = buffered();
    if (bytes <= BUFFERED_BYTES_MAX) {
      since = undefined;
      return false;
    }
    since ??= now();
    return bytes > BUFFERED_BYTES_NEVER || now() - since > SLOW_MAX_MS;
  };
}

/**
 * Holds a socket to its limits whenever it sends a message: too many close it with 4429. The returned check is for
 * frames to come: a reader that is too slow is cut off, because a close frame would only wait behind all the others.
 */
export function limitSocket(client: WebSocket): () => void {
  const isSlow = slownessOf(() => client.bufferedAmount);
  const check = (): void => {
    if (isSlow()) client.terminate();
  };
  let second = 0;
  let messages = 0;
  const count = (): void => {
    check();
    const now = Math.floor(performance.now() / 1_000);
    messages = now === second ? messages + 1 : 1;
    second = now;
    if (messages > MESSAGES_PER_SECOND_MAX) {
      client.close(CloseCode.TooManyInitialisationRequests, 'Too many messages');
    }
  };
  client.on('message', count);
  client.on('ping', count);
  return check;
}
