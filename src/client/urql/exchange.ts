import {
  makeOperation,
  mapExchange,
  type Exchange,
  type Operation,
  type SubscriptionForwarder,
} from '@urql/core';
import { newCommandId } from '../command-id.js';
import type { Fetch } from '../http.js';
import type { Subscriber } from '../resume.js';
import { threadFetch } from '../thread-fetch.js';
import type { Session } from '../session.js';

/**
 * An exchange that makes queries and mutations see what the session has seen, and tries them again, commands under the
 * id that they had. It belongs right before `fetchExchange`; a result has the id as `operation.context.commandId`.
 */
export function tidemarkExchange(session: Session): Exchange {
  return mapExchange({
    onOperation: (operation) =>
      operation.kind === 'query' || operation.kind === 'mutation' ? threaded(session, operation) : undefined,
  });
}

function threaded(session: Session, operation: Operation): Operation {
  const { kind, context } = operation;
  if (kind === 'teardown') return operation;
  // urql lets any value be in a context; an id that is there is the caller's, or ours of an attempt before.
  const given = context['commandId'] as string | undefined;
  const commandId = kind === 'mutation' ? (given ?? newCommandId()) : undefined;
  const send: Fetch = context.fetch ?? ((url, init) => fetch(url, init));
  const threading = threadFetch(session, { kind, commandId }, send);
  return makeOperation(kind, operation, {
    ...context,
    commandId,
    // How fresh an answer must be is not in its URL, and the service takes a GET of browsers with one header more only.
    preferGetMethod: false,
    // fetchExchange calls it with a URL as text, and with options.
    fetch: threading as typeof fetch,
  });
}

/** `forwardSubscription` for `subscriptionExchange`, over a socket of `createSocket` or `threadSocket`. */
export function forwardSubscriptions(socket: Subscriber): SubscriptionForwarder {
  return ({ query = '', variables, extensions, operationName }) => ({
    subscribe: (sink) => ({
      unsubscribe: socket.subscribe(
        {
          query,
          ...(operationName !== undefined && { operationName }),
          ...(variables !== undefined && { variables }),
          ...(extensions !== undefined && { extensions }),
        },
        {
          next: (frame) => {
            // The same shape under two names: what an execution gives.
            sink.next(frame as Parameters<typeof sink.next>[0]);
          },
          error: (error) => {
            sink.error(error);
          },
          complete: () => {
            sink.complete();
          },
        },
      ),
    }),
  });
}
