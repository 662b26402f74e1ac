import type { ApplyContext } from './desk.js';
import { createFollower, type Commit, type Follower, type Target } from './follower.js';
import type { Freshness } from './freshness.js';
import type { EventLog, RecordedEvent } from './log.js';
import { createSlices } from './pace.js';
import { createParkedIndex, parkedIndexOf } from './parked.js';
import type { ViewStore, ViewTrouble } from './views.js';

/** How long a batch of views that are served may hold up everybody else, in ms. */
const LIVE_SLICE_MS = 3;
/** The same while they are built from nothing, when nobody can read them. */
const FIRST_SLICE_MS = 20;

/** The generation that is served, and the loop that keeps it up to date. */
export interface Live {
  target(): Target;
  /** Whether it applies the log; where not, it was made by another version and is only read. */
  follows(): boolean;
  /** Up to where the log has been applied to what is served or being built to be; 0 after damage. */
  checkpoint(): number;
  /** False from the time that it was found damaged until it is replaced. */
  intact(): boolean;
  /** The position that views built from nothing must reach before queries may read them; 0 where they may. */
  readonly servesFrom: () => number;
  /** When the oldest event that is not applied was recorded, in ms since 1970; null where nothing is missing. */
  behindSince(): number | null;
  /**
   * Serves another generation from now on; returns the one before, which nothing uses any more. Where it throws,
   * nothing has changed.
   */
  serve(store: ViewStore): ViewStore;
  /** What a failure of the store means; a damaged one is not served any more, and replaced as soon as that works. */
  diagnose(error: unknown): ViewTrouble;
  /** The log has a new head. */
  wake(): void;
  follower(): Follower;
  start(): void;
  readonly pause: () => void;
  readonly resume: () => void;
  paused(): boolean;
  /** Applies events only when they are so many ms old, from now on. */
  readonly delay: (ms: number) => void;
  delayMs(): number;
  /** Ends after the batch at hand. */
  stop(): Promise<void>;
}

/** What it works with. */
export interface LiveOptions {
  readonly store: ViewStore;
  readonly follows: boolean;
  readonly freshness: Freshness;
  readonly log: Pick<EventLog, 'read' | 'aheadMs'>;
  readonly context: Omit<ApplyContext, 'judge' | 'parked' | 'diagnose'>;
  readonly skips: ReadonlySet<number>;
  readonly batchMax: number;
  readonly head: () => number;
  readonly paused: boolean;
  readonly diagnose: (error: unknown) => ViewTrouble;
  /** Makes an empty generation in the place of a damaged one. */
  readonly replace: (damaged: ViewStore) => ViewStore;
  /** Views that were built from nothing are served from now on. */
  readonly onServe: (store: ViewStore) => void;
  readonly onCommit: (commit: Commit) => void;
  readonly onFailure: (error: unknown) => void;
}

/** What is served, standing still until it is started. */
export function createLive(options: LiveOptions): Live {
  const { freshness, head } = options;
  let target = targetOf(options.store);
  let { follows, paused } = options;
  let delayMs = 0;
  let started = false;
  let damaged = false;
  let behindSince = options.store.checkpoint() < head() ? Date.now() : null;
  // Views that start empty are served when they hold what the log held at that time, not half-built.
  let builtAt = head();
  const slices = createSlices(
    () => (target.store.built() ? LIVE_SLICE_MS : FIRST_SLICE_MS),
    options.batchMax,
  );
  let follower = follow();
  freshness.onWait(() => {
    follower.wake();
  });

  function follow(): Follower {
    return createFollower({
      ...options,
      target: () => target,
      context: { ...options.context, diagnose },
      batchMax: slices.batchMax,
      paused,
      awaited: () => freshness.waiters() > 0,
      delayMs: () => delayMs,
      done: () => {
        if (damaged) replaceDamaged();
        publish();
        return false;
      },
      onCommit: announce,
    });
  }

  function announce(commit: Commit, events: readonly RecordedEvent[]): void {
    slices.note(commit.durationMs, events.length);
    // What a damaged file took in is on its way out.
    if (damaged) return;
    behindSince = commit.checkpoint >= head() ? null : (recordedSince(events) ?? behindSince);
    try {
      publish();
    } finally {
      options.onCommit(commit);
    }
  }

  /** By this process's clock: the log's may be minutes off. */
  function recordedSince([first]: readonly RecordedEvent[]): number | undefined {
    return first && first.recordedAt - (options.log.aheadMs?.() ?? 0);
  }

  /** Once it is complete queries may read it, also after a restart; only then are those told who wait for its rows. */
  function publish(): void {
    const { store } = target;
    if (!store.built() && store.checkpoint() >= builtAt) {
      store.serve();
      options.onServe(store);
    }
    if (store.built() && store.checkpoint() !== freshness.checkpoint())
      freshness.announce(store.checkpoint());
  }

  function diagnose(error: unknown): ViewTrouble {
    const trouble = options.diagnose(error);
    if (trouble === 'damaged' && !damaged) condemn();
    return trouble;
  }

  /** Nothing that the views showed counts any more: freshness starts again, and reads wait for the rebuild. */
  function condemn(): void {
    damaged = true;
    builtAt = Math.max(head(), freshness.checkpoint());
    behindSince ??= Date.now();
    freshness.announce(0);
    follower.wake();
  }

  function replaceDamaged(): void {
    target = { store: options.replace(target.store), parked: createParkedIndex([]) };
    damaged = false;
  }

  function serve(store: ViewStore): ViewStore {
    const before = target.store;
    const next = targetOf(store);
    store.serve();
    void follower.stop();
    target = next;
    follows = true;
    damaged = false;
    behindSince = store.checkpoint() >= head() ? null : (behindSince ?? Date.now());
    follower = follow();
    if (started) follower.start();
    freshness.announce(store.checkpoint());
    return before;
  }

  return {
    target: () => target,
    follows: () => follows,
    checkpoint: () => (damaged ? 0 : target.store.checkpoint()),
    intact: () => !damaged,
    servesFrom: () => (target.store.built() && !damaged ? 0 : Math.max(1, builtAt)),
    behindSince: () => behindSince,
    serve,
    diagnose,
    wake: () => {
      behindSince ??= Date.now();
      follower.wake();
    },
    follower: () => follower,
    start: () => {
      started = true;
      // What another version made is not to be mixed with what this one makes.
      if (follows) follower.start();
    },
    pause: () => {
      paused = true;
      follower.pause();
    },
    resume: () => {
      paused = false;
      follower.resume();
    },
    paused: () => paused,
    delay: (ms) => {
      delayMs = ms;
      follower.wake();
    },
    delayMs: () => delayMs,
    stop: () => follower.stop(),
  };
}

function targetOf(store: ViewStore): Target {
  return { store, parked: parkedIndexOf(store) };
}
