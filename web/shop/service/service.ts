import {
  Client,
  fetchExchange,
  makeOperation,
  mapExchange,
  subscriptionExchange,
  type Exchange,
} from '@urql/core';
import { createClient as createGraphQLWs } from 'graphql-ws';
import {
  createMemory,
  createSession,
  createSocket,
  newCommandId,
  type Port,
  type Session,
} from 'tidemark/client';
import { forwardSubscriptions, tidemarkExchange, urqlPort } from 'tidemark/client/urql';
import { authorization, setToken, token } from '../../common/session.js';
import { failureOf } from './failure.js';
import { visitorOf, type Visitor } from './visitor.js';

/** The header by which a request can be found in the service's log. */
const CORRELATION_HEADER = 'x-correlation-id';

/** The service as one visitor uses it. */
export interface Service {
  readonly client: Client;
  readonly session: Session;
  readonly visitor: Visitor;
  /** How many answers have come that read a view. */
  readonly reads: { readonly get: () => number; readonly subscribe: (listener: () => void) => () => void };
  /** For the client's own hooks. */
  readonly port: Port;
}

/** The GraphQL endpoint: next to the folder that the page is in, so that a path prefix works. */
export function endpoint(protocol: 'http' | 'ws' = 'http'): string {
  const url = new URL('../graphql', location.href.split('#', 1)[0]).href;
  return protocol === 'ws' ? url.replace(/^http/, 'ws') : url;
}

/** An urql client whose reads see what `session` has written and seen. */
export function clientOf(session: Session, more: readonly Exchange[] = []): Client {
  return new Client({
    url: endpoint(),
    exchanges: [correlate, ...more, tidemarkExchange(session), fetchExchange],
    requestPolicy: 'network-only',
    preferGetMethod: false,
  });
}

/** Of the visitor of now. */
let current:
  { readonly token: string | null; readonly service: Service; readonly dispose: () => void } | undefined;

/** The service as whoever the token speaks of uses it; there is one visitor at a time. */
export function serviceFor(ofToken: string | null): Service {
  if (current?.token === ofToken) return current.service;
  current?.dispose();
  current = { token: ofToken, ...openService(ofToken) };
  return current.service;
}

function openService(ofToken: string | null): { readonly service: Service; readonly dispose: () => void } {
  const visitor = visitorOf(ofToken);
  const memory = createMemory({ key: `tidemark:${endpoint()}:${visitor.name}` });
  const session = createSession({ memory });
  const socket = createSocket(session, createGraphQLWs, {
    url: endpoint('ws'),
    connectionParams: () => headers(),
  });
  const live = subscriptionExchange({ forwardSubscription: forwardSubscriptions(socket) });
  const client = clientOf(session, [signOutWhenRefused, live]);
  return {
    service: { client, session, visitor, port: urqlPort(client, session), reads: countReads(session) },
    dispose: () => {
      void socket.dispose();
      memory.dispose();
    },
  };
}

function headers(): Record<string, string> {
  const value = authorization();
  return value === undefined ? {} : { authorization: value };
}

/** Names each request, so that what goes wrong inside the service can be found in its log. */
const correlate: Exchange = mapExchange({
  onOperation: (operation) => {
    if (operation.kind === 'teardown' || operation.kind === 'subscription') return undefined;
    const correlationId = newCommandId();
    return makeOperation(operation.kind, operation, {
      ...operation.context,
      correlationId,
      fetchOptions: { headers: { ...headers(), [CORRELATION_HEADER]: correlationId } },
    });
  },
});

/** A token that is over is no use any more: the page asks for another. */
const signOutWhenRefused: Exchange = mapExchange({
  onError: (error) => {
    if (failureOf(error).code === 'UNAUTHENTICATED' && token() !== null) setToken(null);
  },
});

function countReads({ consistency }: Session): Service['reads'] {
  let count = 0;
  consistency.subscribe(() => (count += 1));
  return { get: () => count, subscribe: consistency.subscribe };
}
