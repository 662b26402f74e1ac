import type { ApplyContext } from './apply.js';
import { messageOf } from './errors.js';
import { createFollower } from './follower.js';
import type { EventLog } from './log.js';
import { createPace } from './pace.js';
import { createParkedIndex } from './parked.js';
import { createRate } from './rate.js';
import type { ViewStore } from './views.js';

/** How the generation that is being built is doing. FAILED is tried again with backoff. */
export interface RebuildStatus {
  readonly generation: number;
  readonly state: 'BUILDING' | 'FAILED';
  /** The position up to which it has been built, and how far it has to go by now. */
  readonly checkpoint: number;
  readonly head: number;
  /** Share of the log, 0 to 1. */
  readonly progress: number;
  readonly eventsPerSecond: number;
  /** At that rate; null while it cannot be told. */
  readonly leftMs: number | null;
  readonly startedAt: number;
  readonly parked: number;
  /** For operators: why it failed last; null while it works. */
  readonly lastError: string | null;
}

/** A generation that is being built beside the live one. */
export interface Build {
  readonly store: ViewStore;
  start(): void;
  wake(): void;
  /** Ends it without a switch; the store is the caller's to close. */
  stop(): Promise<void>;
  status(): RebuildStatus;
}

/** What a build works with. */
export interface BuildOptions {
  readonly store: ViewStore;
  readonly log: Pick<EventLog, 'read'>;
  readonly context: Omit<ApplyContext, 'judge' | 'parked'>;
  readonly skips: ReadonlySet<number>;
  readonly head: () => number;
  /** Where it must be for the switch. */
  readonly target: () => number;
  /** Called when it is there; may throw, after which it is called again later. */
  readonly onCaughtUp: (store: ViewStore) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Builds a generation with the loop that keeps the live one up to date, at a pace that leaves room for others. */
export function createBuild(options: BuildOptions): Build {
  const { store, head, target, onCaughtUp } = options;
  const pace = createPace();
  const rate = createRate();
  const parked = createParkedIndex(store.parked({ limit: Infinity }));
  const startedAt = Date.now();
  let finished = false;

  function done(): boolean {
    if (finished) return true;
    if (store.checkpoint() < target()) return false;
    onCaughtUp(store);
    finished = true;
    return true;
  }

  const follower = createFollower({
    ...options,
    target: () => ({ store, parked }),
    batchMax: pace.batchMax,
    rest: pace.rest,
    done,
    onCommit: (_, events) => {
      rate.add(events.length);
    },
    paused: false,
  });

  function status(): RebuildStatus {
    const checkpoint = store.checkpoint();
    const eventsPerSecond = rate.perSecond();
    const left = Math.max(0, head() - checkpoint);
    const error = follower.lastError();
    return {
      generation: store.generation,
      state: follower.failures() > 0 ? 'FAILED' : 'BUILDING',
      checkpoint,
      head: head(),
      progress: head() === 0 ? 1 : checkpoint / head(),
      eventsPerSecond,
      leftMs: eventsPerSecond === 0 ? null : (1_000 * left) / eventsPerSecond,
      startedAt,
      parked: parked.events(),
      lastError: error === undefined ? null : messageOf(error),
    };
  }

  return { store, start: follower.start, wake: follower.wake, stop: follower.stop, status };
}
