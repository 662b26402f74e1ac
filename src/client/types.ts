/** A place in the log, as the service returned it: opaque text that sorts within one log and epoch. */
export type Position = string;

/** How fresh an answer is, as the service says in `extensions.consistency`. */
export interface Consistency {
  /** What the views that were read had reached. */
  readonly position: Position;
  /** The end of the log at that time. */
  readonly head: Position;
  readonly lagMs: number;
  /** True where the wait timed out, or where an event that belongs here is parked. */
  readonly stale: boolean;
  readonly waitedMs: number;
  /** How many events are set aside in the views that were read. */
  readonly parked?: number;
}

/** A GraphQL error as the service sends it. */
export interface GraphQLFailure {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: { readonly code?: string; readonly [detail: string]: unknown } | undefined;
}

/** A GraphQL answer as it is on the wire. */
export interface WireAnswer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFailure[] | undefined;
  readonly extensions?: unknown;
}

/** What an answer says about positions. */
export interface Told {
  /** How fresh what was read is; undefined where no view was read. */
  readonly consistency: Consistency | undefined;
  /** The latest position that the operation wrote, also of a refusal; undefined where it sent no command. */
  readonly written: Position | undefined;
  /** The latest position that the answer carries: whoever knows it knows the answer. */
  readonly position: Position | undefined;
}

/** An answer: data, errors as data, and how fresh it is. */
export interface Result<Data> extends Told {
  readonly data: Data | undefined;
  readonly errors: readonly GraphQLFailure[];
  /** The id under which the commands of a mutation were sent; undefined for reads. */
  readonly commandId: string | undefined;
}

/** A frame of a subscription. */
export interface Frame<Data> extends Result<Data> {
  /** True where frames may have been missed before this one: what comes next is a snapshot. */
  readonly discontinuity: boolean;
}

/** What an operation does. */
export type OperationKind = 'query' | 'mutation' | 'subscription';

/** A typed document: a `TypedDocumentString` or a `TypedDocumentNode`, as code generators make them. */
export interface TypedDocument<Data, Variables> {
  /** Carries the types; there is no such function. */
  readonly __apiType?: (variables: Variables) => Data;
}

/** What operations are written in: a typed document, or the text of one. */
export type Document<Data, Variables> = string | TypedDocument<Data, Variables>;

/** Variables whose types are not known. */
export type AnyVariables = Readonly<Record<string, unknown>>;

/** The arguments after a document: variables may be left out where none is required. */
export type Arguments<Variables, Options> =
  Record<string, never> extends Variables
    ? [variables?: Variables, options?: Options]
    : [variables: Variables, options?: Options];

/** A value that changes; `subscribe` tells that it did. Fits React's useSyncExternalStore as it is. */
export interface Readable<Value> {
  /** What it is now. */
  readonly get: () => Value;
  /** Calls `listener` after each change. Returns how to stop it. */
  readonly subscribe: (listener: () => void) => () => void;
}
