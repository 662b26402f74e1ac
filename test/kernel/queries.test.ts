import { describe, expect, it } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import {
  CompositionError,
  READ_AFTER_TIMEOUT_MAX_MS,
  deadlineIn,
  defineQuery,
  readAfter,
} from '../../src/kernel/index.js';
import { until } from '../support/until.js';
import { addAll, projectorOf, rowsOf, tallyKernel, tallyWith } from './tally.js';

const tally = () => tallyWith();

/** A projection that stands still from its first event on. */
const stuck = () =>
  tallyWith({
    name: 'stuck',
    before: () => {
      throw new Error('Stuck.');
    },
  });

async function withBoth() {
  const [going, standing] = [tally(), stuck()];
  const queries = { ofGoing: rowsOf(going), ofStanding: rowsOf(standing), ofBoth: rowsOf(going, standing) };
  const kernel = await tallyKernel([going, standing], { queries: Object.values(queries) });
  kernel.start();
  return { kernel, ...queries };
}

describe('queries', () => {
  it('are refused when they are composed where they read a projection that no module has', async () => {
    await expect(tallyKernel([], { queries: [rowsOf(tally())] })).rejects.toThrow(
      new CompositionError('The query rowsOf tally reads tally, which no module has.'),
    );
  });

  it('are refused when they are composed where two have one name', async () => {
    const projection = tally();
    await expect(
      tallyKernel([projection], { queries: [rowsOf(projection), rowsOf(projection)] }),
    ).rejects.toThrow(new CompositionError('The query rowsOf tally is defined twice.'));
  });

  it('are refused when they are composed where they name no projection', async () => {
    const nothing = defineQuery({ name: 'nothing', reads: {}, prepare: () => () => 1 });
    await expect(tallyKernel([tally()], { queries: [nothing] })).rejects.toThrow(CompositionError);
  });

  it('are refused when they are asked where they are not on the bus, also under a name that is', async () => {
    const projection = tally();
    const kernel = await tallyKernel([projection], { queries: [rowsOf(projection)] });
    await expect(kernel.queries.ask(rowsOf(projection), undefined)).rejects.toThrow(CompositionError);
    await expect(kernel.queries.ask(rowsOf(stuck()), undefined)).rejects.toThrow(CompositionError);
  });

  it('prepare their statements once', async () => {
    const projection = tally();
    let prepared = 0;
    const counting = defineQuery({
      name: 'counting',
      reads: { tally: projection },
      prepare: () => {
        prepared += 1;
        return (input: number) => input * 2;
      },
    });
    const kernel = await tallyKernel([projection], { queries: [counting] });
    expect((await kernel.queries.ask(counting, 2)).value).toBe(4);
    expect((await kernel.queries.ask(counting, 3)).value).toBe(6);
    expect(prepared).toBe(1);
  });
});

