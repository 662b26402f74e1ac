import type { RebuildStatus } from './build.js';
import { TidemarkError } from './errors.js';
import { createListeners } from './listeners.js';
import type { Operation, OperationLog, OperationName, OperationPage } from './operation-log.js';
import type { ParkedEvent, ParkedPage } from './parked.js';
import type { ProjectionStatus } from './projection-status.js';
import type { Projector } from './projector.js';
import type { GenerationChange } from './succession.js';
import { createTurns } from './turns.js';
import { checkSample, type VerifyHow, type ViewReport } from './verification.js';
import type { RetryOutcome } from './retry-parked.js';
import type { ViewCopy } from './views.js';

/** Who asks for an operation; it is written down. */
export interface Operator {
  readonly actor: string;
  readonly correlationId: string;
}

/** The longest reason, in characters. */
export const REASON_LENGTH_MAX = 1_000;
/** The longest that events may be held back, in ms. */
export const DELAY_MS_MAX = 10_000;

/**
 * What operators can do. Each is refused before anything is changed (NOT_FOUND for an unknown projection or what is
 * not set aside, CONFLICT where it does not fit what is going on), and written down before it is done.
 */
export interface Operations {
  /** One projection's status; NOT_FOUND where there is none of this name. */
  status(projection: string): ProjectionStatus;
  /** Builds a new generation from the log beside the live one. CONFLICT where one is being built already. */
  rebuild(projection: string, by: Operator): Promise<RebuildStatus>;
  /** Ends a build and deletes what it has made. */
  cancelRebuild(projection: string, by: Operator): Promise<void>;
  /** Serves the generation that was kept again. */
  rollback(projection: string, by: Operator): Promise<void>;
  /** Deletes the generation that is kept for a rollback. */
  prune(projection: string, by: Operator): Promise<void>;
  /** Stops applying events, until `resume`; reads go on, from views that grow old. */
  pause(projection: string, by: Operator): Promise<void>;
  /** Goes on after `pause`. */
  resume(projection: string, by: Operator): Promise<void>;
  /**
   * Applies events only when they are so many ms old, 0 to DELAY_MS_MAX, until it is told otherwise or restarted: to
   * see what clients make of views that are behind.
   */
  delay(projection: string, delayMs: number, by: Operator): Promise<void>;
  /**
   * Holds the live views against a replay, or a sample of them against their own events; reads only. OVERLOADED while
   * another one of this projection runs.
   */
  verify(projection: string, by: Operator, how?: VerifyHow): Promise<ViewReport>;
  /**
   * Copies the live views to where nodes that join take them from, while everything goes on. CONFLICT while they are being
   * built, OVERLOADED while another copy of them is being made, UNAVAILABLE where it cannot be written.
   */
  copy(projection: string, by: Operator): Promise<ViewCopy>;
  /** A page of the events that are set aside, in position order. */
  parked(projection: string, page: ParkedPage): readonly ParkedEvent[];
  /** How many events are set aside, of one entity where named. */
  parkedCount(projection: string, entity?: string): number;
  /** Applies an event that was set aside, and what waits behind it. NOT_FOUND, or CONFLICT where it waits itself. */
  retryParked(projection: string, position: number, by: Operator): Promise<RetryOutcome>;
  /** `reason` says why it may be passed over: 1 to REASON_LENGTH_MAX characters. */
  skipParked(projection: string, position: number, reason: string, by: Operator): Promise<RetryOutcome>;
  /** What operators have done. */
  done(page: OperationPage): Promise<readonly Operation[]>;
  /** Calls `listener` when one more has been written down. Returns how to stop it. */
  onRecord(listener: () => void): () => void;
}

/** The projector of that name; NOT_FOUND, with the names that there are, where there is none. */
export function projectorOf(projectors: ReadonlyMap<string, Projector>, name: string): Projector {
  const projector = projectors.get(name);
  if (projector !== undefined) return projector;
  const names = [...projectors.keys()].join(', ');
  throw new TidemarkError(
    'NOT_FOUND',
    `There is no projection ${JSON.stringify(name)}. There are: ${names}.`,
  );
}

