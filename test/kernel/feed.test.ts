import { describe, expect, it } from 'vitest';
import {
  createFeed,
  keyedBy,
  type FeedEntry,
  type FeedSource,
  type Kernel,
  type Projection,
} from '../../src/kernel/index.js';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import { addAll, entries, note, projectorOf, sums, tallyKernel, tallyWith } from './tally.js';

const settledAt = (checkpoint: number) => ({ checkpoint: () => checkpoint, settled: () => true });
const BOUNDS = { changesMax: 100, bytesMax: 1_000_000 };
const PROJECTION: Pick<Projection, 'name' | 'followed' | 'tables'> = {
  name: 'tally',
  followed: ['sums'],
  // As defineProjection does it: from here on the rows' own types no longer matter.
  tables: {
    sums: keyedBy(sums, 'counter'),
    entries: keyedBy(entries, 'counter', 'position'),
  } as unknown as Projection['tables'],
};

/** A commit that changes these counters, from after one position to the other. */
function commit(feed: FeedSource, after: number, checkpoint: number, ...counters: readonly string[]): void {
  const changes = counters.map((counter) => ({
    table: 'sums',
    before: undefined,
    after: { counter, sum: 1 },
  }));
  feed.commit({ after, checkpoint, changes });
}

/** What the feed knows to have come after the position, as checkpoints; those in brackets are unclear. */
function since(feed: FeedSource, position: number): string | undefined {
  const found = feed.since(position);
  return found?.entries
    .map((entry) => (found.unclear.includes(entry) ? `(${entry.checkpoint})` : `${entry.checkpoint}`))
    .join(' ');
}

describe('A feed', () => {
  it('tells what came after a position, from where it began', () => {
    const feed = createFeed(PROJECTION, settledAt(5), BOUNDS);
    commit(feed, 5, 7, 'a');
    commit(feed, 7, 8);
    commit(feed, 8, 10, 'b', 'a');
    expect([4, 5, 7, 8, 10, 11].map((position) => since(feed, position))).toEqual([
      undefined,
      '7 10',
      '10',
      '10',
      '',
      undefined,
    ]);
    expect(feed.checkpoint()).toBe(10);
  });

  it('says of a commit that a position lies within that it is unclear', () => {
    const feed = createFeed(PROJECTION, settledAt(0), BOUNDS);
    commit(feed, 0, 4, 'a');
    commit(feed, 4, 6, 'b');
    expect(since(feed, 2)).toBe('(4) 6');
  });

  it('says the same of a commit that leaves the checkpoint where it is, to who has seen that', () => {
    const feed = createFeed(PROJECTION, settledAt(0), BOUNDS);
    commit(feed, 0, 4, 'a');
    commit(feed, 4, 4, 'b');
    commit(feed, 4, 6, 'a');
    expect([0, 3, 4, 5, 6].map((position) => since(feed, position))).toEqual([
      '4 4 6',
      '(4) 4 6',
      '(4) 6',
      '(6)',
      '',
    ]);
  });

  it('reaches back as far as its bounds let it', () => {
    const feed = createFeed(PROJECTION, settledAt(0), { ...BOUNDS, changesMax: 3 });
    for (let position = 0; position < 5; position += 1) commit(feed, position, position + 1, 'a');
    expect([1, 2, 4].map((position) => since(feed, position))).toEqual([undefined, '3 4 5', '5']);
    const small = createFeed(PROJECTION, settledAt(0), { ...BOUNDS, bytesMax: 1 });
    commit(small, 0, 1, 'a');
    expect([0, 1].map((position) => since(small, position))).toEqual([undefined, '']);
  });

  it('does not know what to say after a dropped commit that left the checkpoint where it was', () => {
    const feed = createFeed(PROJECTION, settledAt(0), { ...BOUNDS, changesMax: 1 });
    commit(feed, 0, 4, 'a');
    commit(feed, 4, 4, 'a');
    expect(since(feed, 4)).toBe('(4)');
    commit(feed, 4, 5, 'a');
    expect([4, 5].map((position) => since(feed, position))).toEqual([undefined, '']);
  });

  it('knows nothing of before another generation was served, nor of the checkpoint at which it was', () => {
    const feed = createFeed(PROJECTION, settledAt(0), BOUNDS);
    commit(feed, 0, 4, 'a');
    let restarts = 0;
    feed.follow({ table: 'sums' }, { commit: () => undefined, restart: () => (restarts += 1) });
    feed.restart({ checkpoint: () => 4, settled: () => false });
    expect([0, 4].map((position) => since(feed, position))).toEqual([undefined, undefined]);
    commit(feed, 4, 5, 'a');
    expect([4, 5].map((position) => since(feed, position))).toEqual([undefined, '']);
    expect(restarts).toBe(1);
  });

  it('calls those who follow a row when that changes, and those who follow the table whenever it does', () => {
    const feed = createFeed(PROJECTION, settledAt(0), BOUNDS);
    const seen: string[] = [];
    const follow = (name: string, key?: string): (() => void) =>
      feed.follow(
        { table: 'sums', key },
        { commit: ({ seq }: FeedEntry) => seen.push(`${name}${seq}`), restart: () => undefined },
      );
    const stop = follow('a', 'a');
    follow('b', 'b');
    follow('all');
    commit(feed, 0, 1, 'a', 'a');
    commit(feed, 1, 2, 'b');
    stop();
    commit(feed, 2, 3, 'a');
    expect(seen).toEqual(['all1', 'a1', 'all2', 'b2', 'all3']);
  });

  it('of a table that the projection does not list cannot be followed', () => {
    const feed = createFeed(PROJECTION, settledAt(0), BOUNDS);
    expect(() =>
      feed.follow({ table: 'entries' }, { commit: () => undefined, restart: () => undefined }),
    ).toThrow('The projection tally must list entries in `followed`');
  });
});

