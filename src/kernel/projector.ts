import { setImmediate as nextTurn } from 'node:timers/promises';
import { UnknownEventError } from './events.js';
import { createFreshness, type Freshness } from './freshness.js';
import type { EventLog, RecordedEvent } from './log.js';
import { handles, type Projection, type Rows } from './projection.js';
import type { RowChange, ViewEngine, ViewStore, ViewTrouble } from './views.js';
import { createWake } from './wake.js';

/** How many events a projection applies in one transaction at most (one command may make it more). */
export const PROJECTION_BATCH_MAX = 500;
/** A failed batch is tried again after this long; each further time after twice as long, up to the maximum. */
const BACKOFF_MS = 50;
const BACKOFF_MAX_MS = 10_000;

/** CATCHING_UP and LIVE go on by themselves; FAILED is tried again with backoff; STOPPED is over. */
export type ProjectionState = 'CATCHING_UP' | 'LIVE' | 'FAILED' | 'STOPPED';

/** What one projection is doing. Lag counts events not yet applied, and the age in ms of the oldest of them. */
export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly state: ProjectionState;
  readonly checkpoint: number;
  readonly head: number;
  readonly lagEvents: number;
  readonly lagMs: number;
  /** False while the lag is over what the projection declares acceptable, or it cannot go on. */
  readonly healthy: boolean;
  readonly parked: number;
  /** Share of the log that has been applied, 0 to 1. */
  readonly progress: number;
  /** For operators: why it failed; null while it works. */
  readonly lastError: string | null;
}

/** A committed batch: from after which position to which checkpoint, how long it took, and the rows it changed. */
export interface Commit {
  readonly after: number;
  readonly checkpoint: number;
  readonly durationMs: number;
  readonly changes: readonly RowChange[];
}

/** Keeps one projection's views up to date with the log. */
export interface Projector {
  readonly projection: Projection;
  readonly freshness: Freshness;
  store(): ViewStore;
  /** The position that views built from nothing must reach before queries may read them; 0 where they may. */
  servesFrom(): number;
  status(): ProjectionStatus;
  /** What a failed read means; after damage the views are built anew, and are not served until then. */
  failedRead(error: unknown): ViewTrouble;
  /** Calls `listener` after each commit, when its rows are readable. Returns how to stop it. */
  onCommit(listener: (commit: Commit) => void): () => void;
  /** Starts pulling; returns at once. */
  start(): void;
  /** Ends after the batch at hand. */
  stop(): Promise<void>;
}

/** What a projector works with. */
export interface ProjectorOptions {
  readonly projection: Projection;
  readonly store: ViewStore;
  /** What damaged views are replaced with; where it is left out, damage is a failure like any other. */
  readonly views?: Pick<ViewEngine, 'replace' | 'diagnose'>;
  readonly log: EventLog;
  /** Every event type that any module of this build defines; others stop the projection. */
  readonly knownTypes: ReadonlySet<string>;
  readonly head: number;
  readonly batchMax?: number | undefined;
  /** Told of each failed attempt; the projection goes on by itself. */
  readonly onFailure?: ((projection: string, error: unknown) => void) | undefined;
}

/** Applies the events in order through the projection's handlers. Pure but for `rows`. */
export function applyEvents(
  projection: Projection,
  knownTypes: ReadonlySet<string>,
  rows: { readonly [table: string]: Rows },
  events: readonly RecordedEvent[],
): void {
  for (const event of events) {
    if (handles(projection, event.type)) {
      for (const decoded of projection.events.decode(event)) projection.on.get(decoded.type)?.(rows, decoded);
    } else if (!knownTypes.has(event.type))
      throw new UnknownEventError(event, 'no module of this build defines this type');
  }
}

