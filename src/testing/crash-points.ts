import { AssertionError } from 'node:assert/strict';
import {
  newId,
  type EventMap,
  type ProjectionOf,
  type RecordedEvent,
  type TableMap,
  type ViewEngine,
  type ViewStore,
} from '../kernel/index.js';
import { HandlerError, commitAll, stopAfter } from './apply.js';
import { atAnotherTime } from './another-time.js';
import { recordedPast, type PastEvent } from './past.js';
import { firstDifference, idOf, rowsByTable, type TableRows } from './row-differences.js';
import { tempViews } from './temp-views.js';

/** The most events that every crash point is gone through of: the work grows with their cube. */
export const CRASH_EVENTS_MAX = 30;

/**
 * A projection, or what makes it anew as a new process would: only that shows what handlers keep outside of their rows
 * and find again in the same process.
 */
export type ProjectionSource<Tables extends TableMap, Events extends EventMap> =
  ProjectionOf<Tables, Events> | (() => ProjectionOf<Tables, Events> | Promise<ProjectionOf<Tables, Events>>);

/** How much was tried: a test that tried nothing shows nothing. */
export interface CrashReport {
  readonly events: number;
  /** How often the events were delivered from the first to the last. */
  readonly runs: number;
  /** How often a batch was ended before its commit, and delivered again. */
  readonly stops: number;
}

/**
 * Shows that a projection's rows are a function of its events alone. Runs it over them in batches of every size, ends each
 * batch before its commit after every number of events, delivers it again from the checkpoint, to the same process and to
 * one that has started anew, and compares the rows at each checkpoint with those of a run without a stop; each time the
 * clock says something else. The events of one command are never committed apart. Rejects with an AssertionError that says
 * which row differs, how, and which event changed it; with a HandlerError where an event cannot be applied at all; and
 * with a RangeError where there are no events, or more than CRASH_EVENTS_MAX.
 */
export async function crashPoints<Tables extends TableMap, Events extends EventMap>(
  source: ProjectionSource<Tables, Events>,
  past: readonly PastEvent<NoInfer<Events>>[],
): Promise<CrashReport> {
  const start = async (): Promise<ProjectionOf<Tables, Events>> =>
    typeof source === 'function' ? source() : source;
  const first = await start();
  const events = recordedPast(first, past);
  if (events.length === 0 || events.length > CRASH_EVENTS_MAX)
    throw new RangeError(`Give 1 to ${CRASH_EVENTS_MAX} events, got ${events.length}.`);
  const commands = commandsOf(events);
  const { views, remove } = tempViews();
  try {
    const straight = straightRun(views, first, commands);
    let stops = 0;
    for (let size = 1; size <= commands.length; size += 1) {
      for (const process of ['same', 'new'] as const)
        stops += await stoppedRun(
          { views, start, events, straight, size, process },
          batchesOf(commands, size),
        );
    }
    return { events: events.length, runs: 1 + 2 * commands.length, stops };
  } finally {
    remove();
  }
}

/** What a run without a stop made: the rows after each command, and which event changed which row, up to there. */
interface StraightRun {
  rowsAt(position: number): TableRows;
  changedBy(table: string, id: string, position: number): RecordedEvent | undefined;
}

function straightRun<Tables extends TableMap, Events extends EventMap>(
  views: ViewEngine,
  projection: ProjectionOf<Tables, Events>,
  commands: readonly (readonly RecordedEvent[])[],
): StraightRun {
  const store = views.create(projection, { id: newId(), epoch: 1 });
  const rows = new Map<number, TableRows>();
  const changes: { readonly table: string; readonly id: string; readonly by: RecordedEvent }[] = [];
  try {
    for (const command of commands) {
      const changed = commitAll(store, projection, command);
      const by = command.at(-1);
      if (by === undefined) continue;
      rows.set(by.position, rowsByTable(store, projection));
      for (const { table, before, after } of changed)
        changes.push({ table, id: idOf(projection, table, after ?? before ?? {}), by });
    }
  } finally {
    close(views, projection, store);
  }
  return {
    rowsAt: (position) => rows.get(position) ?? new Map(),
    changedBy: (table, id, position) =>
      changes.findLast(
        (change) => change.table === table && change.id === id && change.by.position <= position,
      )?.by,
  };
}

