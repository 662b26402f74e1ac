import { CaughtUpTimeoutError, caughtUp } from '../caught-up.js';
import { ServiceError } from '../errors.js';
import type { Port } from '../port.js';
import { hasReached } from '../position.js';
import { asError } from '../retry.js';
import { createStore } from '../store.js';
import type { Consistency, Document, Position, Result } from '../types.js';
import { watch, type Watched } from './watched.js';

/** What a query shows. */
export interface QueryState<Data> {
  readonly data: Data | undefined;
  /** What `data` is of. */
  readonly position: Position | undefined;
  readonly consistency: Consistency | undefined;
  readonly loading: boolean;
  /** Why the last attempt to read failed; what was shown before stays. */
  readonly error: Error | undefined;
}

/** When a query is read. */
export interface QueryOptions {
  /** Read again after each command of this session: true when left out. */
  readonly follow?: boolean;
  /** Does not read while true. */
  readonly paused?: boolean;
}

/** A query, read while it is watched. */
export interface QueryStore<Data> extends Watched<QueryState<Data>> {
  /** Reads again; resolves when that is shown. */
  readonly refetch: () => Promise<void>;
}

const LOADING: QueryState<never> = {
  data: undefined,
  position: undefined,
  consistency: undefined,
  loading: true,
  error: undefined,
};

/** A query that reads again what its session writes; an answer that is older than what is shown is ignored. */
export function createQueryStore<Data, Variables>(
  port: Port,
  document: Document<Data, Variables>,
  variables: Variables | undefined,
  follow: boolean,
): QueryStore<Data> {
  const state = createStore<QueryState<Data>>(LOADING);
  let reading = new AbortController();

  async function read(): Promise<void> {
    reading.abort();
    const { signal } = (reading = new AbortController());
    state.set({ ...state.get(), loading: true });
    try {
      const result = await port.execute('query', document, variables, { signal });
      if (signal.aborted) return;
      state.set(stateAfter(state.get(), result));
      if (follow && result.consistency?.stale === true) void readWhenCaughtUp(signal);
    } catch (error) {
      if (!signal.aborted) state.set({ ...state.get(), loading: false, error: asError(error) });
    }
  }

  /** A stale answer is shown, and replaced as soon as there is a better one. */
  async function readWhenCaughtUp(signal: AbortSignal): Promise<void> {
    const position = port.session.memory.position();
    if (position === undefined) return;
    try {
      const { parked } = await caughtUp(port, position, { signal, timeoutMs: STALE_MS });
      if (!parked) await read();
    } catch (error) {
      if (error instanceof CaughtUpTimeoutError || signal.aborted) return;
      state.set({ ...state.get(), error: asError(error) });
    }
  }

  const watched = watch(state, () => {
    const unfollow = follow ? port.session.written.subscribe(onWritten) : () => undefined;
    void read();
    return () => {
      unfollow();
      reading.abort();
    };
  });

  function onWritten(): void {
    const written = port.session.written.get();
    const { position, loading } = state.get();
    if (!loading && written !== undefined && position !== undefined && hasReached(position, written)) return;
    void read();
  }

  return { ...watched, refetch: read };
}

/** How long to wait for a view that was behind, in ms. */
const STALE_MS = 60_000;

function stateAfter<Data>(shown: QueryState<Data>, result: Result<Data>): QueryState<Data> {
  const { data, errors, consistency } = result;
  const position = consistency?.position;
  const error = errors.length > 0 ? new ServiceError(errors) : undefined;
  const isOlder =
    position !== undefined && shown.position !== undefined && !hasReached(position, shown.position);
  if (isOlder || data === undefined) return { ...shown, loading: false, error };
  return { data, position, consistency, loading: false, error };
}
