import type { Sink } from './frames.js';
import type { Session } from './session.js';
import type { AnyVariables, Document, Frame, Result } from './types.js';

/** How one operation is sent. */
export interface OperationOptions {
  /** Gives the operation up; the promise rejects with the signal's reason. A command may have been done. */
  readonly signal?: AbortSignal | undefined;
  /** Of a mutation: send it again under the id that it had. */
  readonly commandId?: string | undefined;
}

/** What the hooks, and all that is built on any of the clients, need of it. The thin client is one. */
export interface Port {
  readonly session: Session;
  /** Sends a query or a mutation. Rejects where no answer came; errors of the service are in the result. */
  execute<Data, Variables>(
    kind: 'query' | 'mutation',
    document: Document<Data, Variables>,
    variables: Variables | AnyVariables | undefined,
    options?: OperationOptions,
  ): Promise<Result<Data>>;
  /** Subscribes until the returned function is called. Errors of the service come as a ServiceError. */
  listen<Data, Variables>(
    document: Document<Data, Variables>,
    variables: Variables | AnyVariables | undefined,
    sink: Sink<Frame<Data>>,
  ): () => void;
}
