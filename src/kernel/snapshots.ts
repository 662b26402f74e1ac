import type { Bounds } from './bounded-map.js';

/** How many snapshots a store keeps at most, and how many bytes of them; old ones go first. */
export const SNAPSHOT_BOUNDS: Bounds = { entriesMax: 10_000, bytesMax: 256 * 1_048_576 };
/** The most bytes of one state as JSON: writing a larger one would hold up everything else. */
export const SNAPSHOT_BYTES_MAX = 4 * 1_048_576;

/** A decider's state as it was after an event. */
export interface Snapshot {
  /** Which log it is of, and which decider has folded it; the kernel believes no other. */
  readonly stamp: string;
  /** The newest event in it: where it is, and which command wrote it. The kernel looks whether the log has it there. */
  readonly position: number;
  readonly commandId: string;
  /** The state as JSON. */
  readonly state: string;
}

/**
 * Where snapshots are kept, one for each key, which names a decider and a boundary. Everything in it may be lost at any
 * time, but what it gives back is what was written: a snapshot that was damaged is none. Bounded; old ones go first.
 */
export interface SnapshotStore {
  /** The snapshot of this key; undefined where there is none. A rejection costs nothing but time. */
  read(key: string): Promise<Snapshot | undefined>;
  /** Replaces the one before. A rejection costs nothing but the snapshot. */
  write(key: string, snapshot: Snapshot): Promise<void>;
}
