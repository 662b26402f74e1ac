import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  execute,
  getOperationAST,
  parse,
  subscribe,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLFormattedError,
} from 'graphql';
import { CloseCode, type SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { TidemarkError } from '../kernel/index.js';
import { createAccessCheck, type Principal } from './access.js';
import type { Authenticate } from './authenticate.js';
import { consistencyExtension, type RequestContext } from './context.js';
import { formatError, toGraphQLError, withoutSuggestions, type Report } from './errors.js';
import { TOKENS_MAX, VALIDATION_ERRORS_MAX, validationRules } from './limits.js';
import { applyReadAfter, type TidemarkSchema } from './read-after.js';
import { limitSocket } from './socket-limits.js';
import { notTrusted, type TrustedDocuments } from './trusted-documents.js';

/** The largest WebSocket message, in bytes. */
export const MESSAGE_BYTES_MAX = 65_536;
/** The most subscriptions of one socket. */
export const SUBSCRIPTIONS_PER_SOCKET_MAX = 50;
/** The most WebSockets at a time. */
export const SOCKETS_MAX = 20_000;
/** How long a client may take to say connection_init, in ms. */
const INIT_TIMEOUT_MS = 3_000;
/** How often a socket is asked whether it is still there, in ms. */
const KEEP_ALIVE_MS = 12_000;
/** Closes what may succeed later, so that clients connect again (RFC 6455's registry). */
const TRY_AGAIN_LATER = 1013;

/** How long a client may take to answer that its socket is being closed, in ms. */
const CLOSE_TIMEOUT_MS = 2_000;

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

/** What the edge works with. */
export interface WebSocketOptions extends TidemarkSchema {
  readonly authenticate: Authenticate;
  /** Origins of pages that may connect, besides the service's own; `*` for any. */
  readonly origins: readonly string[];
  readonly contextFor: (request: IncomingMessage, principal: Principal | null) => RequestContext;
  /** Whether clients may ask for the schema, and get suggestions for misspelt names. */
  readonly introspection: boolean;
  /** The only documents that are served; any where left out. */
  readonly trustedDocuments?: TrustedDocuments | undefined;
  readonly report: Report;
}

type Extra = {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  principal?: Principal | null;
  /** Cuts the client off where it is too slow. */
  check?: () => void;
};

/** The WebSocket edge; mount `upgrade` on the HTTP server's path. */
export function createWebSocketEdge(options: WebSocketOptions): WebSocketEdge {
  const { schema, readAfter, authenticate, origins, contextFor, introspection, report } = options;
  const checkAccess = createAccessCheck(schema);
  const rules = introspection ? validationRules : [...validationRules, NoSchemaIntrospectionCustomRule];
  let subscriptions = 0;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
  });

  function prepare(
    payload: SubscribePayload,
    { request, principal = null }: Extra,
  ): ExecutionArgs | readonly GraphQLError[] {
    if (options.trustedDocuments?.has(payload.query) === false) return [notTrusted()];
    const document = parseDocument(payload.query);
    if (document instanceof GraphQLError) return [document];
    const problems = validate(schema, document, rules, { maxErrors: VALIDATION_ERRORS_MAX });
    if (problems.length > 0) return problems.map(withCode('GRAPHQL_VALIDATION_FAILED'));
    const operation = getOperationAST(document, payload.operationName);
    if (operation == null)
      return [coded('OPERATION_RESOLUTION_FAILURE', 'The document has no such operation.')];
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
      return [
        coded('BAD_REQUEST', 'Only subscriptions go over the WebSocket; send queries and mutations by POST.'),
      ];
    }
    checkAccess(document, principal);
    const contextValue = contextFor(request, principal);
    const variableValues = payload.variables ?? {};
    applyReadAfter(contextValue, { schema, readAfter }, operation, variableValues, undefined);
    return { schema, document, operationName: payload.operationName, variableValues, contextValue };
  }

  const publicErrors = (errors: readonly GraphQLError[], args?: ExecutionArgs): GraphQLFormattedError[] => {
    // Every operation of this edge was given a context of ours.
    const { correlationId } = (args?.contextValue ?? {}) as Partial<RequestContext>;
    return (
      errors
        .map((error) =>
          formatError(error.toJSON(), error, (original) => {
            report(original, correlationId);
          }),
        )
        // Without introspection nothing of the schema shows, suggestions included.
        .map((left) => (introspection ? left : withoutSuggestions(left)))
    );
  };

  const cleanup = useServer<undefined, Extra>(
    {
      schema,
      execute,
      subscribe,
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      onConnect: async ({ connectionParams, extra }) => {
        extra.check = limitSocket(extra.socket);
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
        if (Object.keys(subscriptions).length > SUBSCRIPTIONS_PER_SOCKET_MAX) {
          const message = `A socket may have ${SUBSCRIPTIONS_PER_SOCKET_MAX} subscriptions at most.`;
          return [toGraphQLError(new TidemarkError('OVERLOADED', message))];
        }
        try {
          return prepare(payload, extra);
        } catch (error) {
          return [
            error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error }),
          ];
        }
      },
      onOperation: () => {
        subscriptions += 1;
      },
      onComplete: () => {
        subscriptions -= 1;
      },
      onError: ({ extra: { socket } }, _id, _payload, errors) =>
        // That a client which has gone cannot be written to is no failure of ours; nobody reads this.
        socket.readyState === socket.OPEN ? publicErrors(errors) : errors.map(({ message }) => ({ message })),
      onNext: ({ extra }, _id, _payload, args, { data, errors }) => {
        extra.check?.();
        return {
          ...(data !== undefined && { data }),
          ...(errors && { errors: publicErrors(errors, args) }),
          ...extensionsOf(args),
        };
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
      if (sockets.clients.size >= SOCKETS_MAX) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (client) => {
        sockets.emit('connection', client, request);
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

function extensionsOf({ contextValue }: ExecutionArgs): { extensions?: Record<string, unknown> } {
  // Every operation of this edge was given a context of ours.
  const context = contextValue as RequestContext;
  const consistency = context.takeConsistency();
  return consistency === undefined
    ? {}
    : { extensions: { consistency: consistencyExtension(consistency, context.positions) } };
}

function parseDocument(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens: TOKENS_MAX });
  } catch (error) {
    if (error instanceof GraphQLError) return withCode('GRAPHQL_PARSE_FAILED')(error);
    throw error;
  }
}

function coded(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

function withCode(code: string): (error: GraphQLError) => GraphQLError {
  return ({ message, nodes = null, source = null, positions = null }) =>
    new GraphQLError(message, { nodes, source, positions, extensions: { code } });
}
