import type { ReadOnlyLog } from './engine.js';
import { eventsBetween, type RecordedEvent } from '../kernel/index.js';

/** How many events are read at a time. */
const BLOCK = 1_000;

/** Which events; what is left out does not matter. The type is the recorded one. */
export interface EventFilter {
  readonly type?: string | undefined;
  readonly tag?: string | undefined;
}

/** What is read of a log. */
export type Log = Pick<ReadOnlyLog, 'read'>;

/** The last so many events up to a position that pass the filter, oldest first. */
export function lastEvents(
  log: Log,
  filter: EventFilter,
  count: number,
  head: number,
): Promise<readonly RecordedEvent[]> {
  return filter.tag === undefined
    ? lastByPosition(log, filter, count, head)
    : lastByTag(log, filter, filter.tag, count, head);
}

/** The events after a position that pass the filter, a block at a time, and how far that was. */
export async function nextEvents(
  log: Log,
  filter: EventFilter,
  after: number,
): Promise<{ readonly events: readonly RecordedEvent[]; readonly reached: number }> {
  const block = await log.read('all', { after, limit: BLOCK });
  return { events: block.filter(passing(filter)), reached: block.at(-1)?.position ?? after };
}

/** Positions have no gaps, so that the block before a position is found by counting. */
async function lastByPosition(
  log: Log,
  filter: EventFilter,
  count: number,
  head: number,
): Promise<readonly RecordedEvent[]> {
  const size = filter.type === undefined ? Math.min(count, BLOCK) : BLOCK;
  let found: readonly RecordedEvent[] = [];
  for (let end = head; end > 0 && found.length < count; end -= size) {
    const block = await eventsBetween(log, Math.max(0, end - size), end);
    found = [...block.filter(passing(filter)), ...found];
  }
  return found.slice(Math.max(0, found.length - count));
}

/** An index goes forward only, and an entity's events are few. */
async function lastByTag(
  log: Log,
  filter: EventFilter,
  tag: string,
  count: number,
  head: number,
): Promise<readonly RecordedEvent[]> {
  const passes = passing(filter);
  const found: RecordedEvent[] = [];
  for (let after = 0; ;) {
    const block = await log.read([{ tags: [tag] }], { after, limit: BLOCK });
    found.push(...block.filter((event) => event.position <= head && passes(event)));
    found.splice(0, found.length - count);
    after = block.at(-1)?.position ?? head;
    if (block.length < BLOCK || after >= head) return found;
  }
}

function passing({ type, tag }: EventFilter): (event: RecordedEvent) => boolean {
  return (event) =>
    (type === undefined || event.type === type) && (tag === undefined || event.tags.includes(tag));
}
