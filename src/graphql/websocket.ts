import {
  GraphQLError,
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
import { WebSocketServer } from 'ws';
import { consistencyExtension, type RequestContext } from './context.js';
import { formatError } from './errors.js';
import { TOKENS_MAX, VALIDATION_ERRORS_MAX, validationRules } from './limits.js';
import { applyReadAfter, type TidemarkSchema } from './read-after.js';

/** The largest WebSocket message, in bytes. */
export const MESSAGE_BYTES_MAX = 65_536;
/** The most subscriptions of one socket. */
export const SUBSCRIPTIONS_PER_SOCKET_MAX = 50;
/** How long a client may take to say connection_init, in ms. */
const INIT_TIMEOUT_MS = 3_000;
/** How often a socket is asked whether it is still there, in ms. */
const KEEP_ALIVE_MS = 12_000;

/** GraphQL over WebSocket (graphql-transport-ws), for subscriptions only. */
export interface WebSocketEdge {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Completes all subscriptions and closes all sockets, so that clients connect again. */
  close(): Promise<void>;
}

/** What the edge works with. */
export interface WebSocketOptions extends TidemarkSchema {
  readonly contextOf: (request: IncomingMessage) => RequestContext;
  readonly report: (error: unknown) => void;
}

/** The WebSocket edge; mount `upgrade` on the HTTP server's path. */
export function createWebSocketEdge({
  schema,
  readAfter,
  contextOf,
  report,
}: WebSocketOptions): WebSocketEdge {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
  });

  function prepare(
    payload: SubscribePayload,
    request: IncomingMessage,
  ): ExecutionArgs | readonly GraphQLError[] {
    const document = parseDocument(payload.query);
    if (document instanceof GraphQLError) return [document];
    const problems = validate(schema, document, validationRules, { maxErrors: VALIDATION_ERRORS_MAX });
    if (problems.length > 0) return problems.map(withCode('GRAPHQL_VALIDATION_FAILED'));
    const operation = getOperationAST(document, payload.operationName);
    if (operation == null)
      return [coded('OPERATION_RESOLUTION_FAILURE', 'The document has no such operation.')];
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
      return [
        coded('BAD_REQUEST', 'Only subscriptions go over the WebSocket; send queries and mutations by POST.'),
      ];
    }
    const contextValue = contextOf(request);
    const variableValues = payload.variables ?? {};
    applyReadAfter(contextValue, { schema, readAfter }, operation, variableValues, undefined);
    return { schema, document, operationName: payload.operationName, variableValues, contextValue };
  }

  const publicErrors = (errors: readonly GraphQLError[]): GraphQLFormattedError[] =>
    errors.map((error) => formatError(error.toJSON(), error, report));

  const cleanup = useServer<undefined, { request: IncomingMessage }>(
    {
      schema,
      execute,
      subscribe,
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      onSubscribe: ({ extra, subscriptions }, _id, payload) => {
        if (Object.keys(subscriptions).length > SUBSCRIPTIONS_PER_SOCKET_MAX) {
          return [
            coded('OVERLOADED', `A socket may have ${SUBSCRIPTIONS_PER_SOCKET_MAX} subscriptions at most.`),
          ];
        }
        try {
          return prepare(payload, extra.request);
        } catch (error) {
          return [
            error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error }),
          ];
        }
      },
      onError: (_context, _id, _payload, errors) => publicErrors(errors),
      onNext: (_context, _id, _payload, args, { data, errors }) => ({
        ...(data !== undefined && { data }),
        ...(errors && { errors: publicErrors(errors) }),
        ...extensionsOf(args),
      }),
    },
    sockets,
    KEEP_ALIVE_MS,
  );

  return {
    upgrade: (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
    },
    close: async () => {
      await cleanup.dispose();
      for (const client of sockets.clients) client.close(CloseCode.InternalServerError);
    },
  };
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
