import {
  SNAPSHOT_BOUNDS,
  createBoundedMap,
  type Bounds,
  type Snapshot,
  type SnapshotStore,
} from '../../kernel/index.js';

/** Snapshots in this process's memory: the reference for the contract, and for tests. */
export function createMemorySnapshots(bounds: Bounds = SNAPSHOT_BOUNDS): SnapshotStore {
  const snapshots = createBoundedMap<Snapshot>(bounds);
  return {
    read: async (key) => snapshots.get(key),
    write: async (key, snapshot) => {
      snapshots.set(key, snapshot, Buffer.byteLength(key) + Buffer.byteLength(snapshot.state));
    },
  };
}
