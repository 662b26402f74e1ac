import { isDeepStrictEqual } from 'node:util';
import { checkExact } from './append-checks.js';
import { CompositionError, TidemarkError } from './errors.js';

/** After how many events a snapshot is replaced by a new one, where a decider does not say. */
export const SNAPSHOT_EVERY = 500;

/** That a decider's states are kept as snapshots. They must be exact as JSON. */
export interface SnapshotOptions {
  /** To be raised with each change of what `evolve` makes of the events: older snapshots are then ignored. */
  readonly version: number;
  /** A new snapshot is due after so many events; 500 when left out. */
  readonly every?: number;
}

/** Refuses options that mean nothing, and a decider whose very first state is not exact as JSON. */
export function checkSnapshotOptions(decider: string, options: SnapshotOptions, initial: unknown): void {
  const { version, every = SNAPSHOT_EVERY } = options;
  for (const [option, value] of Object.entries({ version, every })) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new CompositionError(
      `snapshot.${option} of the decider ${decider} must be a whole number from 1, got ${String(value)}.`,
    );
  }
  try {
    exactJsonOf(decider, initial);
  } catch (error) {
    throw new CompositionError(
      `The decider ${decider} cannot have snapshots. ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** The state as JSON. Throws where it would come back as something else. */
export function exactJsonOf(decider: string, state: unknown): string {
  checkExact(`The state of ${decider}`, state);
  // What an event may carry is not enough: a decision may look at a member that is there, but undefined.
  const json = JSON.stringify(state) as string | undefined;
  if (json !== undefined && isDeepStrictEqual(JSON.parse(json), state)) return json;
  throw new TidemarkError(
    'BAD_USER_INPUT',
    `The state of ${decider} does not come back from JSON as it was: undefined members, -0 and objects without a prototype are lost.`,
  );
}
