import { ApolloLink, Observable } from '@apollo/client';
import { newCommandId } from '../command-id.js';
import { replyOf } from '../http.js';
import { asError, type Reply } from '../retry.js';
import { isRecord } from '../told.js';
import type { Attempt, Session } from '../session.js';
import type { WireAnswer } from '../types.js';

/** What the link reads from an operation's context besides `headers`. */
export interface TidemarkContext {
  /** Sends a mutation again under the id that it had; the link puts the id here where there is none. */
  readonly commandId?: string;
  /** Told of the answer, with the extensions that Apollo Client does not hand on. */
  readonly onAnswer?: (answer: WireAnswer, commandId: string | undefined) => void;
}

/**
 * A link that makes queries and mutations see what the session has seen, and tries them again, commands under the id
 * that they had. It belongs right before the link that sends; subscriptions pass through.
 */
export function tidemarkLink(session: Session): ApolloLink {
  return new ApolloLink((operation, forward) => {
    // The enum's values are these texts, and the enum itself is graphql's, which is not needed for them.
    const kind = operation.operationType as `${typeof operation.operationType}`;
    if (kind === 'subscription') return forward(operation);
    return new Observable((observer) => {
      const own = new AbortController();
      // Apollo Client lets any value be in a context.
      const { commandId: given, onAnswer, headers } = operation.getContext() as Context;
      const commandId = kind === 'mutation' ? (given ?? newCommandId()) : undefined;
      operation.setContext({ commandId });
      session
        .run({ kind, commandId, signal: own.signal }, (attempt) => {
          operation.setContext({ headers: { ...headers, ...attempt.headers } });
          return once(forward(operation), attempt);
        })
        .then(
          ({ answer, result, failure }) => {
            onAnswer?.(answer, commandId);
            if (result === undefined) observer.error(failure);
            else {
              observer.next(result);
              observer.complete();
            }
          },
          (error: unknown) => {
            if (!own.signal.aborted) observer.error(error);
          },
        );
      return () => {
        own.abort();
      };
    });
  });
}

interface Context extends TidemarkContext {
  readonly headers?: Readonly<Record<string, string>>;
}

interface LinkReply extends Reply {
  /** Undefined where the answer's status made the sending link fail; `failure` is what it failed with. */
  readonly result?: ApolloLink.Result;
  readonly failure?: unknown;
}

/** One attempt's answer. An HTTP error that has a body is an answer, too. */
function once(source: Observable<ApolloLink.Result>, { signal }: Attempt): Promise<LinkReply> {
  return new Promise((resolve, reject) => {
    let last: ApolloLink.Result | undefined;
    const subscription = source.subscribe({
      next: (result) => {
        last = result;
      },
      error: (error: unknown) => {
        const reply = replyIn(error);
        if (reply === undefined) reject(asError(error));
        else resolve(reply);
      },
      complete: () => {
        if (last === undefined) reject(new Error('The next link ended without an answer'));
        // Without @defer, which the service does not have, a result is a whole answer.
        else resolve({ answer: last as WireAnswer, result: last });
      },
    });
    signal.addEventListener('abort', () => {
      subscription.unsubscribe();
      reject(asError(signal.reason));
    });
  });
}

/** Apollo's ServerError and ServerParseError carry the response and its text. */
function replyIn(error: unknown): LinkReply | undefined {
  if (!isRecord(error)) return undefined;
  const { response, bodyText } = error;
  if (!(response instanceof Response) || typeof bodyText !== 'string') return undefined;
  return { ...replyOf(response, bodyText), failure: error };
}
