import { TidemarkError } from './errors.js';
import type { EventLog } from './log.js';
import type { Projection } from './projection.js';

/** A row as it is stored: values by column. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** A row that is not the same in both; null where one of them does not have it. */
export interface RowDifference {
  readonly table: string;
  readonly key: StoredRow;
  readonly live: StoredRow | null;
  readonly replayed: StoredRow | null;
}

/** `absent`: there is nothing to compare. `failed`: it could not be told. `message` says why. */
export type ViewOutcome = 'identical' | 'different' | 'absent' | 'failed';

/** What a projection's live views are, held against a replay of the log. */
export interface ViewReport {
  readonly projection: string;
  readonly outcome: ViewOutcome;
  /** Up to where the log was replayed. */
  readonly checkpoint: number;
  /** Of all tables of the live views; of a sample, of those tables that it was drawn from. */
  readonly rows: number;
  /** How many rows were compared where a sample was drawn; null where all were. */
  readonly sampled: number | null;
  /** How many of them are as they must be while events of their entity are set aside. */
  readonly setAside: number;
  /** The tables that no sample can be drawn from, as they do not say whose events make a row. */
  readonly notSampled: readonly string[];
  readonly differing: number;
  /** The first of them. */
  readonly differences: readonly RowDifference[];
  /** How many events could not be applied in the replay, and why the first of them could not. */
  readonly parked: number;
  readonly parkedError: string | null;
  readonly message: string | null;
}

/** Told now and then how far something is, and how far it has to go. */
export type OnProgress = (done: number, total: number) => void;

/** The most rows of a table that a sample has. */
export const SAMPLE_MAX = 10_000;

/** How to verify. */
export interface VerifyHow {
  /**
   * How many rows, 1 to SAMPLE_MAX, to draw from each table that has an owner, and to compare with a fold of their own
   * events; a row that should be there and is not cannot be drawn. All rows, and a replay of the whole log, else.
   */
  readonly sample?: number | undefined;
  /** Told in positions, or in rows of a sample. */
  readonly onProgress?: OnProgress | undefined;
}

/** What is verified, and against which log. */
export interface VerifyOptions extends VerifyHow {
  /** Whose views are checked. */
  readonly projection: Projection;
  /** The log that they must follow from. */
  readonly log: Pick<EventLog, 'identity' | 'read' | 'head'>;
  /** Every event type that any module defines. */
  readonly knownTypes: ReadonlySet<string>;
  /** Positions that were skipped where they cannot be applied. */
  readonly skips?: ReadonlySet<number> | undefined;
}

/** Throws BAD_USER_INPUT for a sample of a size that cannot be. */
export function checkSample(sample: number | undefined): void {
  if (sample === undefined || (Number.isInteger(sample) && sample >= 1 && sample <= SAMPLE_MAX)) return;
  throw new TidemarkError('BAD_USER_INPUT', `A sample has 1 to ${SAMPLE_MAX} rows, got ${sample}.`);
}
