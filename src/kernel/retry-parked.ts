import { attempt, createDesk, markDegraded, type ApplyContext, type Desk } from './apply.js';
import type { EventLog, RecordedEvent } from './log.js';
import type { ParkedEvent } from './parked.js';
import type { Batch, RowChange, ViewStore } from './views.js';

/** How many parked events are applied in one transaction. */
const RETRY_BATCH_MAX = 500;

/** What became of an entity's parked events. */
export interface RetryOutcome {
  readonly applied: number;
  readonly skipped: number;
  readonly changes: readonly RowChange[];
}

/** What is tried again, and with what. */
export interface RetryOptions {
  readonly store: ViewStore;
  readonly log: Pick<EventLog, 'read'>;
  readonly entity: string;
  /** The position of an event to be passed over, not applied. */
  readonly skip?: number | undefined;
  readonly context: ApplyContext;
  /** Throws where the generation is not the live one any more. */
  readonly check: () => void;
}

/**
 * Applies what is parked of an entity, oldest first, up to the first event that still fails; its rows are degraded no
 * longer when nothing is left. Each batch is one transaction beside the checkpoint, which stays where it is.
 */
export async function retryParked(options: RetryOptions): Promise<RetryOutcome> {
  const total = { applied: 0, skipped: 0, changes: [] as RowChange[] };
  for (;;) {
    const { entity, store } = options;
    const page = store.parked({ entity, limit: RETRY_BATCH_MAX });
    const events = await Promise.all(page.map(({ position }) => eventAt(options.log, position)));
    options.check();
    const done = retryPage(page, events, options);
    total.applied += done.applied;
    total.skipped += done.skipped;
    total.changes.push(...done.changes);
    if (done.failed || options.context.parked.count(entity) === 0) return total;
  }
}

async function eventAt(log: Pick<EventLog, 'read'>, position: number): Promise<RecordedEvent> {
  const [event] = await log.read('all', { after: position - 1, limit: 1 });
  if (event?.position === position) return event;
  throw new Error(`The log has no event at position ${position}.`);
}

interface PageOutcome {
  applied: number;
  skipped: number;
  failed: boolean;
}

function retryPage(
  page: readonly ParkedEvent[],
  events: readonly RecordedEvent[],
  { store, entity, skip, context }: RetryOptions,
): PageOutcome & { readonly changes: readonly RowChange[] } {
  const desk = createDesk(context);
  const outcome: PageOutcome = { applied: 0, skipped: 0, failed: false };
  const changes = store.commit(store.checkpoint(), (batch) => {
    for (const [index, parked] of page.entries()) {
      const event = events[index];
      if (event === undefined) break;
      desk.release(batch, parked.position, entity);
      if (parked.position === skip) outcome.skipped += 1;
      else if (applyOne(batch, event, parked, desk)) outcome.applied += 1;
      else outcome.failed = true;
      if (outcome.failed) break;
    }
    // More may have gathered while these were read.
    const left = context.parked.count(entity) - (outcome.applied + outcome.skipped);
    markDegraded(batch, entity, left > 0, context.projection);
  });
  context.parked.apply(desk.change());
  return { ...outcome, changes };
}

/** False where it failed once more: it is parked again with what is known now, and all behind it stays. */
function applyOne(batch: Batch, event: RecordedEvent, parked: ParkedEvent, desk: Desk): boolean {
  const failure = attempt(batch, event, desk, parked.entity);
  if (failure === undefined) return true;
  const { parkedAt, attempts, entity } = parked;
  desk.park(batch, event, entity, { error: failure.error, attempts: attempts + 1, parkedAt });
  return false;
}
