import { setImmediate as nextTurn } from 'node:timers/promises';
import { applyPage } from './apply.js';
import type { ApplyContext } from './desk.js';
import { PROJECTION_BATCH_MAX } from './follower.js';
import type { EventLog } from './log.js';
import { parkedIndexOf, type ParkedIndex } from './parked.js';
import type { Projection } from './projection.js';
import type { ViewStore } from './views.js';

/** What to replay, into which store, and up to which position. */
export interface ReplayOptions {
  readonly projection: Projection;
  readonly store: ViewStore;
  readonly log: Pick<EventLog, 'read'>;
  /** Every event type that any module defines; others are set aside. */
  readonly knownTypes: ReadonlySet<string>;
  /** Positions to be passed over where they cannot be applied. */
  readonly skips?: ReadonlySet<number> | undefined;
  readonly through: number;
  /** Told after each batch: how far it is, and how far it has to go. */
  readonly onProgress?: ((checkpoint: number, through: number) => void) | undefined;
}

/**
 * Applies the log to a store, from its checkpoint through a position, batch by batch, as a live projection does: what
 * cannot be applied is set aside, at the first attempt. Rejects where the log cannot be read or the store not written.
 */
export async function replay(options: ReplayOptions): Promise<void> {
  const { store, log, through, onProgress } = options;
  const context = replayContext(options, parkedIndexOf(store));
  while (store.checkpoint() < through) {
    const page = await log.read('all', { after: store.checkpoint(), limit: PROJECTION_BATCH_MAX });
    const events = page.filter(({ position }) => position <= through);
    const last = events.at(-1);
    if (last === undefined) throw new Error(`The log has no event after position ${store.checkpoint()}.`);
    applyPage(store, events, context);
    onProgress?.(last.position, through);
    await nextTurn();
  }
}

/** How a replay applies events: what cannot be applied is set aside at the first attempt, or passed over. */
export function replayContext(
  { projection, knownTypes, skips }: Pick<ReplayOptions, 'projection' | 'knownTypes' | 'skips'>,
  parked: ParkedIndex,
): ApplyContext {
  return {
    projection,
    knownTypes,
    parked,
    parkedEntitiesMax: Infinity,
    diagnose: () => 'other',
    judge: ({ position }) => ({ action: skips?.has(position) === true ? 'skip' : 'park', attempts: 1 }),
  };
}
