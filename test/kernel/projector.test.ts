import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import {
  PROJECTION_BATCH_MAX,
  deadlineIn,
  readAfter,
  type Commit,
  type Kernel,
} from '../../src/kernel/index.js';
import { openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import { addAll, note, projectorOf, rowsOf, tallyKernel, tallyWith } from './tally.js';

const reached = (kernel: Kernel, position: number, name = 'tally') =>
  until(() => {
    expect(projectorOf(kernel, name).freshness.checkpoint()).toBe(position);
  });

/** A projection whose handler fails for one number until it is mended. */
function fragile(culprit: number) {
  const failedAt: number[] = [];
  let broken = true;
  let kernel: Kernel | undefined;
  const projection = tallyWith({
    before: ({ by }) => {
      if (broken && by === culprit) throw new Error('A bug in the handler.');
    },
  });
  const rows = rowsOf(projection);
  return {
    failedAt,
    rows,
    mend: () => {
      broken = false;
    },
    start: async (log = createMemoryLog(), batchMax?: number) => {
      const started = await tallyKernel([projection], {
        log,
        batchMax,
        queries: [rows],
        onFailure: () => failedAt.push(kernel === undefined ? -1 : projectorOf(kernel).status().checkpoint),
      });
      kernel = started;
      started.start();
      return started;
    },
  };
}

describe.each([1, 2, 3, undefined])('a projection in batches of %s', (batchMax) => {
  it('applies every event once, in order, also those that were there before', async () => {
    const log = createMemoryLog();
    const projection = tallyWith();
    const rows = rowsOf(projection);
    for (let n = 1; n <= 10; n += 1) await addAll(log, 'a', n, n);
    const kernel = await tallyKernel([projection], { log, batchMax, queries: [rows] });
    kernel.start();
    await Promise.all(Array.from({ length: 20 }, (_, n) => addAll(log, n % 2 === 0 ? 'a' : 'b', n)));
    const { value } = await kernel.queries.ask(rows, undefined, { readAfter: readAfter(40, 5_000, 'ERROR') });
    expect(value.sums).toEqual([
      { counter: 'a', sum: 110 + 90, position: 39 },
      { counter: 'b', sum: 100, position: 40 },
    ]);
    expect(value.entries).toHaveLength(40);
  });

  it('goes past events that it does not handle', async () => {
    const kernel = await tallyKernel([tallyWith()], { batchMax });
    kernel.start();
    for (let n = 0; n < 5; n += 1) await note(kernel.log);
    await reached(kernel, 5);
    expect(projectorOf(kernel).store().checkpoint()).toBe(5);
    expect(projectorOf(kernel).status()).toMatchObject({
      state: 'LIVE',
      lagEvents: 0,
      lagMs: 0,
      progress: 1,
    });
  });

  it('never shows half a command', async () => {
    const log = createMemoryLog();
    const seen: number[] = [];
    for (let n = 0; n < 7; n += 1) await addAll(log, 'a', 1, 1, 1);
    const kernel = await tallyKernel([tallyWith()], { log, batchMax });
    projectorOf(kernel).onCommit(({ checkpoint }) => seen.push(checkpoint));
    kernel.start();
    for (let n = 0; n < 7; n += 1) await addAll(log, 'a', 1, 1, 1);
    await reached(kernel, 42);
    expect(seen.filter((checkpoint) => checkpoint % 3 !== 0)).toEqual([]);
    expect(seen.length).toBeGreaterThanOrEqual(batchMax === undefined ? 1 : 7);
  });

  it('tries an event that fails again, with everything before it done, and goes on when it works', async () => {
    const { start, mend, rows, failedAt } = fragile(13);
    const log = createMemoryLog();
    const kernel = await start(log, batchMax);
    const mended = until(() => {
      expect(failedAt.length).toBeGreaterThan(0);
      mend();
    });
    await Promise.all(Array.from({ length: 20 }, (_, n) => addAll(log, 'a', n + 1)));
    await mended;
    const { value } = await kernel.queries.ask(rows, undefined, { readAfter: readAfter(20, 5_000, 'ERROR') });
    expect(failedAt[0]).toBe(12);
    expect(value.sums).toEqual([{ counter: 'a', sum: 210, position: 20 }]);
    expect(projectorOf(kernel).status()).toMatchObject({
      state: 'LIVE',
      healthy: true,
      parked: 0,
      lastError: null,
    });
  });
});

describe('a projection that fails', () => {
  it('is told of with everything before the culprit applied at once, without a pause after each command', async () => {
    const { start, failedAt } = fragile(300);
    const log = createMemoryLog();
    for (let by = 1; by <= 400; by += 1) await addAll(log, 'a', by);
    expect(PROJECTION_BATCH_MAX).toBeGreaterThan(400);
    const kernel = await start(log);
    await until(() => {
      expect(projectorOf(kernel).status()).toMatchObject({ checkpoint: 400, parked: 101 });
    });
    expect([...new Set(failedAt)]).toEqual([299]);
  });

  it('stops when it is told to, without waiting for its next try', async () => {
    const kernel = await tallyKernel([tallyWith()]);
    Object.assign(projectorOf(kernel).store(), {
      commit: () => {
        throw Object.assign(new Error('The disk is full.'), { code: 'SQLITE_FULL' });
      },
    });
    kernel.start();
    await addAll(kernel.log, 'a', 1);
    await until(() => {
      expect(projectorOf(kernel).status()).toMatchObject({ state: 'FAILED', lastError: 'The disk is full.' });
    });
    await projectorOf(kernel).stop();
    expect(projectorOf(kernel).status().state).toBe('STOPPED');
  });
});

describe('a projection', () => {
  it('stands still until it is started, and says so', async () => {
    const log = createMemoryLog();
    await addAll(log, 'a', 1);
    const kernel = await tallyKernel([tallyWith()], { log });
    expect(projectorOf(kernel).status()).toMatchObject({
      name: 'tally',
      version: 1,
      generation: 1,
      state: 'STOPPED',
      checkpoint: 0,
      head: 1,
      lagEvents: 1,
      healthy: false,
      parked: 0,
      progress: 0,
    });
  });

  it('tells after each commit which rows changed, from what to what', async () => {
    const commits: Commit[] = [];
    const kernel = await tallyKernel([tallyWith()]);
    const stop = projectorOf(kernel).onCommit((commit) => commits.push(commit));
    kernel.start();
    await addAll(kernel.log, 'a', 1, 2);
    await reached(kernel, 2);
    await addAll(kernel.log, 'a', 3);
    await reached(kernel, 3);
    stop();
    await addAll(kernel.log, 'a', 4);
    await reached(kernel, 4);
    const before = { counter: 'a', sum: 3, position: 2 };
    const sumsOf = ({ changes }: Commit) => changes.filter(({ table }) => table === 'sums');
    expect(commits.map(({ checkpoint }) => checkpoint)).toEqual([2, 3]);
    expect(commits.map(sumsOf)).toEqual([
      [{ table: 'sums', before: undefined, after: before }],
      [{ table: 'sums', before, after: { counter: 'a', sum: 6, position: 3 } }],
    ]);
    expect(commits[1]?.changes).toContainEqual({
      table: 'entries',
      before: undefined,
      after: { counter: 'a', position: 3, by: 3 },
    });
  });

  it('shows the rows of a commit to whoever is told of it', async () => {
    const projection = tallyWith();
    const rows = rowsOf(projection);
    const kernel = await tallyKernel([projection], { queries: [rows] });
    const read: Promise<number | undefined>[] = [];
    projectorOf(kernel).onCommit(() => {
      read.push(kernel.queries.ask(rows, undefined).then(({ value }) => value.sums[0]?.sum));
    });
    kernel.start();
    for (let n = 1; n <= 3; n += 1) {
      await addAll(kernel.log, 'a', 1);
      await reached(kernel, n);
    }
    expect(await Promise.all(read)).toEqual([1, 2, 3]);
  });

  it.each([
    ['its file', ['']],
    ['its file and what belongs to it', ['', '-wal', '-shm']],
  ])('whose views were deleted, %s, is built again and the same', async (_what, parts) => {
    const folder = tempDir();
    const log = openFileLog();
    const projection = tallyWith();
    const rows = rowsOf(projection);
    const run = async () => {
      const kernel = await tallyKernel([projection], { log, folder, batchMax: 7, queries: [rows] });
      kernel.start();
      const head = await log.head();
      const asked = { readAfter: readAfter(head, 5_000, 'ERROR') };
      const { value } = await kernel.queries.ask(rows, undefined, asked);
      await kernel.stop();
      return value;
    };
    for (let n = 0; n < 30; n += 1) await addAll(log, n % 3 === 0 ? 'a' : 'b', n, -n, 1);
    const before = await run();
    for (const part of parts) rmSync(join(folder, `tally.1.sqlite${part}`), { force: true });
    expect(await run()).toEqual(before);
    expect(before.entries).toHaveLength(90);
  });

  it('goes on where it was when it is opened again', async () => {
    const folder = tempDir();
    const log = openFileLog();
    const applied: number[] = [];
    const options = { before: ({ by }: { by: number }) => applied.push(by) };
    const first = await tallyKernel([tallyWith(options)], { log, folder });
    first.start();
    await addAll(log, 'a', 1);
    await reached(first, 1);
    await first.stop();
    await addAll(log, 'a', 2);
    const second = await tallyKernel([tallyWith(options)], { log, folder });
    expect(projectorOf(second).freshness.checkpoint()).toBe(1);
    second.start();
    await reached(second, 2);
    expect(applied).toEqual([1, 2]);
  });

  it('is refused where another one has its name', async () => {
    await expect(tallyKernel([tallyWith(), tallyWith()])).rejects.toThrow(
      'The projection tally is defined twice.',
    );
  });
});

describe('a projection at the head', () => {
  const commitsOf = async (during: (kernel: Kernel) => Promise<unknown>): Promise<number> => {
    const kernel = await tallyKernel([tallyWith()]);
    kernel.start();
    let commits = 0;
    projectorOf(kernel).onCommit(() => (commits += 1));
    await addAll(kernel.log, 'a', 1);
    await reached(kernel, 1);
    await during(kernel);
    await reached(kernel, 21);
    return commits;
  };

  it('lingers where nobody waits for it, so that events in a row share a transaction', async () => {
    // All within one turn of the event loop, in which no timer ends the lingering.
    const commits = await commitsOf(async ({ log }) => {
      for (let n = 1; n <= 20; n += 1) await addAll(log, 'a', n);
    });
    expect(commits).toBeLessThan(20);
  });

  it('applies each event at once where somebody waits for it', async () => {
    const commits = await commitsOf(async (kernel) => {
      const { freshness } = projectorOf(kernel);
      for (let n = 1; n <= 20; n += 1) {
        await addAll(kernel.log, 'a', n);
        expect(await freshness.wait(1 + n, deadlineIn(5_000))).toBe('reached');
      }
    });
    expect(commits).toBe(21);
  });
});
