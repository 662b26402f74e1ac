import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId, type Kernel } from '../kernel/index.js';
import { consistencyExtension, createContext, type RequestContext } from './context.js';
import { formatError } from './errors.js';
import { createHttpHandler } from './http.js';
import { TOKENS_MAX, VALIDATION_ERRORS_MAX } from './limits.js';
import type { PositionCodec } from './position.js';
import { READ_AFTER_HEADER, applyReadAfter, type TidemarkSchema } from './read-after.js';
import { createWebSocketEdge } from './websocket.js';

/** Where GraphQL is served. */
export const ENDPOINT = '/graphql';
/** How many new connections may wait to be accepted. */
const BACKLOG = 4_096;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** Answers a request, or returns false so that the next one is asked. */
export type Page = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What a server is made of. */
export interface ServerOptions {
  readonly kernel: Kernel;
  readonly positions: PositionCodec;
  readonly schema: TidemarkSchema;
  /** Asked in turn for every path but the endpoint's: probes, the playground. */
  readonly pages?: readonly Page[];
  /** Told of what went wrong inside; clients are told nothing of it. */
  readonly report: (error: unknown) => void;
}

/** A running server. */
export interface GraphQLEdge {
  readonly url: string;
  /** Takes no more requests, finishes those in flight, completes subscriptions, closes all connections. */
  close(): Promise<void>;
}

/** Starts HTTP and WebSocket on one port; port 0 takes any free one. */
export async function listen(options: ServerOptions, host: string, port: number): Promise<GraphQLEdge> {
  const { kernel, positions, schema, pages = [], report } = options;
  const contextOf = (request: IncomingMessage): RequestContext => {
    const header = request.headers['x-correlation-id'];
    const correlationId = typeof header === 'string' && /^[\w.:/-]{1,64}$/.test(header) ? header : newId();
    return createContext({ kernel, positions, actor: 'developer', correlationId });
  };
  const apollo = createApollo(schema, report);
  await apollo.start();
  const graphql = createHttpHandler(apollo, contextOf, report);
  const sockets = createWebSocketEdge({ ...schema, contextOf, report });
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      if (pathOf(request) === ENDPOINT) void graphql(request, response);
      else if (!pages.some((page) => page(request, response))) notFound(response);
    },
  );
  server.on('upgrade', (request, socket, head) => {
    if (pathOf(request) === ENDPOINT) sockets.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
  });
  await bind(server, host, port);
  return {
    url: urlOf(server, host),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      await sockets.close();
      server.closeIdleConnections();
      await closed;
      await apollo.stop();
    },
  };
}

function createApollo(
  schema: TidemarkSchema,
  report: (error: unknown) => void,
): ApolloServer<RequestContext> {
  const consistency: ApolloServerPlugin<RequestContext> = {
    requestDidStart: async () => ({
      didResolveOperation: async ({ contextValue, operation, request }) => {
        const header = request.http?.headers.get(READ_AFTER_HEADER);
        if (operation !== undefined)
          applyReadAfter(contextValue, schema, operation, request.variables ?? {}, header);
      },
      willSendResponse: async ({ contextValue, response }) => {
        const read = contextValue.takeConsistency();
        if (read === undefined || response.body.kind !== 'single') return;
        const { singleResult } = response.body;
        const extension = consistencyExtension(read, contextValue.positions);
        singleResult.extensions = { ...singleResult.extensions, consistency: extension };
      },
    }),
  };
  return new ApolloServer<RequestContext>({
    schema: schema.schema,
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled(), consistency],
    formatError: (formatted, error) => formatError(formatted, error, report),
    includeStacktraceInErrorResponses: false,
    introspection: true,
    parseOptions: { maxTokens: TOKENS_MAX },
    validationOptions: { maxErrors: VALIDATION_ERRORS_MAX },
    stopOnTerminationSignals: false,
  });
}

function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`Nothing here. GraphQL is at ${ENDPOINT}, the playground at /.\n`);
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server, host: string): string {
  // A server that listens on TCP has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