interface StoppedRun<Tables extends TableMap, Events extends EventMap> {
  readonly views: ViewEngine;
  readonly start: () => Promise<ProjectionOf<Tables, Events>>;
  readonly events: readonly RecordedEvent[];
  readonly straight: StraightRun;
  /** In commands. */
  readonly size: number;
  /** What goes on after a stop: the process that was stopped, or a new one. */
  readonly process: 'same' | 'new';
}

/** Returns how often it was stopped. */
async function stoppedRun<Tables extends TableMap, Events extends EventMap>(
  run: StoppedRun<Tables, Events>,
  batches: readonly (readonly RecordedEvent[])[],
): Promise<number> {
  const { views, start, events, process } = run;
  let projection = await start();
  let store = views.create(projection, { id: newId(), epoch: 1 });
  let stops = 0;
  try {
    for (const { length, [length - 1]: last } of batches) {
      for (let applied = 0; applied <= length; applied += 1) {
        const again = deliverable(events, store.checkpoint(), last);
        atAnotherTime(() => {
          telling(run, () => stopAfter(applied, store, projection, again));
        });
        stops += 1;
        if (process === 'same') continue;
        store.close();
        projection = await start();
        store = views.open(projection, store.generation);
      }
      const batch = deliverable(events, store.checkpoint(), last);
      atAnotherTime(() => {
        telling(run, () => commitAll(store, projection, batch));
      });
      compare(run, rowsByTable(store, projection), projection, store.checkpoint());
    }
    return stops;
  } finally {
    close(views, projection, store);
  }
}

/** What a log gives after the checkpoint, up to the end of the batch. */
function deliverable(
  events: readonly RecordedEvent[],
  checkpoint: number,
  last: RecordedEvent | undefined,
): readonly RecordedEvent[] {
  return events.slice(checkpoint, last?.position);
}

/** A handler that fails here did not in the run without a stop. */
function telling(run: Pick<StoppedRun<TableMap, EventMap>, 'size' | 'process'>, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof HandlerError)) throw error;
    const message = `${error.message} That happened ${howOf(run)}, and not in a run without a stop.`;
    throw Object.assign(new AssertionError({ message, operator: 'crashPoints' }), { cause: error });
  }
}

function compare(
  run: Pick<StoppedRun<TableMap, EventMap>, 'size' | 'process' | 'straight'>,
  actual: TableRows,
  projection: ProjectionOf<TableMap>,
  checkpoint: number,
): void {
  const { straight } = run;
  const difference = firstDifference(projection, actual, straight.rowsAt(checkpoint), (table, id) =>
    straight.changedBy(table, id, checkpoint),
  );
  if (difference === undefined) return;
  throw new AssertionError({
    message: `The rows of ${projection.name} depend on more than its events. ${difference.what}. That was seen at position ${checkpoint} ${howOf(run)}; expected is what a run without a stop made.`,
    actual: difference.actual,
    expected: difference.expected,
    operator: 'crashPoints',
  });
}

function howOf({ size, process }: Pick<StoppedRun<TableMap, EventMap>, 'size' | 'process'>): string {
  const commands = size === 1 ? 'one command' : `${size} commands`;
  const who = process === 'same' ? 'the same process' : 'a new process';
  return `in batches of ${commands}, each stopped after any number of events and delivered again to ${who}`;
}

function close(views: ViewEngine, projection: ProjectionOf<TableMap>, store: ViewStore): void {
  store.close();
  views.remove(projection, store.generation);
}

/** Events of one command follow each other in a log. */
function commandsOf(events: readonly RecordedEvent[]): readonly (readonly RecordedEvent[])[] {
  const commands: RecordedEvent[][] = [];
  for (const event of events) {
    const current = commands.at(-1);
    if (current?.[0]?.commandId === event.commandId) current.push(event);
    else commands.push([event]);
  }
  return commands;
}

function batchesOf(
  commands: readonly (readonly RecordedEvent[])[],
  size: number,
): readonly (readonly RecordedEvent[])[] {
  const count = Math.ceil(commands.length / size);
  return Array.from({ length: count }, (_, n) => commands.slice(n * size, (n + 1) * size).flat());
}
