import { caughtUp, type CaughtUp, type CaughtUpOptions } from './caught-up.js';
import { newCommandId } from './command-id.js';
import { textOf, type Print } from './document.js';
import { framesOf, type Frames } from './frames.js';
import { lazySocket, type LazySocketOptions } from './lazy-socket.js';
import { createMemory, type Memory } from './memory.js';
import type { OperationOptions, Port } from './port.js';
import { resultOf } from './results.js';
import type { RetryOptions } from './retry.js';
import { createSession, type Session } from './session.js';
import { postSignedIn } from './signed-in.js';
import type { AnyVariables, Arguments, Document, Frame, Position, Result } from './types.js';

/** How a client reaches its service. */
export interface ClientOptions extends LazySocketOptions {
  /** Who is signed in, where pages change users: each has a memory of their own. */
  readonly user?: string;
  /** What is remembered, and where; one for `url` and `user` when left out. */
  readonly memory?: Memory;
  /** To share a session with other clients; then `memory`, `user` and `retry` are the session's. */
  readonly session?: Session;
  /** How often, and how long, it tries again. */
  readonly retry?: Partial<RetryOptions>;
  /** `print` of graphql, where documents are parsed ones without their text. */
  readonly print?: Print;
}

/** A typed client that reads its own writes and does each command once. */
export interface Client extends Port {
  readonly memory: Memory;
  /** Reads. Rejects with a TransportError where no answer came; errors of the service are in the result. */
  query<Data, Variables = AnyVariables>(
    document: Document<Data, Variables>,
    ...rest: Arguments<Variables, OperationOptions>
  ): Promise<Result<Data>>;
  /** Sends commands, each once however often it has to be tried. A refusal is data, and is not tried again. */
  mutate<Data, Variables = AnyVariables>(
    document: Document<Data, Variables>,
    ...rest: Arguments<Variables, OperationOptions>
  ): Promise<Result<Data>>;
  /** Frames as they come, over lost connections; with a variable `$after: Position` from where they were lost. */
  subscribe<Data, Variables = AnyVariables>(
    document: Document<Data, Variables>,
    ...rest: Arguments<Variables, never>
  ): Frames<Frame<Data>>;
  /** Resolves once the views show the position. */
  caughtUp(position: Position, options?: CaughtUpOptions): Promise<CaughtUp>;
  /** Closes the socket and leaves the other tabs. */
  dispose(): Promise<void>;
}

/** A client of the service at `url`. Nothing is connected before it is used. */
export function createClient(options: ClientOptions): Client {
  const { url, user = '' } = options;
  const memory =
    options.session?.memory ?? options.memory ?? createMemory({ key: `tidemark:${url}:${user}` });
  const session =
    options.session ??
    createSession({ memory, ...(options.retry !== undefined && { retry: options.retry }) });
  const socket = lazySocket(session, options);

  const port: Port = {
    session,
    execute: async (kind, document, variables, { commandId, signal } = {}) => {
      const id = kind === 'mutation' ? (commandId ?? newCommandId()) : undefined;
      const body = JSON.stringify({ query: textOf(document, options.print), variables });
      const { answer } = await session.run({ kind, commandId: id, signal }, (attempt) =>
        postSignedIn(options, { ...attempt, url, body }),
      );
      return resultOf(answer, id);
    },
    listen: (document, variables, sink) =>
      socket.listen(textOf(document, options.print), variables as AnyVariables | undefined, sink),
  };
  return {
    ...port,
    memory,
    query: (document, ...[variables, given]) => port.execute('query', document, variables, given),
    mutate: (document, ...[variables, given]) => port.execute('mutation', document, variables, given),
    subscribe: (document, ...[variables]) => framesOf((sink) => port.listen(document, variables, sink)),
    caughtUp: (position, given) => caughtUp(port, position, given),
    dispose: async () => {
      if (options.memory === undefined && options.session === undefined) memory.dispose();
      await socket.dispose();
    },
  };
}
