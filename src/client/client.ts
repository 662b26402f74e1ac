import { caughtUp, type CaughtUp, type CaughtUpOptions } from './caught-up.js';
import { newCommandId } from './command-id.js';
import { textOf, type Print } from './document.js';
import { framesOf, type Frames, type Sink } from './frames.js';
import { isUnauthenticated, post, type Fetch } from './http.js';
import { createMemory, type Memory } from './memory.js';
import type { OperationOptions, Port } from './port.js';
import { frameResultOf, resultOf, subscriptionError } from './results.js';
import type { Reply, RetryOptions } from './retry.js';
import { createSession, type Session } from './session.js';
import { createSocket, type CreateGraphQLWs } from './socket.js';
import type { AnyVariables, Arguments, Document, Frame, Position, Result } from './types.js';

/** How a client reaches its service. */
export interface ClientOptions {
  /** The GraphQL endpoint, `https://…/graphql`; in a page, a path will do. */
  readonly url: string;
  /** The endpoint of live views; `url` with ws in place of http when left out. */
  readonly socketUrl?: string;
  /** The user's token. Asked for each request and connect; with `refused`, the service has refused what it was told. */
  readonly token?: (refused: boolean) => string | undefined | Promise<string | undefined>;
  /** More headers of each request. */
  readonly headers?: () => Record<string, string> | Promise<Record<string, string>>;
  /** Who is signed in, where pages change users: each has a memory of their own. */
  readonly user?: string;
  /** What is remembered, and where; one for `url` and `user` when left out. */
  readonly memory?: Memory;
  /** To share a session with other clients; then `memory`, `user` and `retry` are the session's. */
  readonly session?: Session;
  readonly retry?: Partial<RetryOptions>;
  readonly fetch?: Fetch;
  /** Loads graphql-ws at the first subscription; `import('graphql-ws')` when left out. */
  readonly graphqlWs?: () => Promise<{ readonly createClient: CreateGraphQLWs }>;
  /** Where the program has no WebSocket of its own: the one of `ws`. */
  readonly webSocketImpl?: unknown;
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
        postSignedIn(options, { ...attempt, body }),
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

interface Posted {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** A token that the service refuses is asked for anew, once. */
async function postSignedIn(options: ClientOptions, { headers, body, signal }: Posted): Promise<Reply> {
  const send: Fetch = options.fetch ?? ((url, init) => fetch(url, init));
  const sendAs = async (refused: boolean): Promise<Reply> => {
    const own = { ...(await options.headers?.()), ...(await authorization(options, refused)) };
    return post(send, { url: options.url, headers: { ...own, ...headers }, body, signal });
  };
  const reply = await sendAs(false);
  return options.token !== undefined && isUnauthenticated(reply) ? sendAs(true) : reply;
}

async function authorization({ token }: ClientOptions, refused: boolean): Promise<Record<string, string>> {
  const value = await token?.(refused);
  return value === undefined ? {} : { authorization: `Bearer ${value}` };
}

interface LazySocket {
  listen<Data>(query: string, variables: AnyVariables | undefined, sink: Sink<Frame<Data>>): () => void;
  dispose(): Promise<void>;
}

/** Loads graphql-ws and connects when somebody listens for the first time. */
function lazySocket(session: Session, options: ClientOptions): LazySocket {
  const load = options.graphqlWs ?? (() => import('graphql-ws'));
  const open = async (): Promise<ReturnType<CreateGraphQLWs>> => {
    const { createClient: create } = await load();
    return createSocket(session, create, {
      url: options.socketUrl ?? socketUrlOf(options.url),
      webSocketImpl: options.webSocketImpl,
      connectionParams: async (refused) => ({
        ...(await options.headers?.()),
        ...(await authorization(options, refused)),
      }),
    });
  };
  let opened: ReturnType<typeof open> | undefined;
  return {
    listen: (query, variables, sink) => {
      let stopped = false;
      let stop: () => void = () => undefined;
      const start = async (): Promise<void> => {
        const socket = await (opened ??= open());
        if (stopped) return;
        stop = socket.subscribe(
          { query, variables: variables ?? null },
          {
            next: (frame) => {
              sink.next(frameResultOf(frame));
            },
            error: (error) => {
              sink.error(subscriptionError(error));
            },
            complete: () => {
              sink.complete();
            },
          },
        );
      };
      start().catch((error: unknown) => {
        opened = undefined;
        sink.error(subscriptionError(error));
      });
      return () => {
        stopped = true;
        stop();
      };
    },
    dispose: async () => {
      await (await opened)?.dispose();
    },
  };
}

/** The same place, spoken to by WebSocket; a page's paths are on the page's host. */
function socketUrlOf(url: string): string {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  return new URL(url, location?.href).href.replace(/^http/, 'ws');
}
