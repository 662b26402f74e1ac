import type { ApplyContext } from './desk.js';
import { messageOf } from './errors.js';
import { createFollower } from './follower.js';
import type { EventLog } from './log.js';
import { createPace } from './pace.js';
import { createParkedIndex, parkedIndexOf } from './parked.js';
import { createRate } from './rate.js';
import { retryParked } from './retry-parked.js';
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
  store(): ViewStore;
  start(): void;
  wake(): void;
  /** Does with an event that it has set aside what was done with it in the live generation, unless `check` throws. */
  retry(position: number, skip: number | undefined, check: () => void): Promise<void>;
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
  /** Makes an empty generation in the place of a damaged one. */
  readonly replace: (damaged: ViewStore) => ViewStore;
  /** Called when it is there; may throw, after which it is called again later. */
  readonly onCaughtUp: (store: ViewStore) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Builds a generation with the loop that keeps the live one up to date, at a pace that leaves room for others. */
export function createBuild(options: BuildOptions): Build {
  const { log, head, target, replace, onCaughtUp } = options;
  const pace = createPace();
  const rate = createRate();
  const startedAt = Date.now();
  let { store } = options;
  let parked = parkedIndexOf(store);
  let damaged = false;
  let over = false;

  const context = {
    ...options.context,
    diagnose: (error: unknown) => {
      const trouble = options.context.diagnose(error);
      damaged ||= trouble === 'damaged';
      return trouble;
    },
  };

  function done(): boolean {
    if (damaged) {
      store = replace(store);
      parked = createParkedIndex([]);
      damaged = false;
    }
    if (store.checkpoint() < target()) return false;
    onCaughtUp(store);
    over = true;
    return true;
  }

  const follower = createFollower({
    ...options,
    context,
    target: () => ({ store, parked }),
    batchMax: pace.batchMax,
    rest: pace.rest,
    done,
    onCommit: (_, events) => {
      rate.add(events.length);
    },
    paused: false,
  });

  const retry: Build['retry'] = async (position, skip, check) => {
    check();
    const current = store;
    const [event] = current.parked({ after: position - 1, limit: 1 });
    if (event?.position !== position || parked.first(event.entity) !== position) return;
    const ended = new Error('The build has ended.');
    const checkBoth = (): void => {
      check();
      if (over || store !== current) throw ended;
    };
    const { entity } = event;
    const onCommit = (): void => undefined;
    try {
      await retryParked({
        store,
        log,
        entity,
        skip,
        context: follower.context(),
        check: checkBoth,
        onCommit,
      });
    } catch (error) {
      if (error !== ended) throw error;
    }
  };

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
      progress: head() === 0 ? 1 : Math.min(1, checkpoint / head()),
      eventsPerSecond,
      leftMs: eventsPerSecond === 0 ? null : (1_000 * left) / eventsPerSecond,
      startedAt,
      parked: parked.events(),
      lastError: error === undefined ? null : messageOf(error),
    };
  }

  return {
    store: () => store,
    start: follower.start,
    wake: follower.wake,
    retry,
    stop: async () => {
      over = true;
      await follower.stop();
    },
    status,
  };
}
