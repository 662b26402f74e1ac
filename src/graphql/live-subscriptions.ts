import {
  execute,
  getOperationAST,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Principal } from './access.js';
import { extensionsOf, type RequestContext } from './context.js';
import { audienceOf, createHub, keyOf, openViewOf, type Outlet } from './fanout/index.js';

/** What an execution came to. */
export interface Executed {
  readonly data?: ExecutionResult['data'] | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
}

/** What live subscriptions work with. */
export interface LiveSubscriptionsOptions {
  readonly publicErrors: (errors: readonly GraphQLError[], args: ExecutionArgs) => GraphQLFormattedError[];
  /** A context for frames that all of an audience are sent. */
  readonly contextOf: (principal: Principal | null) => RequestContext;
}

/** A subscription whose frames are written to its socket without passing through here. */
export type Written = AsyncGenerator<ExecutionResult, void, void>;

/** Executes each frame of a live view once, for all who are sent it. */
export interface LiveSubscriptions {
  /** Takes an operation over; undefined where it has opened no live view. */
  take(id: string, payload: SubscribePayload, args: ExecutionArgs, outlet: Outlet): Written | undefined;
  /** A frame as it leaves: its data, coded errors, and how fresh it is. */
  payloadOf(result: Executed, args: ExecutionArgs): FormattedExecutionResult;
}

/** Live subscriptions of one edge. */
export function createLiveSubscriptions({
  publicErrors,
  contextOf,
}: LiveSubscriptionsOptions): LiveSubscriptions {
  const hub = createHub<string>(({ length }) => length);

  function payloadOf({ data, errors }: Executed, args: ExecutionArgs): FormattedExecutionResult {
    // Every operation of this edge was given a context of ours.
    const extensions = extensionsOf(args.contextValue as RequestContext);
    return {
      ...(data !== undefined && { data }),
      ...(errors && { errors: publicErrors(errors, args) }),
      ...(extensions && { extensions }),
    };
  }

  function renderWith({ schema, document, operationName, variableValues }: ExecutionArgs) {
    return (rootValue: unknown, contextValue: RequestContext): string | Promise<string> => {
      const args: ExecutionArgs = {
        schema,
        document,
        operationName,
        variableValues,
        rootValue,
        contextValue,
      };
      const result = execute(args);
      const textOf = (done: ExecutionResult): string => JSON.stringify(payloadOf(done, args));
      return result instanceof Promise ? result.then(textOf) : textOf(result);
    };
  }

  return {
    payloadOf,
    take: (id, { query, variables, operationName }, args, outlet) => {
      // As above.
      const context = args.contextValue as RequestContext;
      const open = openViewOf(context);
      const operation = getOperationAST(args.document, operationName);
      if (open === undefined || operation == null) return undefined;
      const { key: audience, principal } = audienceOf(context.principal);
      const asked = { query, operationName, variables: variables ?? {} };
      const { view, after } = open;
      const key = keyOf(asked, args.document, operation, audience);
      const source = { key, view, render: renderWith(args), createContext: () => contextOf(principal) };
      // Whoever runs the protocol keeps these as long as the subscription lasts.
      args.contextValue = undefined;
      return writtenElsewhere((onEnd) =>
        hub.subscribe({ ...source, sink: outlet.sinkOf(id), onEnd }, { after, context }),
      );
    },
  };
}

/** A source without frames: it begins when it is asked for one, and then only ever ends. */
function writtenElsewhere(begin: (onEnd: (error?: unknown) => void) => () => void): Written {
  // Forgotten once it has begun, with all that only the beginning takes.
  let start: typeof begin | undefined = begin;
  let stop: (() => void) | undefined;
  let ended: Promise<IteratorReturnResult<void>> | undefined;
  const done = { done: true, value: undefined } as const;
  const run = (): Promise<IteratorReturnResult<void>> =>
    new Promise((resolve, reject) => {
      stop = start?.((error) => {
        if (error === undefined) resolve(done);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the view failed with
        else reject(error);
      });
      start = undefined;
    });
  const end = (): Promise<IteratorReturnResult<void>> => {
    ended ??= Promise.resolve(done);
    stop?.();
    return Promise.resolve(done);
  };
  return {
    next: () => (ended ??= run()),
    return: end,
    throw: end,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
