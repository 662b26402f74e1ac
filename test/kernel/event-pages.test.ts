import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import {
  EVENTS_SCANNED_MAX,
  createEventReader,
  type EventFilter,
  type EventLog,
  type EventReader,
  type RecordedEvent,
} from '../../src/kernel/index.js';
import { append, event } from '../../src/testing/contract/samples.js';
import { countingLog } from '../support/counting-log.js';
import { engines, openFileLog } from '../support/logs.js';

const TAGS = ['a:1', 'a:2', 'b:1'];
const TYPES = ['Made', 'Moved', 'Gone'];

const commands = fc.array(
  fc.array(
    fc.record({
      type: fc.constantFrom(...TYPES),
      tags: fc.uniqueArray(fc.constantFrom(...TAGS), { minLength: 1 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  { maxLength: 25 },
);

const filters = fc.record(
  {
    types: fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1 }),
    tags: fc.uniqueArray(fc.constantFrom(...TAGS), { minLength: 1 }),
    afterPosition: fc.nat(20),
    beforePosition: fc.integer({ min: 21, max: 40 }),
  },
  { requiredKeys: [] },
);

/** The filter as far as it can be asked of a log that ends here. */
function within(head: number, { afterPosition, beforePosition, ...rest }: EventFilter): EventFilter {
  return {
    ...rest,
    ...(afterPosition !== undefined && afterPosition <= head && { afterPosition }),
    ...(beforePosition !== undefined && beforePosition <= head && { beforePosition }),
  };
}

function expected(all: readonly RecordedEvent[], filter: EventFilter): number[] {
  return all
    .filter(({ type }) => filter.types?.includes(type) ?? true)
    .filter(({ tags }) => filter.tags?.every((tag) => tags.includes(tag)) ?? true)
    .map(({ position }) => position)
    .filter((position) => position > (filter.afterPosition ?? 0))
    .filter((position) => position < (filter.beforePosition ?? Infinity));
}

/** All pages one after another, each of them `size` long at most. */
async function walk(reader: EventReader, filter: EventFilter, size: number, backward: boolean) {
  const found: number[] = [];
  let cursor: number | undefined;
  for (let pages = 0; pages < 1_000; pages += 1) {
    const { events, more, reached } = await reader.page({ filter, size, backward, cursor });
    const positions = events.map(({ position }) => position);
    expect(positions.length).toBeLessThanOrEqual(size);
    if (backward) found.unshift(...positions);
    else found.push(...positions);
    if (!more) return { found, pages: pages + 1 };
    cursor = reached;
  }
  throw new Error('The pages have no end.');
}

async function fill(log: EventLog, count: number): Promise<void> {
  for (let n = 0; n < count; n += 500) {
    await log.append(append(Array.from({ length: 500 }, (_, i) => event(n === 0 && i < 3 ? 'a:1' : 'b:1'))));
  }
}

describe.each(engines)('pages of the %s log', (_name, open) => {
  it('have every event that passes the filter once and in order, forward and backward', async () => {
    await fc.assert(
      fc.asyncProperty(commands, filters, fc.integer({ min: 1, max: 7 }), async (written, wanted, size) => {
        const log = open();
        for (const events of written) {
          await log.append(append(events.map(({ type, tags }) => event('', { type, tags }))));
        }
        const all = await log.read('all', { after: 0, limit: 1_000 });
        const reader = createEventReader(log);
        const filter = within(all.length, wanted);
        expect((await walk(reader, filter, size, false)).found).toEqual(expected(all, filter));
        expect((await walk(reader, filter, size, true)).found).toEqual(expected(all, filter));
      }),
      { numRuns: 40 },
    );
  });

  it('find the command of an event, however many events it has', async () => {
    const log = open();
    await log.append(append([event()]));
    await log.append(append(Array.from({ length: 900 }, () => event())));
    await log.append(append([event()]));
    const reader = createEventReader(log);
    for (const position of [2, 3, 500, 901]) {
      const positions = (await reader.commandAt(position)).map((each) => each.position);
      expect([positions.length, positions[0], positions.at(-1)]).toEqual([900, 2, 901]);
    }
    expect((await reader.commandAt(1)).map((each) => each.position)).toEqual([1]);
    expect(await reader.commandAt(903)).toEqual([]);
    expect(await reader.commandAt(0)).toEqual([]);
    expect((await reader.at(902))?.position).toBe(902);
    expect(await reader.at(903)).toBeUndefined();
  });
});

describe('a page', () => {
  it('ends where looking takes too long, and says where to go on', async () => {
    const log = createMemoryLog();
    await fill(log, EVENTS_SCANNED_MAX + 5_000);
    await log.append(append([event('a:1', { type: 'Rare' })]));
    const reader = createEventReader(log);
    const forward = await reader.page({ filter: { types: ['Rare'] }, size: 5 });
    expect(forward).toEqual({ events: [], more: true, reached: EVENTS_SCANNED_MAX });
    expect(await walk(reader, { types: ['Rare'] }, 5, false)).toEqual({ found: [15_001], pages: 2 });
    expect(await walk(reader, { types: ['Done'], tags: ['a:1'] }, 5, true)).toEqual({
      found: [1, 2, 3],
      pages: 1,
    });
    const dense = await walk(reader, { tags: ['b:1'], types: ['Rare'] }, 5, true);
    expect(dense).toEqual({ found: [], pages: 2 });
  });

  it('reads by tag through the index, and no further than it has to', async () => {
    const log = countingLog(openFileLog());
    await fill(log, 5_000);
    const reader = createEventReader(log);
    expect((await reader.page({ filter: { tags: ['a:1'] }, size: 2 })).events).toHaveLength(2);
    expect((await reader.page({ filter: { tags: ['a:1'] }, size: 2, backward: true })).events).toHaveLength(
      2,
    );
    expect((await reader.page({ filter: {}, size: 2, backward: true })).events).toHaveLength(2);
    expect(log.eventsRead()).toBeLessThan(20);
  });

  it('is narrowed by the time of recording', async () => {
    const log = createMemoryLog();
    const before = Date.now();
    await log.append(append([event()]));
    const reader = createEventReader(log);
    expect((await reader.page({ filter: { from: before }, size: 5 })).events).toHaveLength(1);
    expect((await reader.page({ filter: { to: before - 1 }, size: 5 })).events).toHaveLength(0);
    expect(
      (await reader.page({ filter: { from: before - 9, to: before - 1 }, size: 5, backward: true })).events,
    ).toEqual([]);
  });
});

describe('a filter', () => {
  it.each<readonly [EventFilter, string]>([
    [{ types: [] }, 'BAD_USER_INPUT'],
    [{ tags: [] }, 'BAD_USER_INPUT'],
    [{ tags: [''] }, 'BAD_USER_INPUT'],
    [{ tags: ['\ud800'] }, 'BAD_USER_INPUT'],
    [{ types: Array.from({ length: 33 }, String) }, 'BAD_USER_INPUT'],
    [{ from: 2, to: 2 }, 'BAD_USER_INPUT'],
    [{ from: Date.now() + 3_600_000 }, 'BAD_USER_INPUT'],
    [{ to: Date.now() + 3_600_000 }, 'BAD_USER_INPUT'],
    [{ afterPosition: 1, beforePosition: 1 }, 'BAD_USER_INPUT'],
    [{ afterPosition: 2 }, 'UNKNOWN_POSITION'],
    [{ beforePosition: 2 }, 'UNKNOWN_POSITION'],
  ])('%j is refused as %s', async (filter, code) => {
    const log = createMemoryLog();
    await log.append(append([event()]));
    await expect(createEventReader(log).page({ filter, size: 1 })).rejects.toMatchObject({ code });
  });
});
