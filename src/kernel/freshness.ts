import type { Deadline } from './deadline.js';
import { TidemarkError } from './errors.js';

/** The most waits at a time on one projection where nobody says; one more is refused as OVERLOADED. */
export const WAITERS_MAX = 10_000;

/** How a wait ended. */
export type WaitOutcome = 'reached' | 'timeout' | 'aborted';

/** The committed checkpoint of one projection, and those who wait for it to reach a position. */
export interface Freshness {
  checkpoint(): number;
  waiters(): number;
  /** Lets so many wait at a time from now on; those that wait already stay. */
  limitWaiters(max: number): void;
  /** Resolves when the checkpoint has reached the position (at once if it has), on the deadline, or when aborted. */
  wait(position: number, deadline: Deadline, signal?: AbortSignal): Promise<WaitOutcome>;
  /** Calls `listener` whenever somebody begins to wait; there is one listener. */
  onWait(listener: () => void): void;
  /** Called after a commit, with the checkpoint that was committed. */
  announce(checkpoint: number): void;
}

interface Waiter {
  readonly position: number;
  readonly settle: (outcome: WaitOutcome) => void;
}

/** Freshness that starts at a committed checkpoint. */
export function createFreshness(start: number): Freshness {
  let current = start;
  let waitersMax = WAITERS_MAX;
  let awaited = (): void => undefined;
  // Ascending by position, so that an announcement touches only those that it releases.
  const waiting: Waiter[] = [];

  function enqueue(waiter: Waiter): void {
    let at = waiting.length;
    while (at > 0 && (waiting[at - 1]?.position ?? 0) > waiter.position) at -= 1;
    waiting.splice(at, 0, waiter);
  }

  function enter(
    position: number,
    deadline: Deadline,
    signal: AbortSignal | undefined,
  ): Promise<WaitOutcome> {
    return new Promise((resolve) => {
      const leave = (outcome: WaitOutcome): void => {
        const at = waiting.indexOf(waiter);
        if (at >= 0) waiting.splice(at, 1);
        waiter.settle(outcome);
      };
      const timer = setTimeout(() => {
        leave('timeout');
      }, deadline.leftMs());
      const onAbort = (): void => {
        leave('aborted');
      };
      const waiter: Waiter = {
        position,
        settle: (outcome) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          resolve(outcome);
        },
      };
      signal?.addEventListener('abort', onAbort);
      enqueue(waiter);
      awaited();
    });
  }

  return {
    checkpoint: () => current,
    waiters: () => waiting.length,
    limitWaiters: (max) => {
      waitersMax = max;
    },
    wait: async (position, deadline, signal) => {
      if (position <= current) return 'reached';
      if (signal?.aborted === true) return 'aborted';
      if (deadline.leftMs() <= 0) return 'timeout';
      if (waiting.length >= waitersMax) {
        throw new TidemarkError('OVERLOADED', 'Too many requests wait for this projection. Try again later.');
      }
      return enter(position, deadline, signal);
    },
    onWait: (listener) => {
      awaited = listener;
    },
    announce: (checkpoint) => {
      current = checkpoint;
      const reached = waiting.findIndex(({ position }) => position > checkpoint);
      const released = waiting.splice(0, reached === -1 ? waiting.length : reached);
      for (const { settle } of released) settle('reached');
    },
  };
}
