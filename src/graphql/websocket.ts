import { GraphQLError, execute, subscribe, type ExecutionArgs, type GraphQLFormattedError } from 'graphql';
import { CloseCode } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { TidemarkError } from '../kernel/index.js';
import type { Principal } from './access.js';
import type { Authenticate } from './authenticate.js';
import type { RequestContext } from './context.js';
import { createErrorFormat, toGraphQLError, type Report } from './errors.js';
import { createOutlet, type Outlet } from './fanout/index.js';
import { createLiveSubscriptions } from './live-subscriptions.js';
import { asText, overloaded } from './ready-answer.js';
import { limitSocket } from './socket-limits.js';
import { createSubscriptionCheck, type SubscriptionOptions } from './subscription-check.js';

/** How often a socket is asked whether it is still there, in ms. */
const KEEP_ALIVE_MS = 12_000;
/** Closes what may succeed later, so that clients connect again (RFC 6455's registry). */
const TRY_AGAIN_LATER = 1013;

/** How long a client may take to answer that its socket is being closed, in ms. */
const CLOSE_TIMEOUT_MS = 2_000;
const TOO_MANY = asText(overloaded('There are too many WebSockets. Connect again later.'));

/** How many clients there are, and how many subscriptions they run. */
export interface SocketCount {
  readonly sockets: number;
  readonly subscriptions: number;
}

/** GraphQL over WebSocket (graphql-transport-ws), for subscriptions only. */
export interface WebSocketEdge {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  count(): SocketCount;
  /** Completes all subscriptions and closes all sockets, so that clients connect again. */
  close(): Promise<void>;
}

/** What is known of the request that opened a socket. */
export type RequestHead = Pick<IncomingMessage, 'headers'>;

/** What the edge works with. */
export interface WebSocketOptions extends SubscriptionOptions {
  readonly authenticate: Authenticate;
  /** Origins of pages that may connect, besides the service's own; `*` for any. */
  readonly origins: readonly string[];
  readonly contextFor: (request: RequestHead, principal: Principal | null) => RequestContext;
  /** A context for what all who may see the same are sent. */
  readonly sharedContext: (principal: Principal | null) => RequestContext;
  readonly report: Report;
}

type Extra = {
  readonly request: RequestHead;
  readonly socket: WebSocket;
  principal?: Principal | null;
};

/** The WebSocket edge; mount `upgrade` on the HTTP server's path. */
export function createWebSocketEdge(options: WebSocketOptions): WebSocketEdge {
  const { schema, authenticate, origins, contextFor, sharedContext, introspection, limits } = options;
  const format = createErrorFormat(introspection, options.report);
  const check = createSubscriptionCheck(options);
  const slowness = new WeakMap<WebSocket, () => void>();
  const outlets = new WeakMap<WebSocket, Outlet>();
  let subscriptions = 0;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
  });

  const publicErrors = (errors: readonly GraphQLError[], args?: ExecutionArgs): GraphQLFormattedError[] => {
    // Every operation of this edge was given a context of ours.
    const { correlationId } = (args?.contextValue ?? {}) as Partial<RequestContext>;
    return errors.map((error) => format(error, correlationId));
  };

  const live = createLiveSubscriptions({ publicErrors, contextOf: sharedContext });

  const cleanup = useServer<undefined, Extra>(
    {
      schema,
      execute,
      subscribe,
      connectionInitWaitTimeout: limits.initTimeoutMs,
      onConnect: async ({ connectionParams, extra }) => {
        const given = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'] ?? undefined;
        if (given !== undefined && typeof given !== 'string') return false; // closes with 4403
        try {
          extra.principal = await authenticate(given);
        } catch (error) {
          const later = error instanceof TidemarkError && error.code === 'UNAVAILABLE';
          if (later) extra.socket.close(TRY_AGAIN_LATER, 'Try again later');
          return false;
        }
        closeOnExpiry(extra);
        return true;
      },
      onSubscribe: ({ extra, subscriptions }, _id, payload) => {
        if (Object.keys(subscriptions).length > limits.subscriptionsPerSocket) {
          const message = `A socket may have ${limits.subscriptionsPerSocket} subscriptions at most.`;
          return [toGraphQLError(new TidemarkError('OVERLOADED', message))];
        }
        try {
          const { request, principal = null } = extra;
          return check(payload, principal, () => contextFor(request, principal));
        } catch (error) {
          return [
            error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error }),
          ];
        }
      },
      onOperation: ({ extra }, id, payload, args) => {
        subscriptions += 1;
        const outlet = outlets.get(extra.socket);
        return outlet && live.take(id, payload, args, outlet);
      },
      onComplete: () => {
        subscriptions -= 1;
      },
      onError: ({ extra: { socket } }, _id, _payload, errors) =>
        // That a client which has gone cannot be written to is no failure of ours; nobody reads this.
        socket.readyState === socket.OPEN ? publicErrors(errors) : errors.map(({ message }) => ({ message })),
      onNext: ({ extra }, _id, _payload, args, result) => {
        slowness.get(extra.socket)?.();
        return live.payloadOf(result, args);
      },
    },
    sockets,
    KEEP_ALIVE_MS,
  );

  return {
    count: () => ({ sockets: sockets.clients.size, subscriptions }),
    upgrade: (request, socket, head) => {
      if (!isAllowedOrigin(request, origins)) {
        socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
        return;
      }
      if (sockets.clients.size >= limits.sockets) {
        socket.end(TOO_MANY);
        return;
      }
      sockets.handleUpgrade(request, socket, head, (client) => {
        // First, so that it counts what is sent before connection_init, too.
        const checkSlowness = limitSocket(client, limits);
        slowness.set(client, checkSlowness);
        outlets.set(client, createOutlet(client, socket, limits.bufferedBytes, checkSlowness));
        // All that is asked of the request later: the rest of it would be kept as long as the socket lasts.
        sockets.emit('connection', client, { headers: request.headers });
        // Whoever sends broken frames is disconnected by ws; graphql-ws would print a stack trace for each.
        client.removeAllListeners('error');
        client.on('error', () => undefined);
      });
    },
    close: async () => {
      // A client that does not answer the close would keep the server open.
      const cut = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
      }, CLOSE_TIMEOUT_MS);
      // Closes each socket with 1001 (going away), after which clients connect again and subscribe anew.
      await cleanup.dispose();
      clearTimeout(cut);
    },
  };
}

/** A token's time is up: the client may connect again with a new one. */
function closeOnExpiry({ principal, socket }: Extra): void {
  const expiresAt = principal?.expiresAt;
  if (expiresAt == null) return;
  // Longer than a timer can be is as good as never: clients do not stay connected for 24 days.
  const timer = setTimeout(
    () => socket.close(CloseCode.Forbidden, 'Token expired'),
    Math.min(Math.max(0, expiresAt - Date.now()), 2 ** 31 - 1),
  );
  socket.once('close', () => {
    clearTimeout(timer);
  });
}

/** Browsers send the page's origin; others may send none. Without this any page could use a visitor's connection. */
function isAllowedOrigin({ headers }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes('*') || origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