/** A projector that stands still until it is started. */
export function createProjector(options: ProjectorOptions): Projector {
  const { projection, views, log, knownTypes, onFailure, batchMax = PROJECTION_BATCH_MAX } = options;
  let { store } = options;
  const freshness = createFreshness(store.checkpoint());
  const listeners = new Set<(commit: Commit) => void>();
  const wake = createWake();
  // Views that start empty are served when they hold what the log held at that time, not half-built.
  let builtAt = store.checkpoint() === 0 ? options.head : 0;
  let head = options.head;
  let behindSince: number | null = freshness.checkpoint() < head ? Date.now() : null;
  let running: Promise<void> | undefined;
  let stopping = false;
  let damaged = false;
  let failures = 0;
  let carefulUntil = 0;
  let lastError: string | null = null;

  const unsubscribe = log.onAppend((position) => {
    head = position;
    behindSince ??= Date.now();
    wake.call();
  });

  /** One batch: pull, apply, commit, announce. False when there is nothing more to do. */
  async function step(): Promise<boolean> {
    if (damaged) replaceStore();
    // A batch that failed goes one command at a time, so that everything before the culprit gets through at once.
    const limit = freshness.checkpoint() < carefulUntil ? 1 : batchMax;
    const events = await log.read('all', { after: freshness.checkpoint(), limit });
    const last = events.at(-1);
    if (last === undefined) return false;
    behindSince = events[0]?.recordedAt ?? behindSince;
    const after = freshness.checkpoint();
    const started = performance.now();
    const changes = commit(last.position, events);
    const durationMs = performance.now() - started;
    settle(last.position);
    freshness.announce(last.position);
    for (const listener of listeners) listener({ after, checkpoint: last.position, durationMs, changes });
    if (events.length >= limit) await nextTurn();
    // At the head there is nothing more to read until the next signal, which the wake-up keeps.
    return last.position < head || events.length >= limit;
  }

  function commit(through: number, events: readonly RecordedEvent[]): readonly RowChange[] {
    try {
      return store.commit(through, (rows) => {
        applyEvents(projection, knownTypes, rows, events);
      });
    } catch (error) {
      carefulUntil = through;
      diagnose(error);
      throw error;
    }
  }

  /** Nothing that the views showed counts any more: freshness starts again, and reads wait for the rebuild. */
  function condemn(): void {
    damaged = true;
    carefulUntil = 0;
    builtAt = Math.max(head, freshness.checkpoint());
    behindSince ??= Date.now();
    freshness.announce(0);
    wake.call();
  }

  function replaceStore(): void {
    if (views === undefined) return;
    store = views.replace(store, projection, log.identity);
    damaged = false;
  }

  function diagnose(error: unknown): ViewTrouble {
    const trouble = views?.diagnose(error) ?? 'other';
    if (trouble === 'damaged' && !damaged) condemn();
    return trouble;
  }

  function settle(checkpoint: number): void {
    failures = 0;
    lastError = null;
    head = Math.max(head, checkpoint);
    if (checkpoint === head) behindSince = null;
  }

  function fail(error: unknown): number {
    failures += 1;
    lastError = error instanceof Error ? error.message : String(error);
    onFailure?.(projection.name, error);
    return Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** Math.min(failures - 1, 20));
  }

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        wake.clear();
        if (!(await step())) await wake.wait();
      } catch (error) {
        const retryAt = performance.now() + fail(error);
        while (!stopping && performance.now() < retryAt) await wake.wait(retryAt - performance.now());
      }
    }
  }

  function state(): ProjectionState {
    if (running === undefined || stopping) return 'STOPPED';
    if (failures > 0) return 'FAILED';
    return head - freshness.checkpoint() > batchMax ? 'CATCHING_UP' : 'LIVE';
  }

  function status(): ProjectionStatus {
    const { name, version, acceptableLag } = projection;
    const checkpoint = freshness.checkpoint();
    const lagEvents = Math.max(0, head - checkpoint);
    const lagMs = lagEvents === 0 || behindSince === null ? 0 : Math.max(0, Date.now() - behindSince);
    const within = lagEvents <= acceptableLag.events && lagMs <= acceptableLag.ms;
    return {
      name,
      version,
      generation: store.generation,
      state: state(),
      checkpoint,
      head,
      lagEvents,
      lagMs,
      healthy: within && failures === 0 && state() !== 'STOPPED',
      parked: 0,
      progress: head === 0 ? 1 : checkpoint / head,
      lastError,
    };
  }

  return {
    projection,
    freshness,
    store: () => store,
    servesFrom: () => (freshness.checkpoint() >= builtAt ? 0 : builtAt),
    status,
    failedRead: (error) => {
      const known = damaged;
      const trouble = diagnose(error);
      if (damaged && !known) onFailure?.(projection.name, error);
      return trouble;
    },
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => {
      running ??= run();
    },
    stop: async () => {
      stopping = true;
      unsubscribe();
      wake.call();
      await running;
    },
  };
}