describe('a read after a position', () => {
  it('sees what was written there', async () => {
    const { kernel, ofGoing } = await withBoth();
    for (let n = 1; n <= 50; n += 1) {
      const position = await addAll(kernel.log, 'a', 1);
      const { value, consistency } = await kernel.queries.ask(ofGoing, undefined, {
        readAfter: readAfter(position, 5_000, 'ERROR'),
      });
      expect(value.sums[0]?.sum).toBe(n);
      expect(consistency).toMatchObject({ position: n, head: n, lagMs: 0, stale: false });
    }
  });

  it('waits for the projections that the query reads, and for no others', async () => {
    const { kernel, ofGoing, ofStanding, ofBoth } = await withBoth();
    const position = await addAll(kernel.log, 'a', 1);
    const wanted = () => ({ readAfter: readAfter(position, 30) });
    const going = await kernel.queries.ask(ofGoing, undefined, { readAfter: readAfter(position, 5_000) });
    expect(going.consistency).toMatchObject({ stale: false, position: 1 });
    const standing = await kernel.queries.ask(ofStanding, undefined, wanted());
    expect(standing.consistency).toMatchObject({ stale: true, position: 0, head: 1 });
    const both = await kernel.queries.ask(ofBoth, undefined, wanted());
    expect(both.consistency).toMatchObject({ stale: true, position: 0, head: 1 });
    expect(both.value.sums).toHaveLength(1);
  });

  it('is answered all the same when the time is over, and says that it is stale', async () => {
    const { kernel, ofStanding } = await withBoth();
    const position = await addAll(kernel.log, 'a', 1);
    const { value, consistency } = await kernel.queries.ask(ofStanding, undefined, {
      readAfter: readAfter(position, 20, 'STALE'),
    });
    expect(value.sums).toEqual([]);
    expect(consistency.stale).toBe(true);
    expect(consistency.waitedMs).toBeGreaterThan(0);
    expect(projectorOf(kernel, 'stuck').freshness.waiters()).toBe(0);
  });

  it('is a STALE_READ error where the caller wants one', async () => {
    const { kernel, ofStanding } = await withBoth();
    const position = await addAll(kernel.log, 'a', 1);
    await expect(
      kernel.queries.ask(ofStanding, undefined, { readAfter: readAfter(position, 20, 'ERROR') }),
    ).rejects.toMatchObject({ code: 'STALE_READ' });
  });

  it('ends early when it is aborted', async () => {
    const { kernel, ofStanding } = await withBoth();
    const position = await addAll(kernel.log, 'a', 1);
    const abort = new AbortController();
    const asked = kernel.queries.ask(ofStanding, undefined, {
      readAfter: { position, deadline: deadlineIn(600_000), onTimeout: 'STALE' },
      signal: abort.signal,
    });
    await until(() => {
      expect(projectorOf(kernel, 'stuck').freshness.waiters()).toBe(1);
    });
    abort.abort();
    expect((await asked).consistency.stale).toBe(true);
    expect(projectorOf(kernel, 'stuck').freshness.waiters()).toBe(0);
  });

  it('ahead of the log is UNKNOWN_POSITION, and nobody waits for it', async () => {
    const { kernel, ofGoing } = await withBoth();
    const position = await addAll(kernel.log, 'a', 1);
    await expect(
      kernel.queries.ask(ofGoing, undefined, {
        readAfter: { position: position + 1, deadline: deadlineIn(600_000), onTimeout: 'STALE' },
      }),
    ).rejects.toMatchObject({ code: 'UNKNOWN_POSITION' });
    expect(projectorOf(kernel).freshness.waiters()).toBe(0);
  });

  it('ahead of the log is UNKNOWN_POSITION also while the views are being built', async () => {
    const log = createMemoryLog();
    await addAll(log, 'a', 1);
    const projection = tally();
    const rows = rowsOf(projection);
    const kernel = await tallyKernel([projection], { log, queries: [rows] });
    await expect(
      kernel.queries.ask(rows, undefined, {
        readAfter: { position: 2, deadline: deadlineIn(600_000), onTimeout: 'STALE' },
      }),
    ).rejects.toMatchObject({ code: 'UNKNOWN_POSITION' });
  });

  it('of views that are being built from nothing is answered when they are, and never with half of them', async () => {
    const log = createMemoryLog();
    await Promise.all(Array.from({ length: 10 }, () => addAll(log, 'a', 1)));
    const projection = tally();
    const rows = rowsOf(projection);
    const kernel = await tallyKernel([projection], { log, batchMax: 1, queries: [rows] });
    await expect(kernel.queries.ask(rows, undefined, { readAfter: readAfter(1, 20) })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    const asked = kernel.queries.ask(rows, undefined);
    kernel.start();
    expect((await asked).value.sums).toEqual([{ counter: 'a', sum: 10, position: 10 }]);
    expect(projectorOf(kernel).freshness.waiters()).toBe(0);
  });

  it('waits no longer than is allowed, whatever is asked for', () => {
    expect(readAfter(1, 1e9).deadline.leftMs()).toBeLessThanOrEqual(READ_AFTER_TIMEOUT_MAX_MS);
    expect(readAfter(1)).toMatchObject({ position: 1, onTimeout: 'STALE' });
  });
});

describe('an answer', () => {
  it('says how fresh it is, also where nothing was asked for', async () => {
    const log = createMemoryLog();
    const projection = tally();
    const rows = rowsOf(projection);
    const kernel = await tallyKernel([projection], { log, queries: [rows] });
    await addAll(log, 'a', 1, 1);
    const before = await kernel.queries.ask(rows, undefined);
    expect(before.value.sums).toEqual([]);
    expect(before.consistency).toMatchObject({ position: 0, head: 2, stale: false, waitedMs: 0 });
    expect(before.consistency.lagMs).toBeGreaterThanOrEqual(0);
    kernel.start();
    await until(async () => {
      const { consistency } = await kernel.queries.ask(rows, undefined);
      expect(consistency).toEqual({ position: 2, head: 2, lagMs: 0, stale: false, waitedMs: 0, parked: 0 });
    });
  });

  it('is as old as the oldest view that it reads', async () => {
    const { kernel, ofBoth } = await withBoth();
    await addAll(kernel.log, 'a', 1);
    await until(() => {
      expect(projectorOf(kernel).freshness.checkpoint()).toBe(1);
    });
    const { consistency } = await kernel.queries.ask(ofBoth, undefined);
    expect(consistency).toMatchObject({ position: 0, head: 1, stale: false });
  });
});
