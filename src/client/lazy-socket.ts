import type { Sink } from './frames.js';
import { frameResultOf, subscriptionError } from './results.js';
import type { Session } from './session.js';
import { signature, type SignedIn } from './signed-in.js';
import type { CreateGraphQLWs } from './socket.js';
import type { AnyVariables, Frame } from './types.js';

/** Where live views come from. */
export interface LazySocketOptions extends SignedIn {
  /** The GraphQL endpoint, `https://…/graphql`; in a page, a path will do. */
  readonly url: string;
  /** The endpoint of live views; `url` with ws in place of http when left out. */
  readonly socketUrl?: string;
  /** Loads graphql-ws at the first subscription; `import('graphql-ws')` when left out. */
  readonly graphqlWs?: () => Promise<{ readonly createClient: CreateGraphQLWs }>;
  /** Where the program has no WebSocket of its own: the one of `ws`. */
  readonly webSocketImpl?: unknown;
}

/** Live views, for which nothing is loaded before somebody listens. */
export interface LazySocket {
  listen<Data>(query: string, variables: AnyVariables | undefined, sink: Sink<Frame<Data>>): () => void;
  dispose(): Promise<void>;
}

/** Loads graphql-ws, and what goes with it, and connects when somebody listens for the first time. */
export function lazySocket(session: Session, options: LazySocketOptions): LazySocket {
  const load = options.graphqlWs ?? (() => import('graphql-ws'));
  const open = async (): Promise<ReturnType<CreateGraphQLWs>> => {
    const [{ createSocket }, { createClient }] = await Promise.all([import('./socket.js'), load()]);
    return createSocket(session, createClient, {
      url: options.socketUrl ?? socketUrlOf(options.url),
      webSocketImpl: options.webSocketImpl,
      connectionParams: (refused) => signature(options, refused),
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
      try {
        await (await opened)?.dispose();
      } catch {
        // It was about to connect, or could not: it is not open, and that is what was asked for.
      }
    },
  };
}

/** The same place, spoken to by WebSocket; a page's paths are on the page's host. */
function socketUrlOf(url: string): string {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  return new URL(url, location?.href).href.replace(/^http/, 'ws');
}
