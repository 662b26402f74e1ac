import { hasReached, latestOf, unwrap, type Port, type Position } from 'tidemark/client';
import { createCell, type Cell } from '../feed/cell.js';
import type { EventFilter, EventsPageQuery } from '../generated/graphql.js';
import { eventsPage, eventsTail } from './documents.js';

/** An event as the list shows it. */
export type Listed = EventsPageQuery['events']['nodes'][number];

/** The most events that are kept in the page. */
export const EVENTS_MAX = 500;

/** What arrives is shown together this often at most, in ms: a page that draws all the time cannot be read. */
const SHOW_MS = 250;

/** What the list shows. */
export interface LogState {
  /** Newest first. */
  readonly events: readonly Listed[];
  /** Where the page before ends; null where there is none. */
  readonly older: string | null;
  readonly loading: boolean;
  readonly error: Error | undefined;
  /** The position from which on events have arrived while one looked. */
  readonly opened: Position | undefined;
}

/** The newest events that pass a filter, those before them page by page, and what is written while it follows. */
export interface LogView {
  readonly state: Cell<LogState>;
  /** Reads the newest page, or, where there is one already, the one before it. */
  readonly read: () => Promise<void>;
  /** Follows the log from where it was read up to, without a gap; returns how to stop. */
  readonly follow: () => () => void;
}

const EMPTY: LogState = { events: [], older: null, loading: true, error: undefined, opened: undefined };

/** A view of the log that has read nothing yet. */
export function createLogView(port: Port, filter: EventFilter): LogView {
  const state = createCell<LogState>(EMPTY);
  const waiting: Listed[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reached: Position | undefined;

  function change(part: Partial<LogState>): void {
    state.set({ ...state.get(), ...part });
  }

  function fail(error: unknown): void {
    change({ loading: false, error: error instanceof Error ? error : new Error(String(error)) });
  }

  async function read(): Promise<void> {
    change({ loading: true, error: undefined });
    try {
      const { events, older, opened } = state.get();
      const variables = { filter, before: older };
      const { events: page, projections } = unwrap(await port.execute('query', eventsPage, variables));
      // The least of the heads that it told: what came after that is asked for again rather than missed.
      const heads = projections.map(({ head }) => head).sort();
      reached ??= latestOf(heads[0], page.nodes.at(-1)?.position);
      change({
        events: older === null ? page.nodes.toReversed() : [...events, ...page.nodes.toReversed()],
        older: page.pageInfo.hasPreviousPage ? page.pageInfo.startCursor : null,
        opened: opened ?? reached,
        loading: false,
      });
    } catch (error) {
      fail(error);
    }
  }

  function arrive(events: readonly Listed[]): void {
    waiting.push(...events);
    timer ??= setTimeout(() => {
      timer = undefined;
      take(waiting.splice(0));
    }, SHOW_MS);
  }

  function take(arrived: readonly Listed[]): void {
    const { events, older } = state.get();
    const newest = events[0]?.position;
    const fresh = arrived.filter(({ position }) => newest === undefined || !hasReached(newest, position));
    if (fresh.length === 0) return;
    const all = [...fresh.toReversed(), ...events];
    // What is let go of at the end is found again by the page that has it: a cursor is the place of an event.
    const kept = all.slice(0, EVENTS_MAX);
    change({ events: kept, older: kept.length < all.length ? null : older });
  }

  return {
    state,
    read,
    follow: () =>
      port.listen(
        eventsTail,
        { filter, after: reached ?? null },
        {
          next: ({ data }) => {
            if (data === undefined) return;
            reached = latestOf(reached, data.events.position);
            arrive(data.events.events);
          },
          error: fail,
          complete: () => undefined,
        },
      ),
  };
}
