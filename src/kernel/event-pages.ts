import { setImmediate as nextTurn } from 'node:timers/promises';
import { bytesOf } from './bytes-of.js';
import type { EventFilter } from './event-filter.js';
import type { EventLog, RecordedEvent } from './log.js';

/** How many events are read from the log at a time; others have their turn in between. */
const BLOCK = 500;
/** The most events that are looked at for one page. */
export const EVENTS_SCANNED_MAX = 10_000;
/** A page that has grown to this many bytes in memory takes no more events. */
export const EVENT_PAGE_BYTES_MAX = 8 * 1_024 * 1_024;

type Log = Pick<EventLog, 'read' | 'head'>;

/** Some of the events that pass a filter, in position order. */
export interface EventPage {
  readonly events: readonly RecordedEvent[];
  /** Whether there may be more beyond `reached`. */
  readonly more: boolean;
  /** All that passes the filter up to here (down to here, reading backward) is in the page; go on from here. */
  readonly reached: number;
}

/** The first `limit` events that pass the filter, or fewer with `more` where looking for them took too long. */
export async function firstEvents(log: Log, filter: EventFilter, limit: number): Promise<EventPage> {
  const end = Math.min(await log.head(), (filter.beforePosition ?? Infinity) - 1);
  const scope = filter.tags === undefined ? 'all' : [{ tags: filter.tags }];
  const passes = passing({ ...filter, tags: undefined });
  const page = createPage(limit);
  let reached = filter.afterPosition ?? 0;
  for (let looked = 0; looked < EVENTS_SCANNED_MAX && reached < end; await nextTurn()) {
    const block = await log.read(scope, { after: reached, limit: blockSize(filter, limit) });
    for (const event of block) {
      if (event.position > end) break;
      if (passes(event) && !page.take(event)) return fullPage(page.events);
      reached = event.position;
    }
    looked += block.length;
    if (block.length === 0 || (block.at(-1)?.position ?? 0) >= end) reached = end;
  }
  return { events: page.events, more: reached < end, reached };
}

/** The last `limit` events that pass the filter, or fewer with `more` where looking for them took too long. */
export async function lastEvents(log: Log, filter: EventFilter, limit: number): Promise<EventPage> {
  const end = (await log.head()) + 1;
  const bounded = { ...filter, beforePosition: Math.min(end, filter.beforePosition ?? end) };
  return (await lastByTag(log, bounded, limit)) ?? lastByPosition(log, bounded, limit);
}

type Bounded = EventFilter & { readonly beforePosition: number };

/** An index goes forward only: an entity's events are few enough to be looked at from the first; undefined where not. */
async function lastByTag(log: Log, filter: Bounded, limit: number): Promise<EventPage | undefined> {
  if (filter.tags === undefined) return undefined;
  const found: RecordedEvent[] = [];
  let after = filter.afterPosition ?? 0;
  for (let looked = 0; looked < EVENTS_SCANNED_MAX; await nextTurn()) {
    const block = await log.read([{ tags: filter.tags }], { after, limit: BLOCK });
    found.push(...block.filter(passing({ ...filter, tags: undefined })));
    // Only the last ones are wanted, and one more that says whether there are others.
    found.splice(0, found.length - limit - 1);
    after = block.at(-1)?.position ?? filter.beforePosition;
    looked += block.length;
    if (block.length < BLOCK || after >= filter.beforePosition) return backward(found, filter, limit);
  }
  return undefined;
}

/** Positions have no gaps, so that a block before a position is found by counting. */
async function lastByPosition(log: Log, filter: Bounded, limit: number): Promise<EventPage> {
  const start = filter.afterPosition ?? 0;
  const passes = passing(filter);
  const page = createPage(limit);
  let reached = filter.beforePosition;
  for (let looked = 0; looked < EVENTS_SCANNED_MAX && reached > start + 1; await nextTurn()) {
    const size = filter.tags === undefined ? blockSize(filter, limit) : BLOCK;
    const after = Math.max(start, reached - 1 - size);
    const block = await eventsBetween(log, after, reached - 1);
    for (const event of block.toReversed()) {
      if (passes(event) && !page.take(event)) return reversed(fullPage(page.events));
    }
    looked += block.length;
    reached = after + 1;
  }
  return reversed({ events: page.events, more: reached > start + 1, reached });
}

function backward(found: readonly RecordedEvent[], filter: Bounded, limit: number): EventPage {
  const page = createPage(limit);
  const full = found.toReversed().some((event) => !page.take(event));
  const rest = { events: page.events, more: false, reached: (filter.afterPosition ?? 0) + 1 };
  return reversed(full ? fullPage(page.events) : rest);
}

function fullPage(events: readonly RecordedEvent[]): EventPage {
  return { events, more: true, reached: events.at(-1)?.position ?? 0 };
}

function reversed({ events, ...page }: EventPage): EventPage {
  return { ...page, events: events.toReversed() };
}

/** All events after one position through another. */
export async function eventsBetween(
  log: Pick<EventLog, 'read'>,
  after: number,
  through: number,
): Promise<readonly RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for (let reached = after; reached < through;) {
    const block = await log.read('all', { after: reached, limit: through - reached });
    if (block.length === 0) break;
    found.push(...block.filter(({ position }) => position <= through));
    reached = block.at(-1)?.position ?? through;
  }
  return found;
}

/** All events of the command that the event at this position belongs to; none where there is no such event. */
export async function commandAt(log: Log, position: number): Promise<readonly RecordedEvent[]> {
  if (position < 1) return [];
  let events = await log.read('all', { after: position - 1, limit: 1 });
  const commandId = events[0]?.commandId;
  for (;;) {
    const first = events[0]?.position ?? 1;
    if (first === 1) return events;
    const block = await eventsBetween(log, Math.max(0, first - 1 - BLOCK), first - 1);
    const mine = block.filter((event) => event.commandId === commandId);
    events = [...mine, ...events];
    if (mine.length < block.length || block.length === 0) return events;
  }
}

/** Where every event passes, no more than the page takes; and one that says whether there are others. */
function blockSize({ types, commandId, correlationId, from, to }: EventFilter, limit: number): number {
  const all = [types, commandId, correlationId, from, to].every((term) => term === undefined);
  return all ? Math.min(BLOCK, limit + 1) : BLOCK;
}

function passing(filter: EventFilter): (event: RecordedEvent) => boolean {
  const { types, tags, commandId, correlationId, beforePosition, from, to } = filter;
  return (event) =>
    (types?.includes(event.type) ?? true) &&
    (tags?.every((tag) => event.tags.includes(tag)) ?? true) &&
    event.commandId === (commandId ?? event.commandId) &&
    event.correlationId === (correlationId ?? event.correlationId) &&
    event.position < (beforePosition ?? Infinity) &&
    event.recordedAt >= (from ?? -Infinity) &&
    event.recordedAt < (to ?? Infinity);
}

/** What a page has so far; `take` is false where it is full. */
function createPage(limit: number) {
  const events: RecordedEvent[] = [];
  let bytes = 0;
  return {
    events,
    take: (event: RecordedEvent): boolean => {
      if (events.length >= limit || bytes >= EVENT_PAGE_BYTES_MAX) return false;
      bytes += bytesOf(event);
      events.push(event);
      return true;
    },
  };
}
