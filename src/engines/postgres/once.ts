import { TidemarkError } from '../../kernel/index.js';
import type { Lease, Leases, Run } from './leases.js';

/** After this long without a word of its holder others may take a lease, in ms. */
const LEASE_MS = 30_000;
/** A holder says so many times in that time that it is there. */
const RENEWALS = 3;

/** Work that is done by one node of a cluster at a time, again and again. */
export interface OnceOptions {
  /** What decides which node does it. */
  readonly leases: Leases;
  /** What others know it by. */
  readonly name: string;
  /** How long after it was done it is done again, in ms. */
  readonly intervalMs: number;
  /** How long others wait for a holder that has stopped without a word, in ms; half a minute when left out. */
  readonly leaseMs?: number;
  /** One transaction, which is undone whole where the lease is not held any more. May be done once more after a new holder. */
  readonly work: (run: Run) => Promise<void>;
  /** Told of each time that it was done here. */
  readonly onDone?: (lease: Lease) => void;
  /** Told of each time that it could not be done, CONFLICT where the lease was lost; it goes on by itself. */
  readonly onFailure?: (error: unknown) => void;
}

/** How to stop it: lets others have the lease at once. */
export interface Once {
  /** Does it no more, and waits for what is being done. */
  stop(): Promise<void>;
}

/** Does the work here for as long as this node holds its lease, and waits for the lease while another one does. */
export function runOnce(options: OnceOptions): Once {
  const { leases, name, intervalMs, leaseMs = LEASE_MS, work, onDone, onFailure } = options;
  let lease: Lease | undefined;
  let doneAt = -Infinity;
  let stopped = false;
  let wake: () => void = () => undefined;

  async function turn(): Promise<void> {
    lease ??= await leases.acquire(name, leaseMs);
    if (lease === undefined) return;
    if (performance.now() - doneAt >= intervalMs) {
      // Not renewed first: whoever was away for too long is to be refused, not to begin anew.
      await leases.fenced(lease, work);
      doneAt = performance.now();
      onDone?.(lease);
    }
    // Also after the work: where it is due each time, nothing else would hold the lease on.
    if (!(await leases.renew(lease, leaseMs))) lease = undefined;
  }

  async function run(): Promise<void> {
    while (!stopped) {
      try {
        await turn();
      } catch (error) {
        if (error instanceof TidemarkError && error.code === 'CONFLICT') lease = undefined;
        onFailure?.(error);
      }
      await pause();
    }
    // Where that fails, it expires.
    if (lease !== undefined) await leases.release(lease).catch(() => undefined);
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, stopped ? 0 : Math.min(leaseMs / RENEWALS, intervalMs));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const running = run();
  return {
    stop: async () => {
      stopped = true;
      wake();
      await running;
    },
  };
}