describe('The feed of a running projection', () => {
  const settled = (kernel: Kernel): boolean => projectorOf(kernel).store().settled();
  const caughtUp = (kernel: Kernel, position: number): Promise<void> =>
    until(() => {
      expect(projectorOf(kernel).freshness.checkpoint()).toBe(position);
    });

  async function startWith(options: { folder?: string; log?: ReturnType<typeof createMemoryLog> } = {}) {
    const kernel = await tallyKernel([tallyWith({ followed: ['sums'] })], options);
    kernel.start();
    return kernel;
  }

  it('goes on over a restart at the same checkpoint', async () => {
    const [log, folder] = [createMemoryLog(), tempDir()];
    const first = await startWith({ log, folder });
    const position = await addAll(log, 'a', 1);
    await caughtUp(first, position);
    await first.stop();
    const second = await startWith({ log, folder });
    expect(projectorOf(second).feed.since(position)).toEqual({ entries: [], unclear: [] });
    const next = await addAll(log, 'a', 2);
    await caughtUp(second, next);
    const [entry] = projectorOf(second).feed.since(position)?.entries ?? [];
    expect(entry?.changes).toMatchObject([{ before: { sum: 1 }, after: { sum: 3 } }]);
  });

  it('does not go on over a rebuild, nor over a restart after it at the same checkpoint', async () => {
    const [log, folder] = [createMemoryLog(), tempDir()];
    const first = await startWith({ log, folder });
    const position = await addAll(log, 'a', 1);
    await caughtUp(first, position);
    projectorOf(first).succession.rebuild();
    await until(() => {
      expect(projectorOf(first).status()).toMatchObject({ rebuild: null, generation: 2 });
    });
    expect([settled(first), projectorOf(first).feed.since(position)]).toEqual([false, undefined]);
    await first.stop();
    const second = await startWith({ log, folder });
    expect([settled(second), projectorOf(second).feed.since(position)]).toEqual([false, undefined]);
    const next = await note(log);
    await caughtUp(second, next);
    expect([settled(second), projectorOf(second).feed.since(next)?.entries]).toEqual([true, []]);
  });

  it('does not go on where rows were changed at a checkpoint that had been seen', async () => {
    const [log, folder] = [createMemoryLog(), tempDir()];
    const first = await startWith({ log, folder });
    const position = await addAll(log, 'a', 1);
    await caughtUp(first, position);
    projectorOf(first)
      .store()
      .commit(position, ({ rows }) => {
        rows['sums']?.patch({ counter: 'a' }, { sum: 7 });
      });
    await first.stop();
    const second = await startWith({ log, folder });
    expect(projectorOf(second).feed.since(position)).toBeUndefined();
  });
});
