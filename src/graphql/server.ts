import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId, type Kernel } from '../kernel/index.js';
import type { Principal } from './access.js';
import { createAdmission } from './admission.js';
import { createApollo } from './apollo.js';
import type { Authenticate } from './authenticate.js';
import { CONNECTIONS_PER_ADDRESS_MAX, limitConnections } from './connections.js';
import { createContext, type RequestContext } from './context.js';
import { drainable } from './drain.js';
import type { Report } from './errors.js';
import { createHttpHandler } from './http.js';
import type { PositionCodec } from './position.js';
import type { TidemarkSchema } from './read-after.js';
import type { TrustedDocuments } from './trusted-documents.js';
import { createWebSocketEdge, type SocketCount } from './websocket.js';

/** Where GraphQL is served. */
export const ENDPOINT = '/graphql';
/** How many new connections may wait to be accepted. */
const BACKLOG = 4_096;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 8_000;
/** How often those two are looked at; Node's own 30 s would let slow senders sit for as long. */
const TIMEOUT_CHECK_MS = 1_000;

/** Answers a request, or returns false so that the next one is asked. */
export type Page = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What a server is made of. */
export interface ServerOptions {
  readonly kernel: Kernel;
  readonly positions: PositionCodec;
  readonly schema: TidemarkSchema;
  readonly authenticate: Authenticate;
  /** Whether clients may ask for the schema, and get suggestions for misspelt names. */
  readonly introspection: boolean;
  /** Origins of pages that may open WebSockets here, besides the service's own; `*` for any. */
  readonly origins: readonly string[];
  /** The only documents that are served; any where left out. */
  readonly trustedDocuments?: TrustedDocuments | undefined;
  /** Run before every answer: security headers, CORS. */
  readonly before?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Asked in turn for every path but the endpoint's: probes, the playground. */
  readonly pages?: readonly Page[];
  /** The most connections of one address at a time; CONNECTIONS_PER_ADDRESS_MAX where left out. */
  readonly connectionsPerAddressMax?: number;
  /** Told of what went wrong inside; clients are told nothing of it. */
  readonly report: Report;
}

/** A running server. */
export interface GraphQLEdge {
  readonly url: string;
  sockets(): SocketCount;
  /** Takes no more requests, finishes those in flight, completes subscriptions, closes all connections. */
  close(): Promise<void>;
}

/** Starts HTTP and WebSocket on one port; port 0 takes any free one. */
export async function listen(options: ServerOptions, host: string, port: number): Promise<GraphQLEdge> {
  const { kernel, positions, schema, authenticate, origins, before, pages = [], report } = options;
  const contextFor = (
    request: IncomingMessage,
    principal: Principal | null,
    signal?: AbortSignal,
  ): RequestContext => {
    const header = request.headers['x-correlation-id'];
    const correlationId = typeof header === 'string' && /^[\w.:/-]{1,64}$/.test(header) ? header : newId();
    return createContext({ kernel, positions, principal, correlationId, ...(signal && { signal }) });
  };
  const apollo = createApollo(options);
  await apollo.start();
  const contextOf = async (request: IncomingMessage, signal: AbortSignal): Promise<RequestContext> =>
    contextFor(request, await authenticate(request.headers.authorization), signal);
  const operations = createAdmission(createHttpHandler(apollo, contextOf, report));
  const sockets = createWebSocketEdge({
    ...schema,
    authenticate,
    origins,
    contextFor,
    introspection: options.introspection,
    trustedDocuments: options.trustedDocuments,
    report,
  });
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    (request, response) => {
      const isOperation = pathOf(request) === ENDPOINT;
      // Pages elsewhere may read a refusal only with the headers that come first.
      if (isOperation && request.headers.origin === undefined && operations.refuses(response)) return;
      if (before?.(request, response) === true) return;
      if (isOperation) operations.admit(request, response);
      else if (!pages.some((page) => page(request, response))) notFound(response);
    },
  );
  server.on('upgrade', (request, socket, head) => {
    if (pathOf(request) === ENDPOINT) sockets.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
  });
  const drain = drainable(server);
  limitConnections(server, options.connectionsPerAddressMax ?? CONNECTIONS_PER_ADDRESS_MAX);
  await bind(server, host, port);
  return {
    url: urlOf(server, host),
    sockets: () => sockets.count(),
    close: async () => {
      const drained = drain();
      await sockets.close();
      await drained;
      await apollo.stop();
    },
  };
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
