import type { Client as GraphQLWsClient, ClientOptions } from 'graphql-ws';
import { threadSocket } from './resume.js';
import type { Session } from './session.js';

/** Reconnects are at most this far apart, in ms. */
const RECONNECT_MS_MAX = 10_000;
const RECONNECT_MS = 200;
const ACK_TIMEOUT_MS = 10_000;
/** A socket that nobody uses is closed after this time, in ms: pages leave one view for the next. */
const LINGER_MS = 3_000;
/** Each this often, in ms, the service is asked whether it is there; it has as long to answer. */
const PING_MS = 12_000;
const FORBIDDEN = 4403;
/** Codes from here on say that client and service do not speak the same protocol. */
const PROTOCOL_ERROR = 4400;
/** How often in a row a socket that was closed with 4403 is tried again, with a new token. */
const FORBIDDEN_MAX = 1;

/** `createClient` of graphql-ws. */
export type CreateGraphQLWs = (options: ClientOptions) => GraphQLWsClient;

/** What a socket needs to know besides its session. */
export interface SocketOptions {
  /** Where the service is, `ws:` or `wss:`; a function is asked at each connect. */
  readonly url: string | (() => string | Promise<string>);
  /** Asked at each connect; `refused` is true after the service refused what was given before. */
  readonly connectionParams?: (refused: boolean) => Promise<Record<string, string>> | Record<string, string>;
  /** Where the program has no WebSocket of its own: the one of `ws`. */
  readonly webSocketImpl?: unknown;
}

/**
 * A graphql-ws client that is threaded, connects again until it succeeds, asks for a new token once when the old one
 * is refused or over, notices a service that is gone, and tells the session how it does.
 */
export function createSocket(
  session: Session,
  createGraphQLWs: CreateGraphQLWs,
  options: SocketOptions,
): GraphQLWsClient {
  const { connection } = session;
  let refusals = 0;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const client = createGraphQLWs({
    url: options.url,
    ...(options.webSocketImpl !== undefined && { webSocketImpl: options.webSocketImpl }),
    connectionParams: async () => (await options.connectionParams?.(refusals > 0)) ?? {},
    lazyCloseTimeout: LINGER_MS,
    connectionAckWaitTimeout: ACK_TIMEOUT_MS,
    keepAlive: PING_MS,
    retryAttempts: Infinity,
    retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, reconnectAfter(retries))),
    shouldRetry: () => refusals <= FORBIDDEN_MAX,
    on: {
      connecting: (again) => {
        connection.set(again ? 'retrying' : 'connecting');
      },
      connected: () => {
        refusals = 0;
        connection.set('open');
      },
      ping: (received) => {
        if (!received)
          silence = setTimeout(() => {
            client.terminate();
          }, PING_MS);
      },
      pong: () => {
        clearTimeout(silence);
      },
      closed: (event) => {
        clearTimeout(silence);
        // A CloseEvent, which graphql-ws does not name so that it works without a browser's types.
        const { code } = event as { readonly code?: number };
        if (code === FORBIDDEN) refusals += 1;
        connection.set(isOver(code, refusals) ? 'idle' : 'retrying');
      },
    },
  });
  return threadSocket(session, client);
}

/** Whether graphql-ws connects no more by itself: nobody listens, the token is refused, or the protocol is not kept. */
function isOver(code: number | undefined, refusals: number): boolean {
  if (code === FORBIDDEN) return refusals > FORBIDDEN_MAX;
  return code === 1000 || (code !== undefined && code >= PROTOCOL_ERROR);
}

function reconnectAfter(retries: number): number {
  return Math.min(RECONNECT_MS_MAX, RECONNECT_MS * 2 ** retries) * (0.5 + Math.random() / 2);
}
