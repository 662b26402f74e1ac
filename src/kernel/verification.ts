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

/** `absent`: there is nothing to compare, the views are built at the next start. `failed`: `message` says why. */
export type ViewOutcome = 'identical' | 'different' | 'absent' | 'failed';

/** What a projection's live views are, held against a replay of the log. */
export interface ViewReport {
  readonly projection: string;
  readonly outcome: ViewOutcome;
  /** Up to where the log was replayed. */
  readonly checkpoint: number;
  /** Of all tables of the live views. */
  readonly rows: number;
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

/** What is verified, and against which log. */
export interface VerifyOptions {
  readonly projection: Projection;
  readonly log: Pick<EventLog, 'identity' | 'read' | 'head'>;
  /** Every event type that any module defines. */
  readonly knownTypes: ReadonlySet<string>;
  /** Positions that were skipped where they cannot be applied. */
  readonly skips?: ReadonlySet<number> | undefined;
  /** Told in positions. */
  readonly onProgress?: OnProgress | undefined;
}
