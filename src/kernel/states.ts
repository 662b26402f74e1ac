import { matches } from './boundaries.js';
import { fold, type Decider, type InputMap } from './decider.js';
import type { EventMap, EventOf } from './events.js';
import type { Boundary, EventLog } from './log.js';
import type { DeciderSnapshots } from './snapshotting.js';
import type { Folded, StateCache } from './state-cache.js';

/** How many events a state is read in at a time. */
const READ_BATCH_MAX = 1_000;

/** Where the states of a decider come from. */
export interface StatesOptions<State> {
  readonly log: EventLog;
  readonly cache: StateCache;
  readonly snapshots: DeciderSnapshots<State> | undefined;
}

/** The states of one decider by key, which names decider and boundary: from memory, else from a snapshot and the log. */
export interface States<Event, State> {
  /** The state as of `atLeast` or later where it is in memory. */
  cached(key: string, atLeast: number): Folded<State> | undefined;
  /** The state as of now, read on from what is in memory. */
  load(key: string, boundary: Boundary): Promise<Folded<State>>;
  /** Keeps what the state has become by these events of a command, which are durable at this position. */
  advance(
    key: string,
    from: Folded<State>,
    events: readonly Event[],
    to: { position: number; commandId: string },
  ): void;
  /** The state of what has no events. */
  readonly none: Folded<State>;
  /** Keeps the state as it was loaded. */
  keep(key: string, loaded: Folded<State>): void;
  /** Reads it anew the next time: the log has gone on. */
  forget(key: string, loaded: Folded<State>): void;
}

/** The states of this decider. */
export function createStates<Events extends EventMap, Inputs extends InputMap, State>(
  decider: Decider<Events, Inputs, State>,
  { log, cache, snapshots }: StatesOptions<State>,
): States<EventOf<Events>, State> {
  const none: Folded<State> = { state: decider.initial, after: 0, last: undefined, unsaved: 0 };

  async function readOn(boundary: Boundary, from: Folded<State>): Promise<Folded<State>> {
    // The head comes first: what is appended while we read may be in the state, but never counts as known.
    const head = log.knownHead?.() ?? (await log.head());
    let { state, after, last, unsaved } = from;
    for (;;) {
      const events = await log.read(decider.events.stored(boundary), { after, limit: READ_BATCH_MAX });
      state = fold(
        decider.evolve,
        state,
        // What was stored may mean something else today, and that need not be in the boundary.
        events.flatMap((event) => decider.events.decode(event)).filter((event) => matches(boundary, event)),
      );
      const newest = events.at(-1);
      if (newest !== undefined) last = { position: newest.position, commandId: newest.commandId };
      after = newest?.position ?? after;
      unsaved += events.length;
      if (events.length < READ_BATCH_MAX) return { state, after: Math.max(after, head), last, unsaved };
    }
  }

  function keep(key: string, folded: Folded<State>, added: readonly EventOf<Events>[]): void {
    const offered = snapshots?.offer(key, folded) === true;
    cache.set(key, offered ? { ...folded, unsaved: 0 } : folded, added);
  }

  // The key begins with the decider's name: what is there is its own.
  const inMemory = (key: string): Folded<State> | undefined => cache.get(key) as Folded<State> | undefined;

  return {
    none,
    cached: (key, atLeast) => {
      const cached = inMemory(key);
      return cached !== undefined && cached.after >= atLeast ? cached : undefined;
    },
    load: async (key, boundary) => {
      const cached = inMemory(key);
      // It is about to grow by more than what the command adds.
      cache.delete(key);
      return readOn(boundary, cached ?? (await snapshots?.read(key, boundary)) ?? none);
    },
    advance: (key, from, events, { position, commandId }) => {
      const unchanged = events.length === 0;
      const to = {
        state: fold(decider.evolve, from.state, events),
        after: position,
        last: unchanged ? from.last : { position, commandId },
        unsaved: from.unsaved + events.length,
      };
      keep(key, to, events);
    },
    keep: (key, loaded) => {
      keep(key, loaded, []);
    },
    forget: (key, loaded) => {
      snapshots?.offer(key, loaded);
      cache.delete(key);
    },
  };
}
