import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client as UrqlClient, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createGraphQLWs } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { apolloPort, tidemarkLink } from '../../../src/client/apollo/index.js';
import {
  createClient,
  createSocket,
  type Fetch,
  type Port,
  type Session,
} from '../../../src/client/index.js';
import { forwardSubscriptions, tidemarkExchange, urqlPort } from '../../../src/client/urql/index.js';

/** Opens a client of one kind for the service at this URL, on the same core. */
export type Open = (at: { readonly url: string }, session: Session, send?: Fetch) => Port;

function socketOf({ url }: { readonly url: string }, session: Session): ReturnType<typeof createSocket> {
  const socket = createSocket(session, createGraphQLWs, {
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
  });
  onTestFinished(async () => {
    await socket.dispose();
  });
  return socket;
}

/** The thin client. */
export const openThin: Open = ({ url }, session, send = fetch) => {
  const client = createClient({ url: `${url}/graphql`, session, webSocketImpl: WebSocket, fetch: send });
  onTestFinished(() => client.dispose());
  return client;
};

/** urql with the exchange. */
export const openUrql: Open = (service, session, send = fetch) => {
  const client = new UrqlClient({
    url: `${service.url}/graphql`,
    // The tests call it with a URL as text, and with options.
    fetch: send as typeof fetch,
    exchanges: [
      tidemarkExchange(session),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: forwardSubscriptions(socketOf(service, session)) }),
    ],
  });
  return urqlPort(client, session);
};

/** Apollo Client with the link. */
export const openApollo: Open = (service, session, send = fetch) => {
  const http = new HttpLink({ uri: `${service.url}/graphql`, fetch: send as typeof fetch });
  const live = new GraphQLWsLink(socketOf(service, session));
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => String(operationType) === 'subscription',
      live,
      tidemarkLink(session).concat(http),
    ),
  });
  return apolloPort(client, session);
};
