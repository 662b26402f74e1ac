import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import type { Kernel, Operator } from '../../src/kernel/index.js';
import { until } from '../support/until.js';
import { addAll, projectorOf, rowsOf, tallyKernel, tallyWith } from './tally.js';

const BY: Operator = { actor: 'ann', correlationId: 'c-1' };

/** A kernel that has set the event at position 1 aside, with position 2 behind it, and a log that is slow to read. */
async function withParked() {
  let broken = true;
  const projection = tallyWith({
    before: ({ by }) => {
      if (broken && by === 1) throw new Error('A bug in the handler.');
    },
  });
  const rows = rowsOf(projection);
  const memory = createMemoryLog();
  const log: typeof memory = {
    ...memory,
    read: async (scope, options) => {
      await sleep(1);
      return memory.read(scope, options);
    },
  };
  const kernel = await tallyKernel([projection], { log, queries: [rows] });
  kernel.start();
  await addAll(log, 'a', 1);
  await addAll(log, 'a', 10);
  await until(() => expect(projectorOf(kernel).status().parked).toBe(2));
  broken = false;
  return { kernel, sum: async () => (await kernel.queries.ask(rows, undefined)).value.sums[0]?.sum };
}

async function names({ operations }: Kernel): Promise<readonly string[]> {
  return (await operations.done({ limit: 10 })).map(({ name }) => name);
}

describe('operations on one projection', () => {
  it('are done one after another: what two retry at once is applied once, and only what was done is written down', async () => {
    const { kernel, sum } = await withParked();
    const retries = [1, 2, 3].map(() => kernel.operations.retryParked('tally', 1, BY));
    const [first, ...others] = await Promise.allSettled(retries);
    expect(first).toMatchObject({ status: 'fulfilled', value: { applied: 2, skipped: 0 } });
    for (const other of others) expect(other).toMatchObject({ reason: { code: 'NOT_FOUND' } });
    expect(await sum()).toBe(11);
    expect(await names(kernel)).toEqual(['retryParked']);
  });

  it('are refused before they are written down also where two come at once', async () => {
    const { kernel } = await withParked();
    const both = await Promise.allSettled([
      kernel.operations.rebuild('tally', BY),
      kernel.operations.rebuild('tally', BY),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(both[1]).toMatchObject({ reason: { code: 'CONFLICT' } });
    expect(await names(kernel)).toEqual(['rebuildProjection']);
  });

  it('are told of by page, of one projection or of all', async () => {
    const { kernel } = await withParked();
    for (const name of ['pause', 'resume', 'pause'] as const) await kernel.operations[name]('tally', BY);
    const seqs = async (page: object) =>
      (await kernel.operations.done({ limit: 2, ...page })).map(({ seq }) => seq);
    expect(await seqs({})).toEqual([1, 2]);
    expect(await seqs({ after: 2, projection: 'tally' })).toEqual([3]);
    expect(await seqs({ backward: true })).toEqual([2, 3]);
    expect(await seqs({ backward: true, before: 2 })).toEqual([1]);
    await expect(seqs({ projection: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('isSetAside', () => {
  it('tells whether an event, or an earlier one of its entity, is set aside', async () => {
    const { kernel } = await withParked();
    const [first, second] = await kernel.log.read('all', { after: 0, limit: 2 });
    if (first === undefined || second === undefined) throw new Error('There are two events.');
    const projector = projectorOf(kernel);
    const later = { ...second, position: 3, commandId: 'c' };
    const stranger = { ...later, tags: ['thing:2'] };
    const asked = [[first], [second], [later], [stranger], []];
    expect(asked.map((events) => projector.isSetAside(events))).toEqual([true, true, true, false, false]);
    await kernel.operations.retryParked('tally', 1, BY);
    expect(projector.isSetAside([first, second, later])).toBe(false);
  });
});
