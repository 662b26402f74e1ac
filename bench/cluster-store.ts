/** Orders in some store on a PostgreSQL server, as one process of several has them. */
export interface ClusterStore {
  /** Creates the `n`th order; resolves when it is durable. */
  createOrder(n: number): Promise<unknown>;
  /** Resolves when everything that was acknowledged here is in this process's views; left out where there are none. */
  settle?(): Promise<void>;
  close(): Promise<void>;
}

/** What a module exports as `peer`: stores by name, each opened on a database and, for its views, an empty folder. */
export interface ClusterModule {
  readonly stores: Readonly<Record<string, (url: string, folder: string) => Promise<ClusterStore>>>;
}

/** What a process of the bench is asked. */
export type ClusterRequest =
  | { readonly ask: 'open'; readonly url: string; readonly folder: string }
  | { readonly ask: 'write'; readonly inFlight: number; readonly ms: number }
  | { readonly ask: 'read'; readonly what: ReadKind; readonly inFlight: number; readonly ms: number }
  | { readonly ask: 'readElsewhere'; readonly inFlight: number; readonly ms: number }
  | { readonly ask: 'replay'; readonly url: string; readonly folder: string; readonly projections: boolean }
  | { readonly ask: 'close' };

export type ReadKind = 'order' | 'list';

/** What one process did in a run; `ms` includes the wait for its views. */
export interface ClusterRun {
  readonly done: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly latencies: readonly number[];
}

/** Written on one node, read on another: from the acknowledgement until visible there, in ms. */
export interface ElsewhereRun extends ClusterRun {
  readonly stale: number;
}

/** How many events were read and, where there are projections, applied. */
export interface ReplayRun {
  readonly events: number;
  readonly ms: number;
}
