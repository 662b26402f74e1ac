import Database from 'better-sqlite3';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { SAMPLE_MAX, type Kernel } from '../../src/kernel/index.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import { tallyKernel, tallyWith } from './tally.js';
import { accountsWith, closed, happened, moved, opened, startAccounts } from './transfers.js';

const BY = { actor: 'op', correlationId: 'c' };

async function caughtUp(kernel: Kernel): Promise<void> {
  const head = await kernel.log.head();
  await until(() => {
    for (const { checkpoint } of kernel.status()) expect(checkpoint).toBe(head);
  });
}

/** Twenty accounts, each of which gives the next one something; two are closed. 18 accounts, 40 moves. */
async function many(poison?: number) {
  const [log, folder] = [createMemoryLog(), tempDir()];
  const accounts = accountsWith(poison === undefined ? {} : { poison });
  const kernel = await startAccounts(accounts, { log, folder });
  const ids = Array.from({ length: 20 }, (_, n) => `a${n}`);
  for (const id of ids) await happened(log, opened(id));
  for (const [n, id] of ids.entries()) await happened(log, moved(id, ids[(n + 1) % 20] ?? '', n + 1));
  await happened(log, closed('a3'), closed('a4'));
  await caughtUp(kernel);
  const byHand = (statement: string): void => {
    const database = new Database(join(folder, 'accounts.1.sqlite'));
    database.exec(statement);
    database.close();
  };
  const verify = (sample: number) => kernel.operations.verify('accounts', BY, { sample });
  return { log, kernel, byHand, verify };
}

describe('verifying a sample of the rows', () => {
  it('finds as many rows of each owned table identical, and names the tables that have no owner', async () => {
    const { verify } = await many();
    for (const [sample, sampled] of [
      [1, 2],
      [7, 14],
      [18, 36],
      [30, 48],
      [SAMPLE_MAX, 58],
    ] as const)
      expect(await verify(sample)).toMatchObject({
        outcome: 'identical',
        checkpoint: 42,
        rows: 58,
        sampled,
        setAside: 0,
        notSampled: ['owners'],
        differing: 0,
        parked: 0,
        message: null,
      });
  });

  it('finds rows that were changed by hand, with both values, and those that should not be there', async () => {
    const { byHand, verify } = await many();
    byHand(`UPDATE accounts SET owner = 'mallory' WHERE id = 'a7'`);
    byHand(`INSERT INTO accounts (id, owner, balance, degraded) VALUES ('a3', 'ann', 0, 0)`);
    const report = await verify(SAMPLE_MAX);
    expect(report).toMatchObject({ outcome: 'different', rows: 59, sampled: 59, differing: 2 });
    expect(report.differences).toContainEqual({
      table: 'accounts',
      key: { id: 'a7' },
      live: { id: 'a7', owner: 'mallory', balance: -1, degraded: 0 },
      replayed: { id: 'a7', owner: 'ann', balance: -1, degraded: 0 },
    });
    expect(report.differences).toContainEqual(expect.objectContaining({ key: { id: 'a3' }, replayed: null }));
  });

  it('finds a changed row sooner or later also in small samples', async () => {
    const { byHand, verify } = await many();
    byHand(`UPDATE accounts SET balance = 99 WHERE id IN ('a7', 'a8', 'a9')`);
    let report = await verify(2);
    for (let tries = 0; report.differing === 0 && tries < 200; tries += 1) report = await verify(2);
    expect(report).toMatchObject({ outcome: 'different', sampled: 4 });
  });

  it('agrees with a whole verification about what is set aside', async () => {
    const { log, kernel, byHand, verify } = await many(1_000);
    await happened(log, moved('a10', 'a11', 1_000));
    await happened(log, moved('a10', 'a12', 5), moved('a13', 'a12', 5));
    await caughtUp(kernel);
    expect(kernel.operations.parked('accounts', { limit: 9 }).map(({ position }) => position)).toEqual([
      43, 44,
    ]);
    expect(await kernel.operations.verify('accounts', BY)).toMatchObject({
      outcome: 'identical',
      sampled: null,
    });
    const report = await verify(SAMPLE_MAX);
    // a10, a11 and a12 with their moves: each has an event that waits.
    expect(report).toMatchObject({ outcome: 'identical', sampled: 60, setAside: 3 + 6 + 1, parked: 0 });
    byHand(`UPDATE accounts SET degraded = 0 WHERE id = 'a10'`);
    expect(await verify(SAMPLE_MAX)).toMatchObject({ outcome: 'different', differing: 1 });
  });

  it('passes over what an operator has skipped', async () => {
    const { log, kernel, verify } = await many(1_000);
    await happened(log, moved('a10', 'a11', 1_000), moved('a10', 'a11', 5));
    await caughtUp(kernel);
    await kernel.operations.skipParked('accounts', 43, 'a bug', BY);
    expect(await verify(SAMPLE_MAX)).toMatchObject({ outcome: 'identical', setAside: 0, parked: 0 });
  });

  it('has nothing to draw from where no table has an owner', async () => {
    const kernel = await tallyKernel([tallyWith()]);
    kernel.start();
    expect(await kernel.operations.verify('tally', BY, { sample: 5 })).toMatchObject({
      outcome: 'absent',
      sampled: 0,
      notSampled: ['sums', 'entries'],
      message: 'no table says whose events make a row, so there is nothing to draw from',
    });
  });

  it('is refused for a number of rows that cannot be, and nothing is written down', async () => {
    const { kernel, verify } = await many();
    for (const sample of [0, -1, 1.5, Number.NaN, SAMPLE_MAX + 1])
      await expect(verify(sample)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: `A sample has 1 to 10000 rows, got ${sample}.`,
      });
    expect(await kernel.operations.done({ after: 0, limit: 9 })).toEqual([]);
  });

  it('lets others go on between any two entities', async () => {
    const { verify } = await many();
    let turns = 0;
    let going = true;
    const others = (async () => {
      for (; going; turns += 1) await nextTurn();
    })();
    await verify(SAMPLE_MAX);
    going = false;
    await others;
    expect(turns).toBeGreaterThanOrEqual(20);
  });

  it('tells how far it is, in rows', async () => {
    const { kernel } = await many();
    const told: (readonly [number, number])[] = [];
    await kernel.operations.verify('accounts', BY, {
      sample: 5,
      onProgress: (...progress) => told.push(progress),
    });
    expect(told.at(-1)).toEqual([10, 10]);
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).toSorted((a, b) => a - b));
  });
});
