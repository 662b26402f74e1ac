import {
  messageOf,
  type Batch,
  type Projection,
  type RecordedEvent,
  type RowChange,
  type ViewStore,
} from '../kernel/index.js';
import { described } from './past.js';

/** A handler threw, or an upcaster, or the rows could not be written; the cause is what was thrown. */
export class HandlerError extends Error {
  override readonly name = 'HandlerError';

  /** Of the projection whose handler threw `cause` on this event. */
  constructor(
    projection: Pick<Projection, 'name'>,
    readonly event: RecordedEvent,
    cause: unknown,
  ) {
    super(`${projection.name} failed on ${described(event)}: ${messageOf(cause)}`, { cause });
  }
}

/** Thrown out of a transaction to end it where a process would have been killed. */
class Stopped extends Error {}

/** Gives stored events to the projection's handlers in one transaction, as a projector does. Throws a HandlerError. */
export function commitAll(
  store: Pick<ViewStore, 'commit'>,
  projection: Projection,
  events: readonly RecordedEvent[],
): readonly RowChange[] {
  const last = events.at(-1);
  if (last === undefined) return [];
  try {
    return store.commit(last.position, (batch) => {
      for (const event of events) apply(batch, projection, event);
    });
  } catch (error) {
    throw error instanceof HandlerError ? error : new HandlerError(projection, last, error);
  }
}

/** The same, but ends before the commit, when so many events have been applied: nothing of it is left in the rows. */
export function stopAfter(
  applied: number,
  store: Pick<ViewStore, 'commit'>,
  projection: Projection,
  events: readonly RecordedEvent[],
): void {
  const last = events.at(-1);
  if (last === undefined) return;
  try {
    store.commit(last.position, (batch) => {
      for (const event of events.slice(0, applied)) apply(batch, projection, event);
      throw new Stopped();
    });
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
}

function apply(batch: Batch, projection: Projection, event: RecordedEvent): void {
  try {
    for (const decoded of projection.events.decode(event))
      projection.on.get(decoded.type)?.(batch.rows, decoded);
  } catch (error) {
    throw new HandlerError(projection, event, error);
  }
}
