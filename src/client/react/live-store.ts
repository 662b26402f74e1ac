import type { Port } from '../port.js';
import { hasReached } from '../position.js';
import { createStore, type Store } from '../store.js';
import type { Document, Frame, Position } from '../types.js';
import { watch, type Watched } from './watched.js';

/** What a live view shows. */
export interface LiveState<Value> {
  readonly data: Value | undefined;
  /** What `data` is of, where the document selects `position`. */
  readonly position: Position | undefined;
  /** `waiting` for the first frame; `ended` by the service; `failed` for good, with `error`. */
  readonly status: 'waiting' | 'live' | 'ended' | 'failed';
  readonly error: Error | undefined;
}

/** How frames become what is shown. */
export interface LiveOptions<Data, Value> {
  /** Folds a frame into what is shown, for views that send changes; the frame's data when left out. */
  readonly reduce?: (shown: Value | undefined, frame: Frame<Data>) => Value;
  /** Does not subscribe while true. */
  readonly paused?: boolean;
}

const WAITING: LiveState<never> = {
  data: undefined,
  position: undefined,
  status: 'waiting',
  error: undefined,
};

/** A live view, subscribed to while it is watched; a frame that is older than what is shown is ignored. */
export function createLiveStore<Data, Variables, Value>(
  port: Port,
  document: Document<Data, Variables>,
  variables: Variables | undefined,
  fold: (shown: Value | undefined, frame: Frame<Data>) => Value,
): Watched<LiveState<Value>> {
  const state = createStore<LiveState<Value>>(WAITING);
  const start = (): (() => void) => {
    let left = false;
    const stop = port.listen<Data, Variables>(document, variables, {
      next: (frame) => {
        if (!left) state.set(stateAfter(state.get(), frame, fold));
      },
      error: (error) => {
        if (!left) end(state, 'failed', error);
      },
      complete: () => {
        if (!left) end(state, 'ended', undefined);
      },
    });
    return () => {
      left = true;
      stop();
    };
  };
  return watch(state, start);
}

function end<Value>(
  state: Store<LiveState<Value>>,
  status: 'ended' | 'failed',
  error: Error | undefined,
): void {
  state.set({ ...state.get(), status, error });
}

function stateAfter<Data, Value>(
  shown: LiveState<Value>,
  frame: Frame<Data>,
  fold: (shown: Value | undefined, frame: Frame<Data>) => Value,
): LiveState<Value> {
  const { position = shown.position } = frame;
  const isOlder =
    shown.position !== undefined && position !== undefined && !hasReached(position, shown.position);
  if (isOlder || frame.data === undefined) return shown;
  return { data: fold(shown.data, frame), position, status: 'live', error: undefined };
}
