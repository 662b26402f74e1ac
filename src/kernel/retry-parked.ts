import { setImmediate as nextTurn } from 'node:timers/promises';
import { attempt, markDegraded } from './apply.js';
import { createDesk, type ApplyContext, type Desk } from './desk.js';
import type { EventLog, RecordedEvent } from './log.js';
import type { ParkedEvent } from './parked.js';
import type { Batch, RowChange, ViewStore } from './views.js';

/** How many parked events are applied in one transaction. */
export const RETRY_BATCH_MAX = 500;

/** What became of an entity's parked events. */
export interface RetryOutcome {
  readonly applied: number;
  readonly skipped: number;
}

/** What is tried again, and with what. */
export interface RetryOptions {
  readonly store: ViewStore;
  readonly log: Pick<EventLog, 'read'>;
  readonly entity: string;
  /** The position of an event to be passed over, not applied. */
  readonly skip?: number | undefined;
  readonly context: ApplyContext;
  /** Throws where the generation is not to be written any more. */
  readonly check: () => void;
  /** Called after each transaction, with the rows that it changed. */
  readonly onCommit: (changes: readonly RowChange[]) => void;
}

/**
 * Applies what is parked of an entity, oldest first, up to the first event that still fails; its rows are degraded no
 * longer when nothing is left. Each batch is one transaction beside the checkpoint, which stays where it is. Only one
 * retry of a generation may run at a time.
 */
export async function retryParked(options: RetryOptions): Promise<RetryOutcome> {
  const { entity, store, log, check, onCommit } = options;
  // Nothing is added to what is set aside, so that its limit does not matter.
  const context = { ...options.context, parkedEntitiesMax: Infinity };
  const total = { applied: 0, skipped: 0 };
  for (;;) {
    check();
    const page = store.parked({ entity, limit: RETRY_BATCH_MAX });
    const events = await eventsAt(
      log,
      page.map(({ position }) => position),
    );
    check();
    const { changes, ...done } = retryPage(page, events, { ...options, context });
    total.applied += done.applied;
    total.skipped += done.skipped;
    onCommit(changes);
    if (done.failed || context.parked.count(entity) === 0) return total;
    await nextTurn();
  }
}

async function eventsAt(
  log: Pick<EventLog, 'read'>,
  positions: readonly number[],
): Promise<readonly RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  // One read gives the rest of a command, in which more of them may be.
  let chunk: readonly RecordedEvent[] = [];
  for (const position of positions) {
    const at = (): RecordedEvent | undefined => chunk[position - (chunk[0]?.position ?? 0)];
    if (at() === undefined) chunk = await log.read('all', { after: position - 1, limit: 1 });
    const event = at();
    if (event?.position !== position) throw new Error(`The log has no event at position ${position}.`);
    found.push(event);
  }
  return found;
}

interface PageOutcome {
  readonly applied: number;
  readonly skipped: number;
  readonly failed: boolean;
  readonly changes: readonly RowChange[];
}

function retryPage(
  page: readonly ParkedEvent[],
  events: readonly RecordedEvent[],
  { store, entity, skip, context }: RetryOptions,
): PageOutcome {
  const desk = createDesk(context);
  const outcome = { applied: 0, skipped: 0, failed: false };
  const changes = store.commit(store.checkpoint(), (batch) => {
    for (const [index, parked] of page.entries()) {
      const event = events[index];
      if (event === undefined) break;
      desk.release(batch, parked.position, entity);
      if (parked.position === skip) outcome.skipped += 1;
      else {
        const became = applyOne(batch, event, parked, desk);
        if (became === 'applied') outcome.applied += 1;
        outcome.failed = became === 'failed';
      }
      if (outcome.failed) break;
    }
    const { parked, released } = desk.change();
    const again = parked.filter((event) => event.entity === entity).length;
    // More may have gathered while these were read.
    const left = context.parked.count(entity) - released.length + again;
    markDegraded(batch, entity, left > 0, context.projection);
  });
  context.parked.apply(desk.change());
  return { ...outcome, changes };
}

/** Where it failed once more it is parked again with what is known now, and all behind it stays. */
function applyOne(
  batch: Batch,
  event: RecordedEvent,
  parked: ParkedEvent,
  desk: Desk,
): 'applied' | 'failed' | 'waits' {
  const failed = attempt(batch, event, desk, parked.entity);
  if (failed === undefined) return 'applied';
  if ('behind' in failed) return 'waits';
  const { error, entity } = failed;
  desk.park(batch, event, entity, { error, attempts: parked.attempts + 1, parkedAt: parked.parkedAt });
  // What could not be read is set aside with its tag; now that it can, it may be another entity's.
  if (entity !== parked.entity) markDegraded(batch, entity, true, desk.context.projection);
  return 'failed';
}
