import type { LogIdentity } from './log.js';
import type { Projection, Rows } from './projection.js';

/** One row that a batch changed; `before` is undefined where the row was new or was put without being read. */
export interface RowChange {
  readonly table: string;
  readonly before: object | undefined;
  readonly after: object | undefined;
}

/** One generation of a projection's views: its tables and its checkpoint, which commit together. */
export interface ViewStore {
  readonly generation: number;
  /** The position up to which the log has been applied, committed. */
  checkpoint(): number;
  /** Runs `write` and moves the checkpoint in one transaction; a throw leaves both as they were. */
  commit(through: number, write: (rows: { readonly [table: string]: Rows }) => void): readonly RowChange[];
  /** What queries read with: the engine's own read-only handle. */
  readonly reader: unknown;
  close(): void;
}

/** Opens a projection's live generation; where it is missing, damaged, of another version or of another log, an empty one. */
export interface ViewEngine {
  open(projection: Projection, log: LogIdentity, head: number): ViewStore;
  /**
   * Puts a new, empty generation in the place of a damaged one, which is closed when the new one is whole. A throw
   * leaves the damaged one as it was.
   */
  replace(damaged: ViewStore, projection: Projection, log: LogIdentity): ViewStore;
  /** What an error of a store means: its file is broken for good, the disk refuses for now, or neither. */
  diagnose(error: unknown): ViewTrouble;
}

/** `damaged`: only a new generation helps. `unavailable`: it may work again by itself. `other`: not the store's fault. */
export type ViewTrouble = 'damaged' | 'unavailable' | 'other';
