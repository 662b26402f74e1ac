import { setImmediate as nextTurn } from 'node:timers/promises';
import { applyPage } from './apply.js';
import type { ApplyContext, Verdict } from './desk.js';
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
/**
 * Where nobody waits for it, a batch begins at the earliest so many ms after the one before, or so many times what that
 * one took: rows that several commands in a row change are then written once, and commands come first. The first event
 * after a while is applied at once.
 */
const LINGER_MS = 5;
const LINGER_FACTOR = 3;
const LINGER_MAX_MS = 50;
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
  /** Tries again now what failed, however long it was to wait. */
  again(): void;
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
  readonly log: Pick<EventLog, 'read' | 'aheadMs'>;
  readonly context: Omit<ApplyContext, 'judge' | 'parked'>;
  /** Positions that an operator has told to pass over where they cannot be applied. */
  readonly skips: ReadonlySet<number>;
  readonly batchMax: () => number;
  /** The newest position known. */
  readonly head: () => number;
  readonly onCommit: (commit: Commit, events: readonly RecordedEvent[]) => void;
  /** Called after a failure, before it is tried again. */
  readonly onFailure: (error: unknown) => void;
  /**
   * Called before and right after each batch, but not once it was told to stop; true ends the follower. A throw counts
   * as a failure.
   */
  readonly done: () => boolean;
  /** Whether somebody waits for the next batch; where left out, always. Call `wake` when somebody begins to. */
  readonly awaited?: () => boolean;
  /** How old an event must be before it is applied, in ms; 0 when left out. Call `wake` when it changes. */
  readonly delayMs?: () => number;
  /** Lets others work after a batch that took so long; a turn of the event loop when left out. */
  readonly rest?: Pace['rest'];
  readonly paused: boolean;
}

/** What a batch was: how many events, how long reading and applying them took, and whether there are more. */
interface Worked {
  readonly events: number;
  readonly tookMs: number;
  readonly more: boolean;
}

const NOTHING: Worked = { events: 0, tookMs: 0, more: false };
const AGAIN: Worked = { ...NOTHING, more: true };

/** A follower that stands still until it is started. */
export function createFollower(options: FollowerOptions): Follower {
  const { target, log, batchMax, onCommit, onFailure, done } = options;
  const { head, rest = () => nextTurn(), awaited = () => true, delayMs = () => 0 } = options;
  const wake = createWake();
  const tries = createTries(options.skips);
  let running: Promise<void> | undefined;
  let stopping = false;
  let paused = options.paused;
  let failures = 0;
  let lastError: unknown;
  let lingersUntil = -Infinity;

  const isStopping = (): boolean => stopping;
  const context = (): ApplyContext => ({
    ...options.context,
    parked: target().parked,
    judge: tries.judge,
  });

  /** One batch: pull, apply, commit, announce. */
  async function step(): Promise<Worked> {
    await target().store.hold();
    const { store } = target();
    const after = store.checkpoint();
    const began = performance.now();
    const limit = batchMax();
    const events = await log.read('all', { after, limit });
    // What was true before the wait may be over.
    const [first] = events;
    if (first === undefined || stopping || paused) return NOTHING;
    if (await tooYoung(first)) return AGAIN;
    const started = performance.now();
    tries.begin();
    const { changes, checkpoint, failure } = applyPage(store, events, context());
    const ended = performance.now();
    const lingerMs = Math.min(LINGER_MAX_MS, Math.max(LINGER_MS, LINGER_FACTOR * (ended - began)));
    lingersUntil = ended + lingerMs;
    if (checkpoint > after) {
      recovered();
      onCommit({ after, checkpoint, durationMs: ended - started, changes }, events);
    }
    if (failure !== undefined) throw failure.error;
    tries.forget();
    // At the head there is nothing more to read until the next signal, which the wake-up keeps.
    const more = checkpoint < head() || events.length >= limit;
    return { events: events.length, tookMs: ended - began, more };
  }

  /** Whether the event had to be waited for; what was true before may then be over. */
  async function tooYoung({ recordedAt }: RecordedEvent): Promise<boolean> {
    // Clocks may go backwards, so the delay itself is the longest wait.
    const leftMs = (): number =>
      Math.min(delayMs(), recordedAt + delayMs() - Date.now() - (log.aheadMs?.() ?? 0));
    if (leftMs() <= 0) return false;
    while (!stopping && !paused && leftMs() > 0) await wake.wait(leftMs());
    return true;
  }

  async function run(): Promise<void> {
    while (!isStopping()) {
      try {
        wake.clear();
        if (done()) return;
        const { more, tookMs, events } = paused ? NOTHING : await step();
        // Before any rest, in which the log would go on. Who stops it, to cancel a build, wants no switch any more.
        if (isStopping() || done()) return;
        recovered();
        if (more) await rest(tookMs, events);
        else await next();
      } catch (error) {
        failures += 1;
        lastError = error;
        onFailure(error);
        await backOff();
      }
    }
  }

  /** Resolves when there is something to do, and somebody waits for it or the lingering is over. */
  async function next(): Promise<void> {
    await wake.wait();
    while (!stopping && !awaited()) {
      const leftMs = lingersUntil - performance.now();
      if (leftMs <= 0) return;
      await wake.wait(leftMs);
    }
  }

  function recovered(): void {
    failures = 0;
    lastError = undefined;
  }

  async function backOff(): Promise<void> {
    const pauseMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** Math.min(failures - 1, 20));
    const retryAt = performance.now() + pauseMs;
    while (!stopping && failures > 0 && performance.now() < retryAt)
      await wake.wait(retryAt - performance.now());
  }

  function again(): void {
    failures = 0;
    wake.call();
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
      // What failed is not tried any more until it is resumed.
      again();
    },
    resume: () => {
      paused = false;
      again();
    },
    again,
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
  /** The page is tried once more: from here on each event counts once. */
  begin(): void;
  forget(): void;
} {
  const tries = new Map<number, number>();
  let judged = new Set<number>();
  return {
    judge: ({ position }, error): Verdict => {
      const attempts = (tries.get(position) ?? 0) + (judged.has(position) ? 0 : 1);
      tries.set(position, attempts);
      judged.add(position);
      if (skips.has(position)) return { action: 'skip', attempts };
      // What this build does not know it will not know in a moment either.
      const final = attempts >= ATTEMPTS_MAX || error instanceof UnknownEventError;
      return { action: final ? 'park' : 'retry', attempts };
    },
    begin: () => {
      judged = new Set();
    },
    forget: () => {
      tries.clear();
    },
  };
}
