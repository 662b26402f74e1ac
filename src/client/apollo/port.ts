import {
  CombinedGraphQLErrors,
  gql,
  type ApolloClient,
  type DocumentNode,
  type OperationVariables,
} from '@apollo/client';
import { textOf } from '../document.js';
import { ServiceError } from '../errors.js';
import type { Port } from '../port.js';
import { frameResultOf, resultOf } from '../results.js';
import { asError } from '../retry.js';
import type { Session } from '../session.js';
import type { Document, GraphQLFailure, WireAnswer } from '../types.js';
import type { TidemarkContext } from './link.js';

/** What hooks need of an Apollo Client that has the session's link. Reads go to the service, past Apollo's cache. */
export function apolloPort(client: ApolloClient, session: Session): Port {
  return {
    session,
    execute: async (kind, document, variables, { commandId, signal } = {}) => {
      let heard: WireAnswer = {};
      let sentAs = commandId;
      const tidemark: TidemarkContext = {
        ...(commandId !== undefined && { commandId }),
        onAnswer: (answer, id) => {
          heard = answer;
          sentAs = id;
        },
      };
      const sent = send(client, kind, document, variables as OperationVariables, {
        ...tidemark,
        // Answers are heard one by one.
        queryDeduplication: false,
        ...(signal !== undefined && { fetchOptions: { signal } }),
      });
      const { data, error } = await (signal === undefined ? sent : unlessAborted(sent, signal));
      if (error !== undefined && !CombinedGraphQLErrors.is(error)) {
        // A service that answers with an HTTP error has answered, all the same.
        if (heard.errors === undefined) throw asError(error);
        return resultOf(heard, sentAs);
      }
      return resultOf({ ...heard, data }, sentAs);
    },
    listen: (document, variables, sink) => {
      const frames = client.subscribe({
        query: parsed(document),
        variables: variables as OperationVariables,
        errorPolicy: 'all',
      });
      const subscription = frames.subscribe({
        next: ({ data, error, extensions }) => {
          const errors = CombinedGraphQLErrors.is(error) ? failuresIn(error) : [];
          if (error !== undefined && data == null)
            sink.error(errors.length > 0 ? new ServiceError(errors) : asError(error));
          else sink.next(frameResultOf({ data, errors, extensions }));
        },
        error: (error: unknown) => {
          sink.error(asError(error));
        },
        complete: () => {
          sink.complete();
        },
      });
      return () => {
        subscription.unsubscribe();
      };
    },
  };
}

interface Sent {
  readonly data?: unknown;
  readonly error?: unknown;
}

function send(
  client: ApolloClient,
  kind: 'query' | 'mutation',
  document: Document<unknown, never>,
  variables: OperationVariables,
  context: Record<string, unknown>,
): Promise<Sent> {
  return kind === 'query'
    ? client.query({
        query: parsed(document),
        variables,
        context,
        fetchPolicy: 'network-only',
        errorPolicy: 'all',
      })
    : client.mutate({ mutation: parsed(document), variables, context, errorPolicy: 'all' });
}

/** Apollo Client works with parsed documents; `gql` keeps those that it has parsed. */
function parsed<Data, Variables>(document: Document<Data, Variables>): DocumentNode {
  const isParsed = typeof document !== 'string' && 'kind' in document && document.kind === 'Document';
  // Only parsed documents have that kind.
  return isParsed ? (document as unknown as DocumentNode) : gql(textOf(document));
}

function failuresIn({ errors }: CombinedGraphQLErrors): readonly GraphQLFailure[] {
  return errors.map(({ message, path, extensions }) => ({ message, path, extensions }));
}

function unlessAborted<Value>(sent: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(asError(signal.reason));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    sent.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}
