import type { Client as SocketClient, FormattedExecutionResult, Sink, SubscribePayload } from 'graphql-ws';
import { canResume } from './document.js';
import { isPosition, latestOf, logOf } from './position.js';
import { RETRY, waitBefore } from './retry.js';
import type { Session } from './session.js';
import { codesOf, failuresOf, frameOf } from './told.js';
import type { Position, WireAnswer } from './types.js';

/** The part of a graphql-ws client that subscribes. */
export type Subscriber = Pick<SocketClient, 'subscribe'>;

/** STALE_READ: the views are further behind than the service waits for, as when they are paused or held back. */
const TRANSIENT: readonly string[] = ['OVERLOADED', 'UNAVAILABLE', 'TIMEOUT', 'STALE_READ'];

/**
 * A graphql-ws client whose subscriptions see what the session has seen, and whose frames the session sees. After a
 * reconnect, a document with a variable `$after: Position` goes on after its last frame.
 */
export function threadSocket<Socket extends Subscriber>(session: Session, socket: Socket): Socket {
  const subscribe: SocketClient['subscribe'] = (payload, sink) =>
    // The sink takes what its caller says that the document gives.
    subscribeThreaded(session, socket, payload, sink);
  return { ...socket, subscribe };
}

function subscribeThreaded(
  session: Session,
  socket: Subscriber,
  payload: SubscribePayload,
  sink: Sink<FormattedExecutionResult<never, never>>,
): () => void {
  const thread = createThread(session, payload);
  let stopped = false;
  let attempt = 0;
  let stop: () => void = () => undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  function start(): void {
    stop = socket.subscribe<never, never>(thread.payload, {
      next: (frame) => {
        attempt = 0;
        thread.note(frame);
        sink.next(frame);
      },
      error: (error) => {
        const wait = stopped ? undefined : again(error);
        if (wait === undefined) sink.error(error);
        else waiting = setTimeout(start, wait);
      },
      complete: () => {
        sink.complete();
      },
    });
  }

  /** How long to wait before the next attempt; undefined where there is none. */
  function again(error: unknown): number | undefined {
    // graphql-ws gives a list for errors of the service, and something else for all others.
    const codes = codesOf({ errors: failuresOf(error) ?? [] });
    if (codes.includes('UNKNOWN_POSITION')) return thread.leaveOut() ? 0 : undefined;
    // A view is opened to stay: what passes does not end it, however long it takes.
    if (!codes.some((code) => TRANSIENT.includes(code))) return undefined;
    attempt += 1;
    return waitBefore(attempt, RETRY);
  }

  start();
  return () => {
    stopped = true;
    if (waiting !== undefined) clearTimeout(waiting);
    stop();
  };
}

interface Thread {
  /** The payload as it should be sent now. */
  readonly payload: SubscribePayload;
  note(frame: WireAnswer): void;
  /** The service does not know what was sent; false where it has said so twice, or no position of ours was sent. */
  leaveOut(): boolean;
}

function createThread({ memory, note }: Session, given: SubscribePayload): Thread {
  const resumes = canResume(given.query);
  const asked = resumes ? given.variables?.['after'] : undefined;
  let last = isPosition(asked) ? asked : undefined;
  /** What the service did not know when it was sent. */
  let unknown: Position | undefined;

  const readAfter = (): Position | undefined => {
    const position = memory.position();
    return position !== undefined && unknown !== undefined && logOf(position) === logOf(unknown)
      ? undefined
      : position;
  };

  return {
    // Getters: graphql-ws writes the payload as text at each connect, and has to find what holds at that time.
    payload: {
      ...given,
      get variables() {
        return resumes ? { ...given.variables, after: last ?? null } : given.variables;
      },
      get extensions() {
        const position = readAfter();
        return position === undefined ? given.extensions : { ...given.extensions, readAfter: position };
      },
    },
    note: (frame) => {
      // Now it is certain that it was that; it may as well have been one among the variables.
      if (unknown !== undefined) memory.forget(unknown);
      unknown = undefined;
      note(frame.extensions);
      const { position } = frameOf(frame);
      if (position === undefined) return;
      memory.note(position);
      last = latestOf(last, position);
    },
    leaveOut: () => {
      const position = readAfter();
      const hadAfter = last !== undefined;
      if (unknown !== undefined || (position === undefined && !hadAfter)) return false;
      // Where the memory has heard of another log since, that is not what the service does not know.
      const stray = last !== undefined && position !== undefined && logOf(last) !== logOf(position);
      unknown = stray ? last : (position ?? last);
      last = undefined;
      return true;
    },
  };
}
