import { createBoundedMap, type Bounds } from './bounded-map.js';
import { bytesOf } from './bytes-of.js';

/** How many folded states a kernel keeps at most, of all deciders. */
export const STATES_MAX = 10_000;
/** How many bytes these states take at most, by estimate. */
export const STATES_BYTES_MAX = 64 * 1_048_576;

/** What an entry takes besides its state. */
const ENTRY_BYTES = 256;
/** A small state is measured again when this much may have been added. */
const GROWTH_BYTES = 1_024;

/** A folded state, and what is known about it. */
export interface Folded<State> {
  readonly state: State;
  /** The position up to which its boundary has been read. */
  readonly after: number;
  /** The newest event in it, by which it recognises its log; undefined while there is none. */
  readonly last: { readonly position: number; readonly commandId: string } | undefined;
  /** How many of its events are in no snapshot. */
  readonly unsaved: number;
}

/** States by boundary. Never trusted: each append proves the state that it was decided on. */
export interface StateCache {
  get(key: string): Folded<unknown> | undefined;
  /** `added` is what the state may have grown by since it was set before; without it the state is measured. */
  set(key: string, folded: Folded<unknown>, added?: readonly unknown[]): void;
  delete(key: string): void;
}

interface Sized {
  readonly folded: Folded<unknown>;
  readonly bytes: number;
  /** The bytes when it was last measured. */
  readonly measured: number;
}

/** An empty cache; with 0 entries it never keeps any. A state larger than all of it is not kept. */
export function createStateCache(bounds: Partial<Bounds> = {}): StateCache {
  const { entriesMax = STATES_MAX, bytesMax = STATES_BYTES_MAX } = bounds;
  const states = createBoundedMap<Sized>({ entriesMax, bytesMax });
  return {
    get: (key) => states.get(key)?.folded,
    set: (key, folded, added) => {
      const before = added && states.get(key);
      const grown = before && added && grow(before, folded, added);
      const sized = grown ?? measure(key, folded, bytesMax);
      states.set(key, sized, sized.bytes);
    },
    delete: (key) => {
      states.delete(key);
    },
  };
}

/** Measuring a state at each command would cost what the state is large; this costs what the command has added. */
function grow(before: Sized, folded: Folded<unknown>, added: readonly unknown[]): Sized | undefined {
  const { measured } = before;
  const bytes = added.length === 0 ? before.bytes : before.bytes + bytesOf(added);
  return bytes <= measured * 1.5 + GROWTH_BYTES ? { folded, bytes, measured } : undefined;
}

function measure(key: string, folded: Folded<unknown>, max: number): Sized {
  const bytes = ENTRY_BYTES + 2 * key.length + bytesOf(folded.state, max);
  return { folded, bytes, measured: bytes };
}
