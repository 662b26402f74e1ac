/** A histogram since the start: how many were at most each bound, ascending; `count` has those above all of them, too. */
export interface MeasuredHistogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
}

/** How the service is doing, as whoever measures it says: counts and histograms are since the start. */
export interface ServiceFacts {
  /** In ms since 1970, like `startedAt`. */
  readonly at: number;
  readonly startedAt: number;
  readonly version: string;
  readonly durability: string;
  /** By outcome: accepted, refused, duplicate, or an error code. */
  readonly commands: ReadonlyMap<string, number>;
  readonly commandSeconds: MeasuredHistogram;
  readonly commitCommands: MeasuredHistogram;
  readonly commitSyncSeconds: MeasuredHistogram;
  readonly readAfterSeconds: MeasuredHistogram;
  /** By projection. */
  readonly readAfterWaiters: ReadonlyMap<string, number>;
  readonly sockets: number;
  readonly subscriptions: number;
  readonly operationsRunning: number;
  readonly operationsQueued: number;
  readonly eventLoopDelayP50Ms: number;
  readonly eventLoopDelayP99Ms: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
}

/** Where `serviceStatus` has it from: one for all who watch, at work only while somebody does. */
export interface ServiceWatch {
  /** Calls `listener` whenever there is something new. Returns how to stop it. */
  readonly watch: (listener: () => void) => () => void;
  /** The newest there is. */
  readonly latest: () => Promise<ServiceFacts>;
}
