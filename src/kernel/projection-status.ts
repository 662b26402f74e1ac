import type { RebuildStatus } from './build.js';
import { messageOf } from './errors.js';
import type { Projection } from './projection.js';
import type { GenerationInfo } from './views.js';

/**
 * CATCHING_UP and LIVE go on by themselves; BUILDING shows an older version's views, or nothing yet; PAUSED waits for
 * `resume`; FAILED is tried again with backoff; STOPPED is over.
 */
export type ProjectionState = 'CATCHING_UP' | 'LIVE' | 'BUILDING' | 'PAUSED' | 'FAILED' | 'STOPPED';

/** What one projection is doing. Lag counts events not yet applied, and the age in ms of the oldest of them. */
export interface ProjectionStatus {
  readonly name: string;
  /** Of the views that are served; the build's own is `Projection.version`. */
  readonly version: number;
  readonly generation: number;
  readonly state: ProjectionState;
  readonly checkpoint: number;
  readonly head: number;
  readonly lagEvents: number;
  readonly lagMs: number;
  /** False while the lag is over what the projection declares acceptable, it cannot be read yet, or it cannot go on. */
  readonly healthy: boolean;
  /** How old events must be before they are applied, in ms: 0 unless an operator holds them back. */
  readonly delayMs: number;
  /** How many events are set aside, and of how many entities. */
  readonly parked: number;
  readonly parkedEntities: number;
  /** Share of the log that has been applied, 0 to 1. */
  readonly progress: number;
  /** Over the last ten seconds. */
  readonly eventsPerSecond: number;
  /** The generation that is being built; null where none is. */
  readonly rebuild: RebuildStatus | null;
  /** The generation that a rollback would go back to; null where there is none. */
  readonly kept: Pick<GenerationInfo, 'generation' | 'version' | 'checkpoint'> | null;
  /** For operators: why it failed; null while it works. */
  readonly lastError: string | null;
}

/** What a status is made of. */
export interface StatusFacts extends Pick<
  ProjectionStatus,
  | 'version'
  | 'generation'
  | 'checkpoint'
  | 'head'
  | 'delayMs'
  | 'parked'
  | 'parkedEntities'
  | 'eventsPerSecond'
  | 'rebuild'
> {
  readonly projection: Projection;
  readonly batchMax: number;
  readonly running: boolean;
  /** Whether it would go on if it were resumed. */
  readonly paused: boolean;
  /** Whether the views are complete, and of this build. */
  readonly servable: boolean;
  /** Whether queries may read the views: not while they are built from nothing. */
  readonly readable: boolean;
  readonly failures: number;
  readonly lastError: unknown;
  /** When the oldest event that is not applied was recorded; null where nothing is missing. */
  readonly behindSince: number | null;
  /** Since when nobody knows what the log has; undefined while somebody does. */
  readonly silentSince: number | undefined;
  readonly now: number;
  readonly kept: GenerationInfo | undefined;
}

function stateOf(facts: StatusFacts): ProjectionState {
  if (!facts.running) return 'STOPPED';
  if (facts.failures > 0) return 'FAILED';
  if (facts.paused) return 'PAUSED';
  if (!facts.servable) return 'BUILDING';
  return facts.head - facts.checkpoint > facts.batchMax ? 'CATCHING_UP' : 'LIVE';
}

/** The status that follows from the facts. Pure. */
export function statusOf(facts: StatusFacts): ProjectionStatus {
  const { projection, checkpoint, head, behindSince, now, lastError, kept } = facts;
  const { acceptableLag, name } = projection;
  const state = stateOf(facts);
  const lagEvents = Math.max(0, head - checkpoint);
  const behindMs = lagEvents === 0 || behindSince === null ? 0 : now - behindSince;
  // What the log may have got since it was last heard of may be missing.
  const lagMs = Math.max(0, behindMs, facts.silentSince === undefined ? 0 : now - facts.silentSince);
  const within = facts.readable && lagEvents <= acceptableLag.events && lagMs <= acceptableLag.ms;
  return {
    name,
    version: facts.version,
    generation: facts.generation,
    state,
    checkpoint,
    head,
    lagEvents,
    lagMs,
    healthy: within && state !== 'FAILED' && state !== 'STOPPED',
    delayMs: facts.delayMs,
    parked: facts.parked,
    parkedEntities: facts.parkedEntities,
    progress: head === 0 ? 1 : Math.min(1, checkpoint / head),
    eventsPerSecond: facts.eventsPerSecond,
    rebuild: facts.rebuild,
    kept: kept === undefined ? null : pick(kept),
    lastError: lastError === undefined ? null : messageOf(lastError),
  };
}

function pick({ generation, version, checkpoint }: GenerationInfo): NonNullable<ProjectionStatus['kept']> {
  return { generation, version, checkpoint };
}
