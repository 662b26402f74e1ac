/** What operators can do to a projection. */
export type OperationName =
  | 'rebuildProjection'
  | 'cancelRebuild'
  | 'rollbackProjection'
  | 'pruneProjection'
  | 'pauseProjection'
  | 'resumeProjection'
  | 'delayProjection'
  | 'retryParked'
  | 'skipParked'
  | 'verifyProjection'
  | 'copyProjection';

/** Who did what to which projection, when (ms since 1970), and with what. */
export interface NewOperation {
  readonly name: OperationName;
  readonly projection: string;
  readonly actor: string;
  readonly correlationId: string;
  readonly at: number;
  /** Of the event it was about; null where it was about none. */
  readonly position: number | null;
  readonly reason: string | null;
}

/** An operation as it was written down; `seq` counts from 1. */
export interface Operation extends NewOperation {
  readonly seq: number;
}

/** Which operations: of one projection where named, after and before a `seq` (both exclusive), so many at most. */
export interface OperationPage {
  readonly projection?: string | undefined;
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
  /** The last so many of them instead of the first. */
  readonly backward?: boolean | undefined;
}

/** What operators did, kept with the log: it outlives the views, and says which of them are paused and what to skip. */
export interface OperationLog {
  /** Resolves when it is durable; rejects with UNAVAILABLE where it cannot be written. */
  record(operation: NewOperation): Promise<void>;
  /** In the order in which they were done. */
  read(page: OperationPage): Promise<readonly Operation[]>;
  /**
   * Calls `listener` when there may be operations that somebody else has recorded; returns how to stop it. Left out by logs
   * that one process has for itself.
   */
  onRecord?(listener: () => void): () => void;
}

/** What operations have left behind: which projections are paused, and which positions each passes over. */
export interface Standing {
  /** The `seq` of the last operation that counts; 0 where there is none. */
  readonly through: number;
  readonly paused: ReadonlySet<string>;
  readonly skips: ReadonlyMap<string, ReadonlySet<number>>;
}

/** How many operations are read at a time. */
const READ_BATCH = 1_000;

/** The standing that follows from all operations so far. */
export async function standingOf(operations: Pick<OperationLog, 'read'>): Promise<Standing> {
  const paused = new Set<string>();
  const skips = new Map<string, Set<number>>();
  let after = 0;
  for (;;) {
    const page = await operations.read({ after, limit: READ_BATCH });
    for (const { name, projection, position } of page) {
      if (name === 'pauseProjection') paused.add(projection);
      if (name === 'resumeProjection') paused.delete(projection);
      if (name === 'skipParked' && position !== null)
        skips.set(projection, (skips.get(projection) ?? new Set()).add(position));
    }
    after = page.at(-1)?.seq ?? after;
    if (page.length < READ_BATCH) return { paused, skips, through: after };
  }
}

/** Operations in memory, gone with the process. */
export function createMemoryOperations(): OperationLog {
  const all: Operation[] = [];
  return {
    record: async (operation) => {
      all.push({ ...operation, seq: all.length + 1 });
    },
    read: async ({ projection, after = 0, before = Infinity, limit, backward = false }) => {
      const found = all.filter(
        (operation) =>
          operation.seq > after &&
          operation.seq < before &&
          (projection === undefined || operation.projection === projection),
      );
      return backward ? found.slice(-limit) : found.slice(0, limit);
    },
  };
}
