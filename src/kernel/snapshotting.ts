import { setImmediate as nextTurn } from 'node:timers/promises';
import type { InputMap } from './decider.js';
import type { EventMap } from './events.js';
import type { Boundary, EventLog } from './log.js';
import { SNAPSHOT_EVERY, exactJsonOf } from './snapshot-options.js';
import { stampOf, type Folder } from './snapshot-stamp.js';
import { SNAPSHOT_BYTES_MAX, type Snapshot, type SnapshotStore } from './snapshots.js';
import type { Folded } from './state-cache.js';

/** The most snapshots that wait to be written; what comes then is offered again with its next command. */
export const SNAPSHOTS_WAITING_MAX = 100;

/** What snapshotting needs. `onFailure` is told of the first failure of a kind, until it has worked again. */
export interface SnapshottingOptions {
  readonly store: SnapshotStore;
  readonly log: EventLog;
  readonly onFailure?: ((decider: string, error: unknown) => void) | undefined;
}

/** Keeps and finds the snapshots of all deciders. */
export interface Snapshotting {
  /** Those of one decider; undefined where it asks for none. */
  of<Events extends EventMap, Inputs extends InputMap, State>(
    decider: Folder<Events, Inputs, State>,
  ): DeciderSnapshots<State> | undefined;
  /** Resolves when what waits has been written or has failed. */
  settle(): Promise<void>;
}

/** The snapshots of one decider. */
export interface DeciderSnapshots<State> {
  /** The state to go on from, if the log agrees with it. A store that fails has none. */
  read(key: string, boundary: Boundary): Promise<Folded<State> | undefined>;
  /** Writes it later where it is due. False where it was not taken. The state must be durable. */
  offer(key: string, folded: Folded<State>): boolean;
}

type Job = () => Promise<void>;

/** Snapshots in this store of this log. */
export function createSnapshotting({ store, log, onFailure }: SnapshottingOptions): Snapshotting {
  const waiting = new Map<string, Job>();
  const failing = new Set<string>();
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    for (;;) {
      // One in each turn of the event loop, after those who wait for their answers.
      await nextTurn();
      const [next] = waiting;
      if (next === undefined) break;
      waiting.delete(next[0]);
      await next[1]();
    }
    draining = undefined;
  }

  function enqueue(key: string, job: Job): boolean {
    if (waiting.size >= SNAPSHOTS_WAITING_MAX && !waiting.has(key)) return false;
    waiting.set(key, job);
    draining ??= drain();
    return true;
  }

  async function attempt<T>(
    what: 'read' | 'write',
    decider: string,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    const kind = `${what} ${decider}`;
    try {
      const result = await work();
      failing.delete(kind);
      return result;
    } catch (error) {
      if (!failing.has(kind)) onFailure?.(decider, error);
      failing.add(kind);
      return undefined;
    }
  }

  return {
    of: <Events extends EventMap, Inputs extends InputMap, State>(decider: Folder<Events, Inputs, State>) => {
      const { name, snapshot: options } = decider;
      if (options === undefined) return undefined;
      const { every = SNAPSHOT_EVERY } = options;
      const stamp = stampOf(decider, log.identity);
      return {
        read: async (key, boundary) => {
          const found = await attempt('read', name, async () => {
            const snapshot = await store.read(key);
            return snapshot?.stamp === stamp ? parse<State>(snapshot) : undefined;
          });
          return found && (await agrees(log, boundary, found)) ? found : undefined;
        },
        offer: (key, folded) =>
          folded.unsaved >= every &&
          enqueue(key, () =>
            attempt('write', name, async () => {
              const snapshot = snapshotOf(name, stamp, folded);
              if (snapshot !== undefined) await store.write(key, snapshot);
            }),
          ),
      };
    },
    settle: async () => {
      while (draining !== undefined) await draining;
    },
  };
}

function parse<State>({ position, commandId, state }: Snapshot): Folded<State> {
  const last = { position, commandId };
  // The stamp says that this decider has written it.
  return { state: JSON.parse(state) as State, after: position, last, unsaved: 0 };
}

/** Whether the log has the snapshot's newest event where the snapshot says: if so, it has all those before it, too. */
async function agrees(log: EventLog, boundary: Boundary, { last }: Folded<unknown>): Promise<boolean> {
  if (last === undefined) return false;
  const [event] = await log.read(boundary, { after: last.position - 1, limit: 1 });
  return event?.position === last.position && event.commandId === last.commandId;
}

function snapshotOf<State>(
  decider: string,
  stamp: string,
  { state, last }: Folded<State>,
): Snapshot | undefined {
  if (last === undefined) return undefined;
  const json = exactJsonOf(decider, state);
  const bytes = Buffer.byteLength(json);
  if (bytes <= SNAPSHOT_BYTES_MAX) return { stamp, ...last, state: json };
  throw new RangeError(
    `A state of ${decider} has ${bytes} bytes as JSON; snapshots have ${SNAPSHOT_BYTES_MAX} at most.`,
  );
}
