import { newCommandId } from './command-id.js';
import { TransportError } from './errors.js';
import { createMemory, type Memory } from './memory.js';
import { logOf } from './position.js';
import {
  RETRY,
  asError,
  isTransient,
  pause,
  waitBefore,
  within,
  type Reply,
  type RetryOptions,
} from './retry.js';
import { createStore, type Store } from './store.js';
import { codesOf, toldBy } from './told.js';
import type { Consistency, OperationKind, Position, Readable, Told } from './types.js';

/** The request header that makes reads wait for a position. */
export const READ_AFTER_HEADER = 'tidemark-read-after';
/** The request header that gives the commands of a mutation their ids. */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';

/** What the socket for live views is doing. */
export type Connection = 'idle' | 'connecting' | 'open' | 'retrying';

/** An operation, as far as a session has to know it. */
export interface Sending {
  readonly kind: OperationKind;
  /** A mutation's id; a new one when left out. */
  readonly commandId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One attempt to send an operation: what it must carry, and when to give it up. */
export interface Attempt {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What all operations of one user in one place have in common: what they have seen, and how they are tried again. */
export interface Session {
  readonly memory: Memory;
  /** How fresh the last answer that read a view was. */
  readonly consistency: Readable<Consistency | undefined>;
  /** The latest position that a command of this session wrote. */
  readonly written: Readable<Position | undefined>;
  /** The socket of live views. */
  readonly connection: Store<Connection>;
  /** Takes an answer's extensions into account; returns what they say. */
  readonly note: (extensions: unknown) => Told;
  /**
   * Sends an operation until there is an answer to keep: again when it was not served, without the remembered
   * position when the service does not know that. Rejects with a TransportError when no answer comes, and with the
   * signal's reason. An attempt that throws is one that got no answer.
   */
  run<Answer extends Reply>(operation: Sending, send: (attempt: Attempt) => Promise<Answer>): Promise<Answer>;
}

/** What a session is made of. */
export interface SessionOptions {
  /** A memory of its own, not kept, when left out. */
  readonly memory?: Memory;
  /** How often, and how long, it tries again. */
  readonly retry?: Partial<RetryOptions>;
}

/** A session; give one to all clients, exchanges and links of one user at one service. */
export function createSession(options: SessionOptions = {}): Session {
  const memory = options.memory ?? createMemory({ storage: null, share: false });
  const retry: RetryOptions = { ...RETRY, ...options.retry };
  const consistency = createStore<Consistency | undefined>(undefined);
  const written = createStore<Position | undefined>(undefined);

  function note(extensions: unknown): Told {
    const told = toldBy(extensions);
    if (told.position !== undefined) memory.note(told.position);
    if (told.consistency !== undefined) consistency.set(told.consistency);
    if (told.written !== undefined) written.set(told.written);
    return told;
  }

  return {
    memory,
    consistency,
    written,
    connection: createStore<Connection>('idle'),
    note,
    run: (operation, send) => run({ memory, retry, note }, operation, send),
  };
}

interface Means {
  readonly memory: Memory;
  readonly retry: RetryOptions;
  readonly note: (extensions: unknown) => Told;
}

async function run<Answer extends Reply>(
  { memory, retry, note }: Means,
  { kind, commandId, signal }: Sending,
  send: (attempt: Attempt) => Promise<Answer>,
): Promise<Answer> {
  // One id for all attempts: whichever reached the service first is the one that counts.
  const id = kind === 'mutation' ? (commandId ?? newCommandId()) : undefined;
  let unknown: Position | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const after = memory.position();
    // What the service did not know is left out; what was heard of another log since is not.
    const sent = after !== undefined && logOf(after) === (unknown && logOf(unknown)) ? undefined : after;
    let retryAfter: string | null | undefined;
    try {
      const attempted = { headers: headersOf(sent, id) };
      const reply = await within(retry.attemptMs, signal, (own) => send({ ...attempted, signal: own }));
      if (sent !== undefined && unknown === undefined && isUnknownPosition(reply)) {
        unknown = sent;
        // The service is fine, so this was no attempt.
        attempt -= 1;
        continue;
      }
      const transient = isTransient(reply);
      // Now it is certain: without the remembered position it is served. It may have been one among the variables.
      if (unknown !== undefined && !transient && !isUnknownPosition(reply)) memory.forget(unknown);
      if (unknown === undefined || !transient) note(reply.answer.extensions);
      if (!transient || attempt >= retry.attemptsMax) return reply;
      retryAfter = reply.retryAfter;
    } catch (error) {
      if (signal?.aborted === true) throw asError(signal.reason);
      if (attempt >= retry.attemptsMax) throw new TransportError(attempt, id, error);
    }
    await pause(waitBefore(attempt, retry, retryAfter), signal);
  }
}

function headersOf(after: Position | undefined, id: string | undefined): Record<string, string> {
  return {
    ...(after !== undefined && { [READ_AFTER_HEADER]: after }),
    ...(id !== undefined && { [IDEMPOTENCY_KEY_HEADER]: id }),
  };
}

function isUnknownPosition({ answer }: Reply): boolean {
  return codesOf(answer).includes('UNKNOWN_POSITION');
}
