import { createKeeper, type KeyValueStore } from './keeper.js';
import { isPosition } from './position.js';
import { NOTHING, forget, remember, type Recollection } from './recollection.js';
import { createStore } from './store.js';
import { openTabs, type TabMessage } from './tabs.js';
import type { Position } from './types.js';

/** Remembers the latest position that was written or seen, so that later operations can ask for it. */
export interface Memory {
  /** What later operations must see; undefined at first, and after it was forgotten. */
  readonly position: () => Position | undefined;
  /** Takes a position into account; an earlier one of the same log changes nothing. */
  readonly note: (position: Position) => void;
  /** The service does not know this position: it is dropped, here and in other tabs, unless another log was heard since. */
  readonly forget: (position: Position) => void;
  /** Tells that `position()` has changed. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Tells that a position was forgotten: what this session had written may be gone from the log. */
  readonly onForget: (listener: (forgotten: Position) => void) => () => void;
  /** Leaves the other tabs. */
  readonly dispose: () => void;
}

/** Where a memory is kept and with whom it is shared. */
export interface MemoryOptions {
  /** One memory for each key: best the endpoint and who is signed in. */
  readonly key?: string;
  /** Kept over a reload: `sessionStorage` in pages when left out, nowhere elsewhere or with null. */
  readonly storage?: KeyValueStore | null;
  /** Shared between the tabs of a browser by BroadcastChannel: true in pages when left out, false elsewhere. */
  readonly share?: boolean;
}

const DEFAULT_KEY = 'tidemark';

/** A memory; it starts with what was kept under its key. */
export function createMemory(options: MemoryOptions = {}): Memory {
  const key = options.key ?? DEFAULT_KEY;
  const keeper = createKeeper(key, options.storage);
  const kept = keeper.read();
  const state = createStore<Recollection>(isPosition(kept) ? remember(NOTHING, kept) : NOTHING);
  const forgetful = new Set<(forgotten: Position) => void>();
  const tabs = openTabs(key, options.share, hear);

  function move(next: Recollection): boolean {
    if (next === state.get()) return false;
    keeper.write(next.position);
    state.set(next);
    return true;
  }

  function drop(position: Position): boolean {
    const dropped = state.get().position;
    if (dropped === undefined || !move(forget(state.get(), position))) return false;
    for (const listener of [...forgetful]) listener(dropped);
    return true;
  }

  function hear(message: TabMessage): void {
    const { position } = state.get();
    if (message.kind === 'ask') {
      if (position !== undefined) tabs.say({ kind: 'position', position });
    } else if (message.kind === 'forget') drop(message.position);
    else move(remember(state.get(), message.position));
  }

  tabs.say({ kind: 'ask' });
  return {
    position: () => state.get().position,
    note: (position) => {
      if (isPosition(position) && move(remember(state.get(), position)))
        tabs.say({ kind: 'position', position });
    },
    forget: (position) => {
      if (drop(position)) tabs.say({ kind: 'forget', position });
    },
    subscribe: state.subscribe,
    onForget: (listener) => {
      forgetful.add(listener);
      return () => {
        forgetful.delete(listener);
      };
    },
    dispose: tabs.close,
  };
}
