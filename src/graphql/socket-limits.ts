import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Limits } from './limits/index.js';

/** So many times what may wait for a slow reader may never wait, however briefly: several of the largest frames. */
export const NEVER_FACTOR = 16;

/** How much a socket may send, and leave unread. */
export type SocketLimits = Pick<Limits, 'bufferedBytes' | 'slowReaderMs' | 'messagesPerSecond'>;

/** Whether a reader is too slow: looks at what waits for it now, and since when that has been too much. */
export function slownessOf(
  buffered: () => number,
  { bufferedBytes, slowReaderMs }: Pick<Limits, 'bufferedBytes' | 'slowReaderMs'>,
  now: () => number = () => performance.now(),
) {
  let since: number | undefined;
  return (): boolean => {
    const bytes = buffered();
    if (bytes <= bufferedBytes) {
      since = undefined;
      return false;
    }
    since ??= now();
    return bytes > NEVER_FACTOR * bufferedBytes || now() - since > slowReaderMs;
  };
}

/**
 * Holds a socket to its limits whenever it sends a message: too many close it with 4429. The returned check is for
 * frames to come: a reader that is too slow is cut off, because a close frame would only wait behind all the others.
 */
export function limitSocket(client: WebSocket, limits: SocketLimits): () => void {
  const isSlow = slownessOf(() => client.bufferedAmount, limits);
  let again: NodeJS.Timeout | undefined;
  const look = (): void => {
    again = undefined;
    if (isSlow()) client.terminate();
    else if (client.bufferedAmount > limits.bufferedBytes) lookAgain();
  };
  // What is written in this turn shows later, and there may be no further frame to look at it.
  const lookAgain = (): void => {
    again ??= setTimeout(look, limits.slowReaderMs + 1);
  };
  const check = (): void => {
    if (isSlow()) client.terminate();
    else lookAgain();
  };
  client.once('close', () => {
    clearTimeout(again);
  });
  let second = 0;
  let messages = 0;
  const count = (): void => {
    check();
    const now = Math.floor(performance.now() / 1_000);
    messages = now === second ? messages + 1 : 1;
    second = now;
    if (messages > limits.messagesPerSecond) {
      client.close(CloseCode.TooManyInitialisationRequests, 'Too many messages');
    }
  };
  client.on('message', count);
  client.on('ping', count);
  return check;
}
