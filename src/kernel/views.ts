import type { LogIdentity } from './log.js';
import type { ParkedEvent, ParkedPage } from './parked.js';
import type { Projection, Rows } from './projection.js';
import type { VerifyOptions, ViewReport } from './verification.js';

/** One row that a batch changed; `before` is undefined where the row was new or was put without being read. */
export interface RowChange {
  readonly table: string;
  readonly before: object | undefined;
  readonly after: object | undefined;
}

/** What a transaction on a generation can do; all of it commits together with the checkpoint. */
export interface Batch {
  readonly rows: { readonly [table: string]: Rows };
  /** Runs `work` and writes its rows; a throw leaves no trace of it and comes back as `error`. Damage is thrown on. */
  attempt(work: () => void): { readonly error: unknown } | undefined;
  /** Sets an event aside, or changes what is noted of one that is. */
  park(event: ParkedEvent): void;
  /** Forgets that an event was set aside. */
  release(position: number): void;
}

/** What a generation says of itself. */
export interface GenerationHeader {
  readonly generation: number;
  readonly version: number;
  readonly checkpoint: number;
  /** Whether it has been complete once: only then may queries read it. */
  readonly built: boolean;
  /** The highest one is live; 0 where it has never been. */
  readonly serving: number;
}

/**
 * Whether a generation can be used by this build: `current` goes on where it is; `readable` has all the columns that
 * queries read, but was made by another version of the projection; `outdated` is one that lacks some, of use to the
 * build that made it; `other` is of no use. `misfit` says why.
 */
export interface GenerationInfo extends GenerationHeader {
  readonly fit: 'current' | 'readable' | 'outdated' | 'other';
  readonly misfit: string | null;
}

/** One generation of a projection's views: its tables, its parked events and its checkpoint, which commit together. */
export interface ViewStore {
  readonly generation: number;
  readonly version: number;
  /** The position up to which the log has been applied, committed. */
  checkpoint(): number;
  /** Whether it has been complete: `serve` makes it so. */
  built(): boolean;
  /**
   * Whether everybody who has seen the checkpoint has seen these rows: false from a commit that leaves the checkpoint
   * where it is, and from `serve`, until the checkpoint moves. Outlasts a restart.
   */
  settled(): boolean;
  /**
   * Runs `write` and moves the checkpoint in one transaction; a throw leaves both as they were. `last` is the command of
   * the event that the checkpoint moves to: a log that has another one there is not what the views are of.
   */
  commit(through: number, write: (batch: Batch) => void, last?: string): readonly RowChange[];
  /** A promise where the next commit should wait for it: the store is being tidied up. */
  hold(): Promise<void> | undefined;
  /** Events that are set aside, in position order. */
  parked(page: ParkedPage): readonly ParkedEvent[];
  /** Makes it the live generation, which it stays until another one is: one write to its own file, atomic. */
  serve(): void;
  /** What queries read with: the engine's own read-only handle. */
  readonly reader: unknown;
  /** Closes its files; nothing else may be called then. */
  close(): void;
}

/** A copy of a generation, which has been put where nodes that join find it. */
export interface ViewCopy extends Pick<GenerationHeader, 'generation' | 'version' | 'checkpoint'> {
  readonly bytes: number;
}

/** Whether a copy from elsewhere was taken, and up to where that is; or why not. */
export type Adoption =
  { readonly taken: true; readonly checkpoint: number } | { readonly taken: false; readonly reason: string };

/** What a copy has to fit. */
export interface AdoptOptions {
  /** Whose views are wanted. */
  readonly projection: Projection;
  /** The log that they must be of. */
  readonly log: LogIdentity;
  /** The end of that log: they may not be ahead of it. */
  readonly head: number;
  /** Whether the log has an event of this command at this position. */
  readonly has: (event: { readonly position: number; readonly commandId: string }) => Promise<boolean>;
}

/** Keeps the generations of projections. */
export interface ViewEngine {
  /** The generations that there are, those of no use included, but for damaged ones, which are removed. */
  generations(projection: Projection, log: LogIdentity, head: number): readonly GenerationInfo[];
  /** Opens one of them. */
  open(projection: Projection, generation: number): ViewStore;
  /** A new and empty generation, numbered after all others. */
  create(projection: Projection, log: LogIdentity): ViewStore;
  /** Deletes a generation that is closed. */
  remove(projection: Projection, generation: number): void;
  /**
   * Compares the live generation, row by row, with a replay of the log into a scratch one, up to the same checkpoint,
   * while everything goes on, or a sample of its rows with their own events; changes neither. What goes wrong is the
   * report's outcome.
   */
  verify(options: VerifyOptions): Promise<ViewReport>;
  /** Copies a generation as it is at this moment, for nodes that join; the copy takes the place of the one before. */
  copy?(projection: Projection, generation: number): Promise<ViewCopy>;
  /**
   * Takes a copy from elsewhere where there is no generation yet and the copy fits; undefined where there are some. Never
   * throws for a copy that is of no use. Left out where there are no copies to take.
   */
  adopt?(options: AdoptOptions): Promise<Adoption | undefined>;
  /** What an error of a store means: its file is broken for good, the disk refuses for now, or neither. */
  diagnose(error: unknown): ViewTrouble;
}

/** `damaged`: only a new generation helps. `unavailable`: it may work again by itself. `other`: not the store's fault. */
export type ViewTrouble = 'damaged' | 'unavailable' | 'other';
