import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { ApolloServer, HeaderMap } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { createPlayground } from '../../src/graphql/playground/index.js';
import type { PlaygroundTab } from '../../src/graphql/playground/index.js';

interface Caller {
  readonly caller: string;
}

/** A server with a playground in front of a tiny schema, and nothing of the product behind it. */
export interface PlaygroundServer {
  readonly origin: string;
  /** How many WebSockets are open. */
  readonly socketCount: () => number;
  readonly close: () => Promise<void>;
}

/** Starts the server on a free port of 127.0.0.1; it answers 404 "left alone" where the playground does not answer. */
export async function startPlaygroundServer(tabs: readonly PlaygroundTab[]): Promise<PlaygroundServer> {
  const { apollo, schema } = await startApollo();
  const playground = createPlayground({ endpoint: '/graphql', title: 'Tidemark <playground>', tabs });
  const server = createServer((request, response) => {
    if (playground(request, response)) return;
    if (request.url === '/graphql') void answerGraphql(apollo, request, response);
    else response.writeHead(404).end('left alone');
  });
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  useServer<{ caller?: string }>(
    { schema, context: ({ connectionParams }) => ({ caller: connectionParams?.caller ?? 'nobody' }) },
    sockets,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has an AddressInfo; the other cases are pipes and servers that do not listen.
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    socketCount: () => sockets.clients.size,
    close: () => closeAll(apollo, server, sockets),
  };
}

/** Apollo builds the schema, so that the one it and the WebSockets execute comes from the same copy of graphql. */
async function startApollo(): Promise<{ apollo: ApolloServer<Caller>; schema: GraphQLSchema }> {
  return new Promise((resolve, reject) => {
    const apollo: ApolloServer<Caller> = new ApolloServer<Caller>({
      typeDefs,
      resolvers,
      stopOnTerminationSignals: false,
      plugins: [{ serverWillStart: async ({ schema }) => resolve({ apollo, schema }) }],
    });
    apollo.start().catch(reject);
  });
}

async function answerGraphql(
  apollo: ApolloServer<Caller>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
  const body: unknown = JSON.parse(await text(request));
  const answer = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method ?? '', headers, search: '', body },
    context: async () => ({ caller: headers.get('caller') ?? 'nobody' }),
  });
  response.writeHead(answer.status ?? 200, Object.fromEntries(answer.headers));
  response.end(answer.body.kind === 'complete' ? answer.body.string : '');
}

async function closeAll(
  apollo: ApolloServer<Caller>,
  server: Server,
  sockets: WebSocketServer,
): Promise<void> {
  for (const socket of sockets.clients) socket.terminate();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await apollo.stop();
}

const tickMs = 20;

async function* ticks(): AsyncGenerator<number> {
  for (let tick = 1; ; tick += 1) {
    yield tick;
    await delay(tickMs);
  }
}

async function* once(value: string): AsyncGenerator<string> {
  yield value;
}

const typeDefs = `
  type Query { greeting(name: String!): String!  caller: String! }
  type Subscription { ticks: Int!  caller: String! }
`;

const resolveEvent = (event: unknown): unknown => event;

const resolvers = {
  Query: {
    greeting: (_source: unknown, { name }: { name: string }) => `Hello, ${name}`,
    caller: (_source: unknown, _args: unknown, { caller }: Caller) => caller,
  },
  Subscription: {
    ticks: { subscribe: () => ticks(), resolve: resolveEvent },
    caller: {
      subscribe: (_source: unknown, _args: unknown, { caller }: Caller) => once(caller),
      resolve: resolveEvent,
    },
  },
};
