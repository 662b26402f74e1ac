import { PARKED_ENTITIES_MAX } from './desk.js';
import { entitiesAsked } from './apply.js';
import { createCopying, type Copying } from './copying.js';
import { TidemarkError } from './errors.js';
import { PROJECTION_BATCH_MAX, type Commit } from './follower.js';
import { createFeed, type Feed } from './feed.js';
import { createFreshness, type Freshness } from './freshness.js';
import type { Generations } from './generations.js';
import { createListeners } from './listeners.js';
import { createLive } from './live.js';
import type { EventLog, RecordedEvent } from './log.js';
import type { ParkedEvent, ParkedPage } from './parked.js';
import { statusOf, type ProjectionStatus } from './projection-status.js';
import type { Projection } from './projection.js';
import { createRate } from './rate.js';
import { retryParked, type RetryOutcome } from './retry-parked.js';
import { createSuccession, type Succession } from './succession.js';
import { createTurns } from './turns.js';
import type { VerifyHow, ViewReport } from './verification.js';
import type { RowChange, ViewEngine, ViewStore, ViewTrouble } from './views.js';

/** Keeps one projection's views up to date with the log, and builds new generations of them. */
export interface Projector {
  readonly projection: Projection;
  /** Of the generation that is served. */
  readonly freshness: Freshness;
  /** What live views follow. */
  readonly feed: Feed;
  store(): ViewStore;
  /** The position that views built from nothing must reach before queries may read them; 0 where they may. */
  servesFrom(): number;
  status(): ProjectionStatus;
  /** What a failed read means; after damage the views are built anew, and are not served until then. */
  failedRead(error: unknown): ViewTrouble;
  /** Calls `listener` after each commit, when its rows are readable. Returns how to stop it. */
  onCommit(listener: (commit: Commit) => void): () => void;
  /** Calls `listener` when another generation is served: any row may be another one. Returns how to stop it. */
  onSwitch(listener: () => void): () => void;
  /** Starts pulling; returns at once. */
  start(): void;
  /** Ends after the batch at hand, and closes the views. */
  stop(): Promise<void>;
  /** The position of the entity's first event that is set aside; undefined where there is none. */
  parkedSince(entity: string): number | undefined;
  parkedCount(entity: string): number;
  parked(page: ParkedPage): readonly ParkedEvent[];
  /** Whether the views do not show all of these events yet: one of them, or an earlier one of its entity, is set aside. */
  isSetAside(events: readonly RecordedEvent[]): boolean;
  /** Applies an event that was set aside, and what waits behind it; NOT_FOUND, or CONFLICT where it waits itself. */
  retry(position: number): Promise<RetryOutcome>;
  /** Passes over an event that was set aside and applies what waits behind it; refuses as `retry` does. */
  skip(position: number): Promise<RetryOutcome>;
  /** The same where it was said elsewhere: now if it is set aside here, else when its turn comes. Never throws. */
  passOver(position: number): void;
  /** Positions that are passed over where they cannot be applied. */
  readonly skips: ReadonlySet<number>;
  /** Throws what `retry` and `skip` would, and changes nothing. */
  checkParked(position: number): ParkedEvent;
  /** What comes after the live generation and what came before it: rebuild, cancel, rollback, prune. */
  readonly succession: Pick<Succession, 'check' | 'rebuild' | 'cancelRebuild' | 'rollback' | 'prune'>;
  /** Holds the live views against a replay of the log. */
  verify(how?: VerifyHow): Promise<ViewReport>;
  /** Copies of the live views, for nodes that join. */
  readonly copying: Copying;
  pause(): void;
  resume(): void;
  /** Applies events only when they are so many ms old, until it is told otherwise or stopped. */
  delay(ms: number): void;
}

/** What a projector works with. */
export interface ProjectorOptions {
  readonly projection: Projection;
  readonly generations: Generations;
  readonly views: ViewEngine;
  readonly log: EventLog;
  /** Every event type that any module of this build defines; others are set aside. */
  readonly knownTypes: ReadonlySet<string>;
  readonly head: number;
  readonly batchMax?: number | undefined;
  readonly parkedEntitiesMax?: number | undefined;
  /** Positions to be passed over where they cannot be applied; `skip` adds to them. */
  readonly skips?: Set<number> | undefined;
  readonly paused?: boolean | undefined;
  /** Told of each failed attempt; the projection goes on by itself. */
  readonly onFailure?: ((projection: string, error: unknown) => void) | undefined;
}

