/**
 * A client for pages and programs that reads its own writes: a session that threads positions, over `fetch` and a WebSocket.
 *
 * @module tidemark/client
 */
export type {
  AnyVariables,
  Arguments,
  Consistency,
  Document,
  Frame,
  GraphQLFailure,
  OperationKind,
  Position,
  Readable,
  Result,
  Told,
  TypedDocument,
  WireAnswer,
} from './types.js';
export type { CaughtUp, CaughtUpOptions } from './caught-up.js';
export type { Client, ClientOptions } from './client.js';
export type { Frames, Sink } from './frames.js';
export type { Fetch } from './http.js';
export type { KeyValueStore } from './keeper.js';
export type { LazySocketOptions } from './lazy-socket.js';
export type { Memory, MemoryOptions } from './memory.js';
export type { OperationOptions, Port } from './port.js';
export type { Reply, RetryOptions } from './retry.js';
export type { Attempt, Connection, Sending, Session, SessionOptions } from './session.js';
export type { SignedIn } from './signed-in.js';
export type { CreateGraphQLWs, SocketOptions } from './socket.js';
export type { Store } from './store.js';
export type { Print } from './document.js';
export type { Subscriber } from './resume.js';
export { CaughtUpTimeoutError, caughtUp } from './caught-up.js';
export { createClient } from './client.js';
export { newCommandId } from './command-id.js';
export { ServiceError, TransportError, unwrap } from './errors.js';
export { createMemory } from './memory.js';
export { hasReached, isAfter, latestOf } from './position.js';
export { threadSocket } from './resume.js';
export { createSession } from './session.js';
export { createSocket } from './socket.js';
