import { describe, expect, it } from 'vitest';
import {
  DELAY_MS_MAX,
  REASON_LENGTH_MAX,
  TidemarkError,
  createMemoryOperations,
  type OperationLog,
  type Operations,
} from '../../src/kernel/index.js';
import { openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import { BY, accountsWith, breakable, deposit, start, write, type StartOptions } from './accounts.js';

const all = (operations: OperationLog) => operations.read({ after: 0, limit: 100 });

/** A kernel whose operations are written to the log's file. */
async function running(options: StartOptions = {}, broken = breakable()) {
  const log = openFileLog();
  const projection = accountsWith(broken);
  const found = await start(projection, { log, operations: log.operations, ...options });
  return { ...found, ...broken, log, projection, operations: found.kernel.operations };
}

describe('a pause', () => {
  it('stands still where it is until it is resumed', async () => {
    const { operations, log, status, caughtUp, projector } = await running();
    await write(log, deposit('a'));
    await caughtUp();
    await operations.pause('accounts', BY);
    await write(log, deposit('a'));
    expect(status()).toMatchObject({ state: 'PAUSED', checkpoint: 1, lagEvents: 1 });
    expect(projector.freshness.checkpoint()).toBe(1);
    await operations.resume('accounts', BY);
    await caughtUp();
    expect(status()).toMatchObject({ checkpoint: 2, lagEvents: 0, lagMs: 0 });
  });

  it('holds over a restart, and so does the resume', async () => {
    const folder = tempDir();
    const { operations, kernel, log, projection } = await running({ folder });
    await operations.pause('accounts', BY);
    await kernel.stop();
    await write(log, deposit('a'));
    const second = await start(projection, { log, folder, operations: log.operations });
    expect(second.status()).toMatchObject({ state: 'PAUSED', checkpoint: 0, lagEvents: 1 });
    await second.kernel.operations.resume('accounts', BY);
    await second.caughtUp();
    await second.kernel.stop();
    const third = await start(projection, { log, folder, operations: log.operations });
    await third.caughtUp();
  });

  it('of a projection that fails says PAUSED, and nothing is tried any more', async () => {
    let tries = 0;
    const fault = (): never => {
      tries += 1;
      throw Object.assign(new Error('Full.'), { code: 'SQLITE_FULL' });
    };
    const { operations, log, status } = await running({}, { ...breakable(), fault });
    await write(log, deposit('a'));
    await until(() => {
      expect(status().state).toBe('FAILED');
    });
    await operations.pause('accounts', BY);
    await until(() => {
      expect(status()).toMatchObject({ state: 'PAUSED', lastError: null });
    });
    const before = tries;
    await write(log, deposit('a'));
    await write(log, deposit('a'));
    expect(tries).toBe(before);
  });
});

describe('a delay', () => {
  it('applies events only when they are so old', async () => {
    const { operations, log, status, caughtUp } = await running();
    await operations.delay('accounts', 150, BY);
    const before = Date.now();
    await write(log, deposit('a'));
    await caughtUp();
    expect(Date.now() - before).toBeGreaterThanOrEqual(150);
    expect(status()).toMatchObject({ delayMs: 150, lagEvents: 0 });
  });

  it('that is taken back lets what was held back go at once', async () => {
    const { operations, log, status, caughtUp, projector } = await running();
    await operations.delay('accounts', DELAY_MS_MAX, BY);
    await write(log, deposit('a'));
    await until(() => {
      expect(status().lagEvents).toBe(1);
    });
    expect(projector.freshness.checkpoint()).toBe(0);
    await operations.delay('accounts', 0, BY);
    await caughtUp();
    expect(status()).toMatchObject({ delayMs: 0, checkpoint: 1 });
  });

  it('does not hold up a pause, or the end', async () => {
    const { operations, kernel, log, status } = await running();
    await operations.delay('accounts', DELAY_MS_MAX, BY);
    await write(log, deposit('a'));
    await operations.pause('accounts', BY);
    expect(status().state).toBe('PAUSED');
    await operations.resume('accounts', BY);
    await kernel.stop();
    expect(status().checkpoint).toBe(0);
  });

  it.each([-1, 0.5, NaN, DELAY_MS_MAX + 1])('of %s ms is refused', async (delayMs) => {
    const { operations, status } = await running();
    await expect(operations.delay('accounts', delayMs, BY)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(status().delayMs).toBe(0);
  });
});

/** Each operation, on a projection where it can be done, and what is written down of it. */
const cases: readonly [
  string,
  (operations: Operations) => Promise<unknown>,
  { position?: number; reason?: string },
][] = [
  ['pauseProjection', (on) => on.pause('accounts', BY), {}],
  ['resumeProjection', (on) => on.resume('accounts', BY), {}],
  ['delayProjection', (on) => on.delay('accounts', 300, BY), { reason: '300 ms' }],
  ['retryParked', (on) => on.retryParked('accounts', 2, BY), { position: 2 }],
  ['skipParked', (on) => on.skipParked('accounts', 2, 'a test', BY), { position: 2, reason: 'a test' }],
  ['rollbackProjection', (on) => on.rollback('accounts', BY), {}],
  ['pruneProjection', (on) => on.prune('accounts', BY), {}],
  ['rebuildProjection', (on) => on.rebuild('accounts', BY), {}],
  ['verifyProjection', (on) => on.verify('accounts', BY), {}],
];

/** A projection with something set aside at position 2 and a generation to go back to. */
async function withEverything(options: StartOptions = {}) {
  const found = await running(options);
  await write(found.log, deposit('a'), deposit('b', 1, { fault: 'poison' }));
  await found.caughtUp();
  found.projector.succession.rebuild();
  await until(() => {
    expect(found.status()).toMatchObject({ generation: 2, rebuild: null, parked: 1 });
  });
  return found;
}

describe('every operation', () => {
  it.each(cases)('%s is written down with who asked for it', async (name, act, about) => {
    const before = Date.now();
    const { operations, log } = await withEverything();
    await act(operations);
    const [entry, ...others] = await all(log.operations);
    const of = { position: null, reason: null, ...about };
    expect(entry).toMatchObject({ seq: 1, name, projection: 'accounts', ...BY, ...of });
    expect(entry?.at).toBeGreaterThanOrEqual(before);
    expect(others).toEqual([]);
  });

  it('cancelRebuild is, too', async () => {
    const { operations, log, status } = await withEverything();
    const [rebuilt, cancelled] = await Promise.allSettled([
      operations.rebuild('accounts', BY),
      operations.cancelRebuild('accounts', BY),
    ]);
    expect([rebuilt.status, cancelled.status]).toEqual(['fulfilled', 'fulfilled']);
    const names = (await all(log.operations)).map(({ name }) => name);
    expect(names).toEqual(['rebuildProjection', 'cancelRebuild']);
    expect(status()).toMatchObject({ generation: 2, rebuild: null });
  });

  it.each(cases)('%s is not done where it cannot be written down', async (_name, act) => {
    const operations: OperationLog = {
      ...createMemoryOperations(),
      record: async () => {
        throw new TidemarkError('UNAVAILABLE', 'The log could not be written.');
      },
    };
    const { kernel, status, parked, rows } = await withEverything({ operations });
    const state = () => ({ ...status(), eventsPerSecond: 0, parked: parked(), rows: rows() });
    const before = state();
    await expect(act(kernel.operations)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(state()).toEqual(before);
  });

  it.each(cases)('%s of an unknown projection is NOT_FOUND, and not written down', async (_name, act) => {
    const { operations, log } = await running();
    const unknown = Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [
        name,
        (_: string, ...others: never[]) =>
          (operation as (...args: unknown[]) => unknown)('nobody', ...others),
      ]),
    ) as unknown as Operations;
    await expect(act(unknown)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is no projection "nobody". There are: accounts.',
    });
    expect(await all(log.operations)).toEqual([]);
  });
});

