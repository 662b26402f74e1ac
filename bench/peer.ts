import type { itemOf, orderOf } from './workload.js';

/** The input of a createOrder, and of an item to add: the same for every store. */
export type OrderInput = ReturnType<typeof orderOf>;
export type ItemInput = ReturnType<typeof itemOf>;

/** Orders in some event store: each command loads its stream, decides and appends. Both reject with the store's own error. */
export interface OrderStore {
  /** Creates an order and returns its id. */
  createOrder(input: OrderInput): Promise<string>;
  addItem(orderId: string, item: ItemInput): Promise<void>;
  /** Resolves when everything that was acknowledged has reached the views; left out where there are none. */
  settle?(): Promise<void>;
  /** How many commands' events another connection sees. */
  committed?(): Promise<number>;
  close(): Promise<void>;
}

/** A log that is there, and a view of its orders to build anew: in a folder that is empty or the log's; returns the time in ms. */
export interface Rebuilding {
  readonly events: number;
  rebuild(folder: string): Promise<number>;
}

/** What a module of peers exports as `peer`: each by the name that bench/peers.ts gives it. */
export interface PeerModule {
  /** A new store in a folder, for so many orders at most. */
  readonly stores?: Readonly<Record<string, (folder: string, orders: number) => Promise<OrderStore>>>;
  /** Sends one command to a handler that does nothing. */
  readonly dispatchers?: Readonly<Record<string, () => Promise<() => Promise<unknown>>>>;
  readonly rebuilds?: Readonly<Record<string, (folder: string, orders: number) => Promise<Rebuilding>>>;
}

/** What a peer's process is asked. */
export type PeerRequest =
  | {
      readonly ask: 'run';
      readonly folder: string;
      readonly inFlight: number;
      readonly orders: number;
      readonly ms: number;
    }
  | { readonly ask: 'dispatch'; readonly times: number }
  | { readonly ask: 'rebuild'; readonly folder: string; readonly orders: number };

/** What a peer did in a run. Latencies and times are in ms; `errors` counts the commands that failed by what they said. */
export interface PeerRun {
  readonly ms: number;
  readonly cpuMs: number;
  readonly latencies: readonly number[];
  readonly errors: Readonly<Record<string, number>>;
  /** What the store printed of errors, and those that nobody caught, counted likewise. */
  readonly logged: Readonly<Record<string, number>>;
  /** The most commands that had been acknowledged and that another connection did not see a moment later: there may be more. */
  readonly uncommitted: number;
}

/** How long one dispatch took, in ns; or how many events were replayed, and in which time. */
export interface PeerDispatch {
  readonly ns: number;
}
export interface PeerRebuild {
  readonly events: number;
  readonly ms: number;
}
