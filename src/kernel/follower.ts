import { setImmediate as nextTurn } from 'node:timers/promises';
import { applyPage, type ApplyContext, type Verdict } from './apply.js';
import { UnknownEventError } from './events.js';
import type { EventLog, RecordedEvent } from './log.js';
import type { Pace } from './pace.js';
import type { ParkedIndex } from './parked.js';
import type { RowChange, ViewStore } from './views.js';
import { createWake } from './wake.js';

/** How many events a projection applies in one transaction at most (one command may make it more). */
export const PROJECTION_BATCH_MAX = 500;
/** How often an event is tried before it is set aside. */
export const ATTEMPTS_MAX = 3;
/** A failed batch is tried again after this long; each further time after twice as long, up to the maximum. */
const BACKOFF_MS = 50;
const BACKOFF_MAX_MS = 10_000;

/** A committed batch: from after which position to which checkpoint, how long it took, and the rows it changed. */
export interface Commit {
  readonly after: number;
  readonly checkpoint: number;
  readonly durationMs: number;
  readonly changes: readonly RowChange[];
}

/** A generation, and what it has set aside. */
export interface Target {
  readonly store: ViewStore;
  readonly parked: ParkedIndex;
}

/** Applies the log to a generation, batch by batch. */
export interface Follower {
  /** Starts pulling; returns at once. */
  readonly start: () => void;
  /** There may be something to do. */
  readonly wake: () => void;
  pause(): void;
  resume(): void;
  /** Commits nothing from now on; resolves when the batch at hand is over. */
  readonly stop: () => Promise<void>;
  failures(): number;
  lastError(): unknown;
  /** What applying events takes, for whoever applies some beside the follower. */
  context(): ApplyContext;
}

/** What a follower works with. */
export interface FollowerOptions {
  readonly target: () => Target;
  readonly log: Pick<EventLog, 'read'>;
  readonly context: Omit<ApplyContext, 'judge' | 'parked'>;
  /** Positions that an operator has told to pass over where they cannot be applied. */
  readonly skips: ReadonlySet<number>;
  readonly batchMax: () => number;
  /** The newest position known. */
  readonly head: () => number;
  readonly onCommit: (commit: Commit, events: readonly RecordedEvent[]) => void;
  /** Called after a failure, before it is tried again. */
  readonly onFailure: (error: unknown) => void;
  /** Called before and after each batch; true ends the follower. A throw counts as a failure. */
  readonly done: () => boolean;
  /** Lets others work after a batch that took so long. */
  readonly rest?: Pace['rest'];
  readonly paused: boolean;
}

/** A follower that stands still until it is started. */
export function createFollower(options: FollowerOptions): Follower {
  const { target, log, batchMax, head, onCommit, onFailure, done, rest } = options;
  const wake = createWake();
  const tries = createTries(options.skips);
  let running: Promise<void> | undefined;
  let stopping = false;
  let paused = options.paused;
  let failures = 0;
  let lastError: unknown;

  const context = (): ApplyContext => ({
    ...options.context,
    parked: target().parked,
    judge: tries.judge,
  });

  /** One batch: pull, apply, commit, announce. False when there is nothing more to do. */
  async function step(): Promise<boolean> {
    const { store } = target();
    const after = store.checkpoint();
    const limit = batchMax();
    const began = performance.now();
    const events = await log.read('all', { after, limit });
    // What was true before the wait may be over.
    if (events.length === 0 || stopping || paused) return false;
    const started = performance.now();
    const { changes, checkpoint, failure } = applyPage(store, events, context());
    const ended = performance.now();
    if (checkpoint > after) onCommit({ after, checkpoint, durationMs: ended - started, changes }, events);
    if (failure !== undefined) throw failure.error;
    failures = 0;
    lastError = undefined;
    tries.forget();
    if (rest !== undefined) await rest(ended - began, events.length);
    else if (events.length >= limit) await nextTurn();
    // At the head there is nothing more to read until the next signal, which the wake-up keeps.
    return checkpoint < head() || events.length >= limit;
  }

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        wake.clear();
        if (done()) return;
        const more = !paused && (await step());
        if (done()) return;
        if (!more) await wake.wait();
      } catch (error) {
        failures += 1;
        lastError = error;
        onFailure(error);
        await backOff();
      }
    }
  }

  async function backOff(): Promise<void> {
    const pauseMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** Math.min(failures - 1, 20));
    const retryAt = performance.now() + pauseMs;
    while (!stopping && failures > 0 && performance.now() < retryAt)
      await wake.wait(retryAt - performance.now());
  }

  return {
    start: () => {
      running ??= run();
    },
    wake: () => {
      wake.call();
    },
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      failures = 0;
      wake.call();
    },
    stop: async () => {
      stopping = true;
      wake.call();
      await running;
    },
    failures: () => failures,
    lastError: () => lastError,
    context,
  };
}

/** Counts how often the same events have failed, and says what to do with them. */
function createTries(skips: ReadonlySet<number>): {
  readonly judge: ApplyContext['judge'];
  forget(): void;
} {
  const tries = new Map<number, number>();
  return {
    judge: ({ position }, error): Verdict => {
      const attempts = (tries.get(position) ?? 0) + 1;
      tries.set(position, attempts);
      if (skips.has(position)) return { action: 'skip', attempts };
      // What this build does not know it will not know in a moment either.
      const final = attempts >= ATTEMPTS_MAX || error instanceof UnknownEventError;
      return { action: final ? 'park' : 'retry', attempts };
    },
    forget: () => {
      tries.clear();
    },
  };
}
