import { describe, expect, it } from 'vitest';
import { PARKED_ENTITIES_MAX, createMemoryOperations, type EventLog } from '../../src/kernel/index.js';
import { RETRY_BATCH_MAX } from '../../src/kernel/retry-parked.js';
import { openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import {
  BY,
  accountsWith,
  breakable,
  byOwner,
  deposit,
  replayed,
  start,
  write,
  type StartOptions,
} from './accounts.js';

/** An account with poison, and what waits behind it; all of it is applied or set aside. */
async function withPoison(options: StartOptions & { readonly waiting?: number } = {}) {
  const { waiting = 2, ...others } = options;
  const broken = breakable();
  const projection = accountsWith(broken);
  const running = await start(projection, others);
  await write(running.log, deposit('a', 1));
  await write(running.log, deposit('a', 2, { fault: 'poison' }));
  const events = Array.from({ length: waiting }, () => deposit('a', 4));
  for (let n = 0; n < waiting; n += 100) await write(running.log, ...events.slice(n, n + 100));
  await write(running.log, deposit('b', 8));
  await running.caughtUp();
  return { ...running, ...broken, projection };
}

describe('a retry', () => {
  it('applies the event and what waits behind it: the rows are those of a replay', async () => {
    const { projector, mend, rows, log, projection, status, ask } = await withPoison();
    mend();
    expect(await projector.retry(2)).toEqual({ applied: 3, skipped: 0 });
    expect(rows()).toEqual(await replayed(projection, log));
    expect(rows().accounts[0]).toEqual({ id: 'a', balance: 11, degraded: false, position: 4 });
    expect(status()).toMatchObject({ parked: 0, parkedEntities: 0, checkpoint: 5 });
    expect((await ask('a', 5)).consistency).toMatchObject({ stale: false, parked: 0 });
  });

  it('that fails again leaves everything set aside, and counts', async () => {
    const { projector, parked, rows, status } = await withPoison();
    const before = parked();
    expect(await projector.retry(2)).toEqual({ applied: 0, skipped: 0 });
    expect(await projector.retry(2)).toEqual({ applied: 0, skipped: 0 });
    const [first, ...others] = parked();
    expect(first).toEqual({ ...before[0], attempts: 5, stack: first?.stack });
    expect(others).toEqual(before.slice(1));
    expect(rows().accounts[0]).toMatchObject({ balance: 1, degraded: true });
    expect(status()).toMatchObject({ parked: 3, state: 'LIVE' });
  });

  it('goes as far as it can: up to the next event that fails', async () => {
    let broken = ['one', 'two'];
    const fault = ({ fault: wrong = '' }: { readonly fault?: string }) => {
      if (broken.includes(wrong)) throw new Error(wrong);
    };
    const { log, caughtUp, projector, parked, rows } = await start(accountsWith({ fault }));
    await write(log, deposit('a', 1, { fault: 'one' }), deposit('a', 1), deposit('a', 1, { fault: 'two' }));
    await write(log, deposit('a', 1));
    await caughtUp();
    broken = ['two'];
    expect(await projector.retry(1)).toEqual({ applied: 2, skipped: 0 });
    expect(parked()).toMatchObject([
      { position: 3, error: 'two', attempts: 1 },
      { position: 4, error: null },
    ]);
    expect(rows().accounts).toEqual([{ id: 'a', balance: 2, degraded: true, position: 2 }]);
  });

  it('of a long queue takes more than one transaction, while commands go on', async () => {
    const waiting = 2 * RETRY_BATCH_MAX + 100;
    const running = await withPoison({ waiting });
    const { projector, log, mend, status } = running;
    mend();
    const retried = projector.retry(2);
    const written: Promise<number>[] = [];
    for (let n = 0; n < 20; n += 1) written.push(write(log, deposit('a', 1), deposit('b', 1)));
    const { applied } = await retried;
    await Promise.all(written);
    await running.caughtUp();
    expect(applied).toBeGreaterThan(waiting);
    expect(status()).toMatchObject({ parked: 0 });
    expect(running.rows()).toEqual(await replayed(running.projection, log));
  });

  it('asked for twice at once applies each event once', async () => {
    const { projector, log, mend, rows, projection } = await withPoison();
    mend();
    const [first, second] = await Promise.allSettled([projector.retry(2), projector.retry(2)]);
    expect(first).toMatchObject({ value: { applied: 3, skipped: 0 } });
    expect(second).toMatchObject({ reason: { code: 'NOT_FOUND' } });
    expect(rows()).toEqual(await replayed(projection, log));
  });

  it('tells which rows changed, at the checkpoint that is served', async () => {
    const { projector, mend } = await withPoison();
    const commits: unknown[] = [];
    projector.onCommit((commit) => commits.push(commit));
    mend();
    await projector.retry(2);
    expect(commits).toMatchObject([{ after: 5, checkpoint: 5 }]);
    expect((commits[0] as { changes: unknown[] }).changes).toContainEqual(
      expect.objectContaining({ table: 'accounts', after: expect.objectContaining({ balance: 11 }) }),
    );
  });

  it('of what waits behind another is a CONFLICT, of what is not set aside NOT_FOUND; nothing changes', async () => {
    const { projector, parked } = await withPoison();
    const before = parked();
    await expect(projector.retry(3)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(projector.skip(3)).rejects.toMatchObject({ code: 'CONFLICT' });
    for (const position of [1, 5, 99])
      await expect(projector.retry(position)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(parked()).toEqual(before);
  });

  it('ends where the log cannot be read, and can be asked for again', async () => {
    const file: EventLog = openFileLog();
    let failing = false;
    const log: EventLog = {
      ...file,
      read: async (scope, options) => {
        if (failing) throw new Error('No.');
        return file.read(scope, options);
      },
    };
    const { projector, mend, parked } = await withPoison({ log });
    mend();
    failing = true;
    await expect(projector.retry(2)).rejects.toThrow('No.');
    expect(parked()).toHaveLength(3);
    failing = false;
    expect(await projector.retry(2)).toEqual({ applied: 3, skipped: 0 });
  });

  it('once the projection is stopped is UNAVAILABLE, also one that was under way', async () => {
    const { projector, mend, kernel } = await withPoison({ waiting: RETRY_BATCH_MAX + 1 });
    mend();
    const under = projector.retry(2);
    const stopped = kernel.stop();
    await expect(under).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await stopped;
    await expect(projector.retry(2)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('of an event that waits for another entity as well leaves it waiting for that one', async () => {
    const { fault, mend } = breakable();
    let other = true;
    const projection = accountsWith({
      entity: byOwner,
      fault: (data) => {
        if (data.fault === 'other' && other) throw new Error('Other.');
        return data.fault === 'other' ? undefined : fault(data);
      },
    });
    const running = await start(projection);
    const { log, projector } = running;
    await write(log, deposit('b', 1, { owner: 'y', fault: 'other' }));
    await write(log, deposit('a', 1, { owner: 'x', fault: 'poison' }));
    await write(log, deposit('b', 1, { owner: 'x' }));
    await write(log, deposit('a', 1, { owner: 'y' }));
    await running.caughtUp();
    mend();
    expect(await projector.retry(2)).toEqual({ applied: 2, skipped: 0 });
    expect(running.parked().map(({ position }) => position)).toEqual([1, 4]);
    other = false;
    expect(await projector.retry(1)).toEqual({ applied: 2, skipped: 0 });
    expect(running.rows().deposits).toEqual((await replayed(projection, log)).deposits);
  });
});

describe('a skip', () => {
  it('passes over the event and applies what waits behind it; a rebuild passes over it, too, or applies it if it works', async () => {
    const { kernel, projector, mend, rows, log, projection, parked, status, ...running } = await withPoison();
    expect(await kernel.operations.skipParked('accounts', 2, 'a test', BY)).toEqual({
      applied: 2,
      skipped: 1,
    });
    expect(rows().accounts[0]).toEqual({ id: 'a', balance: 9, degraded: false, position: 4 });
    expect(parked()).toEqual([]);
    const skipped = rows();
    const rebuilt = async (generation: number): Promise<void> => {
      projector.succession.rebuild();
      await until(() => {
        expect(status()).toMatchObject({ generation, rebuild: null, parked: 0 });
      });
    };
    await rebuilt(2);
    expect(rows()).toEqual(skipped);
    mend();
    await rebuilt(3);
    expect(rows()).toEqual(await replayed(projection, log));
    await running.caughtUp();
  });

  it('holds after a restart, as it was written down', async () => {
    const operations = createMemoryOperations();
    const { log, kernel, projection, folder } = await withPoison({ operations, folder: tempDir() });
    await kernel.operations.skipParked('accounts', 2, 'a test', BY);
    await kernel.stop();
    const again = await start(projection, { log, operations, folder });
    again.projector.succession.rebuild();
    await until(() => {
      expect(again.status()).toMatchObject({ generation: 2, rebuild: null, parked: 0, state: 'LIVE' });
    });
  });

  it('counts neither as applied where the next one fails', async () => {
    const { fault } = breakable();
    const { log, caughtUp, projector, parked, rows } = await start(accountsWith({ fault }));
    await write(log, deposit('a', 1), deposit('a', 1, { fault: 'one' }), deposit('a', 1, { fault: 'two' }));
    await caughtUp();
    expect(await projector.skip(2)).toEqual({ applied: 0, skipped: 1 });
    expect(parked()).toMatchObject([{ position: 3, error: 'A bug: two.', attempts: 1 }]);
    expect(rows().accounts).toMatchObject([{ balance: 1, degraded: true }]);
  });
});

describe('at the limit of entities that are set aside', () => {
  it(`(${PARKED_ENTITIES_MAX}, or another) a projection stops with everything before applied, and goes on when there is room`, async () => {
    const { fault, mend } = breakable();
    const running = await start(accountsWith({ fault }), { parkedEntitiesMax: 2 });
    const { log, status, projector } = running;
    for (const account of ['a', 'b', 'c'])
      await write(log, deposit('ok', 1), deposit(account, 1, { fault: 'poison' }));
    await write(log, deposit('ok', 1));
    await until(() => {
      expect(status()).toMatchObject({ state: 'FAILED', healthy: false, checkpoint: 4, parkedEntities: 2 });
      expect(status().lastError).toMatch('Events of 2 entities are set aside in accounts');
    });
    expect(running.rows().accounts).toMatchObject([{ id: 'ok', balance: 2 }]);
    expect(await projector.skip(2)).toEqual({ applied: 0, skipped: 1 });
    await running.caughtUp();
    expect(running.parked().map(({ position }) => position)).toEqual([4, 6]);
    await write(log, deposit('d', 1, { fault: 'poison' }));
    await until(() => {
      expect(status().lastError).toMatch('which is the most');
    });
    mend();
    await projector.retry(4);
    await running.caughtUp();
    expect(running.rows().accounts).toMatchObject([{ id: 'b' }, { id: 'd' }, { id: 'ok', balance: 4 }]);
  });

  it('applies all before an event of an unknown type, too, and more events of those entities are no more entities', async () => {
    const { log } = await start(accountsWith(), { started: false });
    const unknown = { type: 'Forgotten' };
    await write(log, deposit('ok', 1), deposit('a', 1, unknown), deposit('b', 1, unknown));
    for (let n = 0; n < 5; n += 1) await write(log, deposit('a', 1), deposit('b', 1), deposit('ok', 1));
    await write(log, deposit('c', 1, unknown));
    await write(log, deposit('d', 1, unknown));
    const { status, rows } = await start(accountsWith(), { log, parkedEntitiesMax: 3 });
    await until(() => {
      expect(status()).toMatchObject({ state: 'FAILED', checkpoint: 19, parkedEntities: 3, parked: 13 });
    });
    expect(rows().accounts).toMatchObject([{ id: 'ok', balance: 6 }]);
  });
});
