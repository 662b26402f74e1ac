import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLog } from './log.js';
import type { Projection } from './projection.js';
import { PROJECTION_BATCH_MAX, applyEvents } from './projector.js';
import type { ViewStore } from './views.js';

/** What to replay, into which store, and up to which position. */
export interface ReplayOptions {
  readonly projection: Projection;
  readonly store: ViewStore;
  readonly log: Pick<EventLog, 'read'>;
  /** Every event type that any module defines; others are an UnknownEventError. */
  readonly knownTypes: ReadonlySet<string>;
  readonly through: number;
  /** Told after each batch: how far it is, and how far it has to go. */
  readonly onProgress?: ((checkpoint: number, through: number) => void) | undefined;
}

/** Applies the log to a store, from its checkpoint through a position, batch by batch. Rejects at the first failure. */
export async function replay(options: ReplayOptions): Promise<void> {
  const { projection, store, log, knownTypes, through, onProgress } = options;
  while (store.checkpoint() < through) {
    const page = await log.read('all', { after: store.checkpoint(), limit: PROJECTION_BATCH_MAX });
    const events = page.filter(({ position }) => position <= through);
    const last = events.at(-1);
    if (last === undefined) throw new Error(`The log has no event after position ${store.checkpoint()}.`);
    store.commit(last.position, (rows) => {
      applyEvents(projection, knownTypes, rows, events);
    });
    onProgress?.(last.position, through);
    await nextTurn();
  }
}