/** The operations on these projections. */
export function createOperations(projectors: ReadonlyMap<string, Projector>, log: OperationLog): Operations {
  const verifying = new Set<string>();
  const copying = new Set<string>();
  const turns = createTurns();
  const records = createListeners<undefined>();
  // What is done on another node that shares the log, too.
  log.onRecord?.(() => {
    records.tell(undefined);
  });

  const find = (name: string): Projector => projectorOf(projectors, name);

  async function record(
    name: OperationName,
    projection: string,
    { actor, correlationId }: Operator,
    about: About = {},
  ): Promise<void> {
    const { position = null, reason = null } = about;
    await log.record({ name, projection, actor, correlationId, at: Date.now(), position, reason });
    records.tell(undefined);
  }

  /** One operation of a projection at a time: what was checked must still hold when it has been written down. */
  function inTurn<T>(name: OperationName, projection: string, by: Operator, work: Work<T>): Promise<T> {
    return turns(projection, async () => {
      const projector = find(projection);
      const { about, act } = work(projector);
      await record(name, projection, by, about);
      return act();
    });
  }

  const change =
    <T>(
      operation: OperationName,
      what: GenerationChange,
      act: (succession: Projector['succession']) => T | Promise<T>,
    ) =>
    (projection: string, by: Operator): Promise<T> =>
      inTurn(operation, projection, by, ({ succession }) => {
        succession.check(what);
        return { act: () => act(succession) };
      });

  return {
    status: (name) => find(name).status(),
    rebuild: change('rebuildProjection', 'rebuild', (succession) => succession.rebuild()),
    cancelRebuild: change('cancelRebuild', 'cancelRebuild', (succession) => succession.cancelRebuild()),
    rollback: change('rollbackProjection', 'rollback', (succession) => {
      succession.rollback();
    }),
    prune: change('pruneProjection', 'prune', (succession) => {
      succession.prune();
    }),
    pause: (name, by) =>
      inTurn('pauseProjection', name, by, (projector) => ({
        act: () => {
          projector.pause();
        },
      })),
    resume: (name, by) =>
      inTurn('resumeProjection', name, by, (projector) => ({
        act: () => {
          projector.resume();
        },
      })),
    delay: (name, delayMs, by) =>
      inTurn('delayProjection', name, by, (projector) => {
        checkDelay(delayMs);
        return {
          about: { reason: `${delayMs} ms` },
          act: () => {
            projector.delay(delayMs);
          },
        };
      }),
    verify: async (name, by, how = {}) => {
      const projector = find(name);
      checkSample(how.sample);
      if (verifying.has(name))
        throw new TidemarkError('OVERLOADED', `${name} is being verified already. Wait for that.`);
      verifying.add(name);
      try {
        await record('verifyProjection', name, by);
        return await projector.verify(how);
      } finally {
        verifying.delete(name);
      }
    },
    copy: async (name, by) => {
      const projector = find(name);
      projector.copying.check();
      if (copying.has(name))
        throw new TidemarkError('OVERLOADED', `${name} is being copied already. Wait for that.`);
      copying.add(name);
      try {
        await record('copyProjection', name, by);
        return await projector.copying.copy();
      } finally {
        copying.delete(name);
      }
    },
    parked: (name, page) => find(name).parked(page),
    parkedCount: (name, entity) =>
      entity === undefined ? find(name).status().parked : find(name).parkedCount(entity),
    retryParked: (name, position, by) =>
      inTurn('retryParked', name, by, (projector) => {
        projector.checkParked(position);
        return { about: { position }, act: () => projector.retry(position) };
      }),
    skipParked: (name, position, reason, by) =>
      inTurn('skipParked', name, by, (projector) => {
        checkReason(reason);
        projector.checkParked(position);
        return { about: { position, reason }, act: () => projector.skip(position) };
      }),
    done: async (page) => {
      if (page.projection !== undefined) find(page.projection);
      return log.read(page);
    },
    onRecord: records.add,
  };
}

interface About {
  readonly position?: number;
  readonly reason?: string;
}

/** Refuses the operation by a throw, or says what is written down about it and does it. */
type Work<T> = (projector: Projector) => { readonly about?: About; readonly act: () => T | Promise<T> };

function checkDelay(delayMs: number): void {
  if (Number.isInteger(delayMs) && delayMs >= 0 && delayMs <= DELAY_MS_MAX) return;
  throw new TidemarkError(
    'BAD_USER_INPUT',
    `Events can be held back for 0 to ${DELAY_MS_MAX} ms, got ${delayMs}.`,
  );
}

function checkReason(reason: string): void {
  if (reason.trim() !== '' && reason.length <= REASON_LENGTH_MAX) return;
  throw new TidemarkError(
    'BAD_USER_INPUT',
    `A reason has 1 to ${REASON_LENGTH_MAX} characters: say why the event may be passed over.`,
  );
}
