import type {
  AnyVariables,
  Client,
  OperationContext,
  OperationResult,
  OperationResultSource,
} from '@urql/core';
import { textOf } from '../document.js';
import type { Port } from '../port.js';
import { frameResultOf, resultOf } from '../results.js';
import { asError } from '../retry.js';
import { ServiceError } from '../errors.js';
import { hasReached } from '../position.js';
import type { Session } from '../session.js';
import { toldBy } from '../told.js';
import type { Position, WireAnswer } from '../types.js';

/** What hooks need of an urql client that has the session's exchange. Reads go to the service, past urql's caches. */
export function urqlPort(client: Client, session: Session): Port {
  return {
    session,
    execute: async (kind, document, variables, { commandId, signal } = {}) => {
      const context: Partial<OperationContext> = {
        requestPolicy: 'network-only',
        ...(commandId !== undefined && { commandId }),
      };
      const text = textOf(document);
      const given = (variables ?? {}) as AnyVariables;
      const source =
        kind === 'query' ? client.query(text, given, context) : client.mutation(text, given, context);
      const needed = session.memory.position();
      let result = await firstOf(source, signal);
      for (let time = 0; time < AGAIN_MAX && kind === 'query' && isOlder(result, needed); time += 1)
        result = await firstOf(source, signal);
      if (result.error?.networkError !== undefined) throw result.error.networkError;
      // The exchange put it there.
      const sentAs = result.operation.context['commandId'] as string | undefined;
      return resultOf(answerOf(result), sentAs);
    },
    listen: (document, variables, sink) => {
      const source = client.subscription(textOf(document), variables ?? {});
      const subscription = source.subscribe((result) => {
        if (result.error !== undefined && result.data === undefined) {
          sink.error(result.error.networkError ?? new ServiceError(answerOf(result).errors ?? []));
        } else sink.next(frameResultOf(answerOf(result)));
      });
      return () => {
        subscription.unsubscribe();
      };
    },
  };
}

/** How often a query is asked again where urql gave the answer of one that was under way. */
const AGAIN_MAX = 10;

/** urql joins a query to an equal one that is under way, which may have been sent before what must be seen was written. */
function isOlder({ extensions }: OperationResult, needed: Position | undefined): boolean {
  const { consistency } = toldBy(extensions);
  if (consistency === undefined || needed === undefined || consistency.stale) return false;
  return !hasReached(consistency.position, needed);
}

function firstOf(
  source: OperationResultSource<OperationResult>,
  signal?: AbortSignal,
): Promise<OperationResult> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      subscription.unsubscribe();
      reject(asError(signal?.reason));
    };
    const subscription = source.subscribe((result) => {
      if (result.stale) return;
      signal?.removeEventListener('abort', stop);
      resolve(result);
      // Else urql keeps the query for the life of the page. Not now: the first result may come before this is known.
      queueMicrotask(() => {
        subscription.unsubscribe();
      });
    });
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

function answerOf({ data, error, extensions }: OperationResult): WireAnswer {
  const errors = error?.graphQLErrors.map((one) => ({
    message: one.message,
    extensions: one.extensions,
    ...(one.path !== undefined && { path: one.path }),
  }));
  return { data: data as unknown, errors, extensions };
}
