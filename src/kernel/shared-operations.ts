import type { NewOperation, Operation, OperationLog } from './operation-log.js';
import type { Projector } from './projector.js';

/** How many operations are read at a time. */
const READ_BATCH = 1_000;
/** What could not be read is read again after this long, in ms. */
const RETRY_MS = 1_000;

/** What following works with. */
export interface SharedOperationsOptions {
  readonly log: OperationLog;
  readonly projectors: ReadonlyMap<string, Projector>;
  /** The last operation that the projectors were made with. */
  readonly after: number;
}

/** The log of operations, for this node to write its own, and how to stop following it. */
export interface SharedOperations {
  readonly log: OperationLog;
  stop(): void;
}

/**
 * Does here what operators did on other nodes: projections are paused and resumed, and events passed over, wherever that
 * was said. Does nothing where nobody else can write the log of operations.
 */
export function followOperations({ log, projectors, after }: SharedOperationsOptions): SharedOperations {
  // What this node is about to do itself, and answers for.
  const own = new Set<string>();
  let through = after;
  let reading = false;
  let again = false;
  let stopped = false;
  let retry: NodeJS.Timeout | undefined;

  async function readOn(): Promise<void> {
    for (let more = true; more && !stopped;) {
      const page = await log.read({ after: through, limit: READ_BATCH });
      through = page.at(-1)?.seq ?? through;
      takeOver(page, own, projectors);
      more = page.length === READ_BATCH;
    }
  }

  async function wake(): Promise<void> {
    again = true;
    if (reading) return;
    reading = true;
    try {
      while (again) {
        again = false;
        await readOn();
      }
    } catch {
      if (!stopped) retry = setTimeout(() => void wake(), RETRY_MS);
    } finally {
      reading = false;
    }
  }

  const unsubscribe = log.onRecord?.(() => void wake());
  async function record(operation: NewOperation): Promise<void> {
    const key = keyOf(operation);
    if (unsubscribe !== undefined) own.add(key);
    try {
      await log.record(operation);
    } catch (error) {
      // Where it was recorded all the same, it is done like another node's.
      own.delete(key);
      throw error;
    }
  }

  return {
    log: { ...log, record },
    stop: () => {
      stopped = true;
      clearTimeout(retry);
      unsubscribe?.();
    },
  };
}

function keyOf({ name, projection, correlationId, at, position }: NewOperation): string {
  return JSON.stringify([name, projection, correlationId, at, position]);
}

/** Of pausing and resuming only what comes out in the end is done, so this node's own among them change nothing. */
function takeOver(
  operations: readonly Operation[],
  own: Set<string>,
  projectors: ReadonlyMap<string, Projector>,
): void {
  const paused = new Map<string, boolean>();
  for (const operation of operations) {
    const { name, projection, position } = operation;
    const isOwn = own.delete(keyOf(operation));
    if (name === 'pauseProjection') paused.set(projection, true);
    if (name === 'resumeProjection') paused.set(projection, false);
    if (name === 'skipParked' && position !== null && !isOwn) projectors.get(projection)?.passOver(position);
  }
  for (const [projection, pause] of paused) {
    if (pause) projectors.get(projection)?.pause();
    else projectors.get(projection)?.resume();
  }
}