/** A projector that stands still until it is started. */
export function createProjector(options: ProjectorOptions): Projector {
  const { projection, generations, views, log, knownTypes, onFailure } = options;
  const { batchMax = PROJECTION_BATCH_MAX, parkedEntitiesMax = PARKED_ENTITIES_MAX } = options;
  const { skips = new Set<number>() } = options;
  const freshness = createFreshness(generations.live.built() ? generations.live.checkpoint() : 0);
  const feed = createFeed(projection, {
    checkpoint: () => generations.live.checkpoint(),
    settled: () => generations.servedLast && generations.live.settled(),
  });
  const commits = createListeners<Commit>();
  const switches = createListeners<undefined>();
  const rate = createRate();
  const turn = createTurns();
  const context = { projection, knownTypes, parkedEntitiesMax };
  let head = options.head;
  let state: 'new' | 'running' | 'stopped' = 'new';
  const fail = (error: unknown): void => onFailure?.(projection.name, error);
  const forget = (generation: number): void => {
    try {
      views.remove(projection, generation);
    } catch (error) {
      fail(error);
    }
  };
  const replace = (damaged: ViewStore): ViewStore => {
    const store = views.create(projection, log.identity);
    damaged.close();
    forget(damaged.generation);
    return store;
  };
  const live = createLive({
    store: generations.live,
    follows: generations.follows,
    freshness,
    log,
    context,
    skips,
    batchMax,
    head: () => head,
    paused: options.paused ?? false,
    diagnose: (error) => views.diagnose(error),
    replace,
    onServe: feed.restart,
    onCommit: (commit) => {
      // What is being built from nothing is not what was seen before.
      if (live.servesFrom() === 0) feed.commit(commit);
      head = Math.max(head, commit.checkpoint);
      rate.add(commit.checkpoint - commit.after);
      commits.tell(commit);
    },
    onFailure: fail,
  });
  const succession = createSuccession({
    projection,
    generations,
    views,
    identity: log.identity,
    live,
    log,
    context: { ...context, diagnose: (error) => views.diagnose(error) },
    skips,
    head: () => head,
    replace,
    forget,
    onSwitch: () => {
      feed.restart(live.target().store);
      switches.tell(undefined);
    },
    onFailure: fail,
  });
  const unsubscribe = log.onAppend((position) => {
    // Signals may come late, or twice.
    head = Math.max(head, position);
    live.wake();
    succession.wake();
  });

  function checkParked(position: number): ParkedEvent {
    if (state === 'stopped') throw new TidemarkError('UNAVAILABLE', `${projection.name} is stopped.`);
    // Its rows and what is set aside are another version's.
    if (!live.follows()) throw conflict(`${projection.name} is being built. Look again when that is done.`);
    const [event] = live.target().store.parked({ after: position - 1, limit: 1 });
    if (event?.position !== position) {
      throw new TidemarkError('NOT_FOUND', `No event at this position is set aside in ${projection.name}.`);
    }
    const first = live.target().parked.first(event.entity);
    if (first === position) return event;
    throw conflict(`It waits behind another event of ${event.entity}, which has to come first.`);
  }

  function isSetAside(event: RecordedEvent): boolean {
    const { store, parked } = live.target();
    if (parked.events() === 0) return false;
    const [own] = store.parked({ after: event.position - 1, limit: 1 });
    if (own?.position === event.position) return true;
    const entities = entitiesAsked(event, live.follower().context());
    return entities.some((entity) => (parked.first(entity) ?? Infinity) < event.position);
  }

  /** One after the other: two at a time would apply the same events twice. */
  const apply = (position: number, skip?: number): Promise<RetryOutcome> =>
    turn('', async () => {
      const { entity } = checkParked(position);
      if (skip !== undefined) skips.add(skip);
      const target = live.target();
      const check = (): void => {
        if (state === 'stopped') throw new TidemarkError('UNAVAILABLE', `${projection.name} is stopped.`);
        if (live.target() !== target)
          throw conflict('Another generation is served by now. Look at what is set aside there.');
      };
      const onCommit = (changes: readonly RowChange[]): void => {
        const checkpoint = target.store.checkpoint();
        const commit = { after: checkpoint, checkpoint, durationMs: 0, changes };
        feed.commit(commit);
        commits.tell(commit);
      };
      const context = live.follower().context();
      const outcome = await retryParked({
        store: target.store,
        log,
        entity,
        skip,
        context,
        check,
        onCommit,
      });
      await succession.retry(position, skip, check);
      // It may have been switched to what was built in between.
      if (live.target().parked.first(entity) === position) check();
      // There may be room for more now.
      live.follower().again();
      return outcome;
    });

  return {
    projection,
    freshness,
    feed,
    store: () => live.target().store,
    servesFrom: live.servesFrom,
    status: () =>
      statusOf({
        projection,
        version: live.target().store.version,
        generation: live.target().store.generation,
        checkpoint: live.checkpoint(),
        head,
        batchMax,
        running: state === 'running',
        // What only serves until another generation is built does not follow the log anyway.
        paused: live.paused() && live.follows(),
        delayMs: live.delayMs(),
        servable: live.follows() && live.servesFrom() === 0,
        readable: live.servesFrom() === 0,
        failures: live.follower().failures(),
        lastError: live.follower().lastError(),
        behindSince: live.behindSince(),
        silentSince: log.silentSince?.(),
        now: Date.now(),
        parked: live.target().parked.events(),
        parkedEntities: live.target().parked.entities(),
        eventsPerSecond: rate.perSecond(),
        rebuild: succession.building(),
        kept: succession.kept(),
      }),
    failedRead: (error) => {
      const known = live.servesFrom() > 0;
      const trouble = live.diagnose(error);
      if (trouble === 'damaged' && !known) fail(error);
      return trouble;
    },
    onCommit: commits.add,
    onSwitch: switches.add,
    start: () => {
      state = 'running';
      live.start();
      succession.start();
    },
    stop: async () => {
      state = 'stopped';
      unsubscribe();
      await Promise.all([live.stop(), succession.stop()]);
      live.target().store.close();
    },
    parkedSince: (entity) => live.target().parked.first(entity),
    parkedCount: (entity) => live.target().parked.count(entity),
    parked: (page) => live.target().store.parked(page),
    isSetAside: (events) => events.some(isSetAside),
    skips,
    checkParked,
    retry: (position) => apply(position),
    skip: (position) => apply(position, position),
    passOver: (position) => {
      skips.add(position);
      // It may not be set aside here, or not yet: then it is passed over when its turn comes.
      apply(position, position).catch((error: unknown) => {
        if (!(error instanceof TidemarkError)) fail(error);
      });
    },
    succession,
    verify: (how) => views.verify({ projection, log, knownTypes, skips, ...how }),
    copying: createCopying({ projection, views, live, onFailure: fail }),
    pause: live.pause,
    resume: live.resume,
    delay: live.delay,
  };
}

function conflict(message: string): TidemarkError {
  return new TidemarkError('CONFLICT', message);
}