describe('a refused operation', () => {
  it.each<[string, string, (operations: Operations) => Promise<unknown>]>([
    ['cancelling what does not run', 'CONFLICT', (on) => on.cancelRebuild('accounts', BY)],
    ['going back to nothing', 'CONFLICT', (on) => on.rollback('accounts', BY)],
    ['pruning nothing', 'CONFLICT', (on) => on.prune('accounts', BY)],
    ['retrying what is not set aside', 'NOT_FOUND', (on) => on.retryParked('accounts', 1, BY)],
    ['retrying what waits', 'CONFLICT', (on) => on.retryParked('accounts', 3, BY)],
    ['skipping what waits', 'CONFLICT', (on) => on.skipParked('accounts', 3, 'a test', BY)],
    ['skipping without a reason', 'BAD_USER_INPUT', (on) => on.skipParked('accounts', 2, ' \n', BY)],
    [
      'skipping with a long story',
      'BAD_USER_INPUT',
      (on) => on.skipParked('accounts', 2, 'x'.repeat(REASON_LENGTH_MAX + 1), BY),
    ],
  ])('(%s: %s) changes nothing and is not written down', async (_what, code, act) => {
    const { operations, log, caughtUp, parked, status } = await running();
    await write(log, deposit('a'), deposit('b', 1, { fault: 'poison' }), deposit('b'));
    await caughtUp();
    const state = () => ({ ...status(), eventsPerSecond: 0, events: parked() });
    const before = state();
    await expect(act(operations)).rejects.toMatchObject({ code });
    expect(state()).toEqual(before);
    expect(await all(log.operations)).toEqual([]);
  });

  it('by another one that was just asked for is not written down either', async () => {
    const { operations, log } = await withEverything();
    const asked = [operations.prune('accounts', BY), operations.prune('accounts', BY)];
    const outcomes = await Promise.allSettled([
      ...asked,
      operations.retryParked('accounts', 2, BY),
      operations.skipParked('accounts', 2, 'a test', BY),
      operations.retryParked('accounts', 2, BY),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    const names = (await all(log.operations)).map(({ name }) => name);
    expect(names).toEqual(['pruneProjection', 'retryParked', 'skipParked']);
  });

  it('is a second verification at a time: OVERLOADED', async () => {
    const { operations, log } = await withEverything();
    const first = operations.verify('accounts', BY);
    await expect(operations.verify('accounts', BY)).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(await first).toMatchObject({ outcome: 'identical', parked: 1 });
    expect(await all(log.operations)).toHaveLength(1);
  });
});
