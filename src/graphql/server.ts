import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions as ServerSettings,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId, type Kernel } from '../kernel/index.js';
import type { Principal } from './access.js';
import { createAdmission, type OperationCount } from './admission.js';
import { createApollo } from './apollo.js';
import type { Authenticate } from './authenticate.js';
import { answerBadRequests, limitConnections } from './connections.js';
import { createContext, type RequestContext } from './context.js';
import { drainable } from './drain.js';
import type { Report } from './errors.js';
import { IDEMPOTENCY_KEY_HEADER, commandIdsFrom } from './idempotency-key.js';
import { createHttpHandler } from './http.js';
import type { Limits } from './limits/index.js';
import type { ClusterWatch } from './membership.js';
import type { OperationTime } from './operation-time.js';
import type { PositionCodec } from './position.js';
import type { TidemarkSchema } from './read-after.js';
import type { ServiceWatch } from './service-watch.js';
import type { TrustedDocuments } from './trusted-documents.js';
import { createWebSocketEdge, type SocketCount } from './websocket.js';

/** Where GraphQL is served. */
export const ENDPOINT = '/graphql';
/** How many new connections may wait to be accepted. */
const BACKLOG = 4_096;
/** How often the time that requests may take is looked at; Node's own 30 s would let slow senders sit for as long. */
const TIMEOUT_CHECK_MS = 1_000;

/** Answers a request, or returns false so that the next one is asked. */
export type Page = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What a server is made of. */
export interface ServerOptions {
  /** What operations are sent to. */
  readonly kernel: Kernel;
  /** How positions are written for clients. */
  readonly positions: PositionCodec;
  /** The schema that `createSchema` made. */
  readonly schema: TidemarkSchema;
  /** Says who sends a request. */
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
  /** What `serviceStatus` shows; it is UNAVAILABLE where left out. */
  readonly service?: ServiceWatch | undefined;
  /** What `cluster` shows; it is UNAVAILABLE where left out. */
  readonly cluster?: ClusterWatch | undefined;
  /** How far clients may go; `defaultLimits` has what fits most. */
  readonly limits: Limits;
  /** Told of what went wrong inside; clients are told nothing of it. */
  readonly report: Report;
}

/** A running server. */
export interface GraphQLEdge {
  readonly url: string;
  /** How many WebSockets and subscriptions there are now. */
  sockets(): SocketCount;
  /** How many operations run and wait now. */
  operations(): OperationCount;
  /** Takes no more requests, finishes those in flight, completes subscriptions, closes all connections. */
  close(): Promise<void>;
}

/** Starts HTTP and WebSocket on one port; port 0 takes any free one. */
export async function listen(options: ServerOptions, host: string, port: number): Promise<GraphQLEdge> {
  const {
    kernel,
    positions,
    schema,
    authenticate,
    service,
    cluster,
    limits,
    before,
    pages = [],
    report,
  } = options;
  const contextFor = (
    request: Pick<IncomingMessage, 'headers'>,
    principal: Principal | null,
    time?: OperationTime,
  ): RequestContext => {
    const header = request.headers['x-correlation-id'];
    const correlationId = typeof header === 'string' && /^[\w.:/-]{1,64}$/.test(header) ? header : newId();
    const nextCommandId = commandIdsFrom(request.headers[IDEMPOTENCY_KEY_HEADER]);
    const who = { principal, correlationId, nextCommandId };
    return createContext({ kernel, positions, ...who, service, cluster, limits, time });
  };
  const apollo = createApollo(options);
  await apollo.start();
  const contextOf = async (request: IncomingMessage, time: OperationTime): Promise<RequestContext> =>
    contextFor(request, await authenticate(request.headers.authorization), time);
  const operations = createAdmission(createHttpHandler({ apollo, contextOf, limits, report }), limits);
  const sharedContext = (principal: Principal | null): RequestContext =>
    createContext({ kernel, positions, principal, correlationId: newId(), limits });
  const sockets = createWebSocketEdge({ ...options, ...schema, contextFor, sharedContext });
  const server = createServer(httpLimits(limits), (request, response) => {
    const isOperation = pathOf(request) === ENDPOINT;
    // Pages elsewhere may read a refusal only with the headers that come first.
    if (isOperation && request.headers.origin === undefined && operations.refuses(response)) return;
    if (before?.(request, response) === true) return;
    if (isOperation) operations.admit(request, response);
    else if (!pages.some((page) => page(request, response))) notFound(response);
  });
  server.on('upgrade', (request, socket, head) => {
    if (pathOf(request) === ENDPOINT) sockets.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
  });
  const drain = drainable(server);
  limitConnections(server, limits);
  answerBadRequests(server, limits);
  await bind(server, host, port);
  return {
    url: urlOf(server, host),
    sockets: () => sockets.count(),
    operations: () => operations.count(),
    close: async () => {
      const drained = drain();
      await sockets.close();
      await drained;
      await apollo.stop();
    },
  };
}

function httpLimits(limits: Limits): ServerSettings {
  return {
    maxHeaderSize: limits.headersBytes,
    // Node refuses to start where the head may take longer than the whole.
    headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
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
