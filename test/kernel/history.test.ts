import { describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { CompositionError, EntityTooLongError, foldEntity, knownTypes } from '../../src/kernel/index.js';
import { createMemoryViews } from '../../src/kernel/memory-views.js';
import { until } from '../support/until.js';
import { accountsWith, happened, moved, opened, someAccounts, startAccounts } from './transfers.js';
import { tallyKernel, tallyWith } from './tally.js';

/** Sets the clock to a time, until the test is over. */
function setClock(time: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: time });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

const a = { id: 'a', owner: 'ann', degraded: false };

describe('rows as of a position', () => {
  it('are what the entity’s own events up to there make of them, and nobody else’s', async () => {
    const { kernel, accounts } = await someAccounts();
    const asOf = async (id: string, position?: number) => {
      const until = position === undefined ? {} : { position };
      return (await kernel.history.asOf(accounts, `account:${id}`, until)).rows;
    };
    expect(await asOf('a', 1)).toEqual({ accounts: [{ ...a, balance: 0 }], moves: [] });
    expect(await asOf('a', 2)).toEqual(await asOf('a', 1));
    expect(await asOf('a', 4)).toEqual({
      accounts: [{ ...a, balance: -5 }],
      moves: [{ account: 'a', position: 3, amount: -5 }],
    });
    expect((await asOf('b', 5)).accounts).toEqual([{ id: 'b', owner: 'bo', degraded: false, balance: 3 }]);
    expect((await asOf('b', 6)).accounts).toEqual([]);
    expect((await asOf('a')).accounts).toEqual([{ ...a, balance: -3 }]);
  });

  it('are none at 0, before the entity’s first event, and of what never was', async () => {
    const { kernel, accounts } = await someAccounts();
    const none = { accounts: [], moves: [] };
    const { history } = kernel;
    expect(await history.asOf(accounts, 'account:a', { position: 0 })).toEqual({
      rows: none,
      position: 0,
      head: 6,
    });
    expect(await history.asOf(accounts, 'account:b', { position: 1 })).toMatchObject({
      rows: none,
      position: 1,
    });
    expect(await history.asOf(accounts, 'account:x')).toMatchObject({ rows: none, position: 6 });
  });

  it('are typed as the tables are, without those that have no owner', async () => {
    const { kernel, accounts } = await someAccounts();
    const { rows } = await kernel.history.asOf(accounts, 'account:a');
    expectTypeOf(rows.moves).toEqualTypeOf<
      readonly { account: string; position: number; amount: number }[]
    >();
    // @ts-expect-error -- the owners' rows are made by the events of many accounts
    expect(rows.owners).toBeUndefined();
  });

  it('come through upcasters and retired types, and need no views', async () => {
    const log = createMemoryLog();
    const accounts = accountsWith();
    const old = { tags: ['account:o'], schemaVersion: 1 };
    await happened(log, { ...old, type: 'Opened', data: { id: 'o', name: 'Olga' } });
    await happened(log, { ...old, type: 'Ended', data: { id: 'o' } });
    const { history } = await startAccounts(accounts, { log });
    const { rows } = await history.asOf(accounts, 'account:o', { position: 1 });
    expect(rows.accounts).toEqual([{ id: 'o', owner: 'Olga', balance: 0, degraded: false }]);
    expect((await history.asOf(accounts, 'account:o')).rows.accounts).toEqual([]);
  });

  it('ahead of the log are UNKNOWN_POSITION; what is no position is BAD_USER_INPUT', async () => {
    const { kernel, accounts } = await someAccounts();
    const read = (position: number, time?: number) =>
      kernel.history.asOf(accounts, 'account:a', time === undefined ? { position } : { position, time });
    await expect(read(7)).rejects.toMatchObject({ code: 'UNKNOWN_POSITION' });
    for (const position of [-1, 0.5, Number.NaN, Infinity])
      await expect(read(position)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: `A position is a whole number from 0, got ${position}.`,
      });
    await expect(read(1, Date.now())).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'Give a position or a time, not both.',
    });
  });

  it('are not read of a projection that has no owned table, or is another kernel’s', async () => {
    const tally = tallyWith();
    const { history } = await tallyKernel([tally]);
    const untyped = { typedTables: {}, typedEvents: { encode: (): never => expect.fail() } };
    await expect(history.asOf({ ...tally, ...untyped }, 'thing:1')).rejects.toThrow(CompositionError);
    const own = { ...accountsWith(), tables: { owners: accountsWith().tables['owners'] } } as ReturnType<
      typeof accountsWith
    >;
    const kernel = await startAccounts(own);
    await expect(kernel.history.asOf(own, 'account:a')).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'No table of accounts says whose events make a row.',
    });
  });
});

describe('rows as of a time', () => {
  it('are those of the last event recorded by then, which is the answer’s position', async () => {
    const log = createMemoryLog();
    const accounts = accountsWith();
    const { history } = await startAccounts(accounts, { log });
    setClock(1_000);
    await happened(log, opened('a'));
    setClock(2_000);
    await happened(log, opened('b'));
    setClock(3_000);
    await happened(log, moved('a', 'b', 5));
    setClock(4_000);
    const asOf = (id: string, time: number) => history.asOf(accounts, `account:${id}`, { time });
    expect(await asOf('a', 1_000)).toMatchObject({
      rows: { accounts: [{ balance: 0 }] },
      position: 2,
      head: 3,
    });
    expect(await asOf('b', 1_999)).toMatchObject({ rows: { accounts: [] }, position: 1 });
    expect(await asOf('a', 2_999)).toMatchObject({ rows: { accounts: [{ balance: 0 }] }, position: 2 });
    expect(await asOf('a', 3_000)).toMatchObject({ rows: { accounts: [{ balance: -5 }] }, position: 3 });
    expect(await asOf('a', 4_000)).toMatchObject({ rows: { accounts: [{ balance: -5 }] }, position: 3 });
  });

  it('before the log’s first event or in the future are refused, with what is expected', async () => {
    const log = createMemoryLog();
    const accounts = accountsWith();
    const { history } = await startAccounts(accounts, { log });
    setClock(500);
    expect(await history.asOf(accounts, 'account:a', { time: 500 })).toMatchObject({
      rows: { accounts: [] },
    });
    setClock(1_000);
    await happened(log, opened('a'));
    for (const time of [999, 1_001, Number.NaN, Infinity])
      await expect(history.asOf(accounts, 'account:a', { time })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message:
          'The time must be no earlier than the log’s first event, 1970-01-01T00:00:01.000Z, and no later than now, 1970-01-01T00:00:01.000Z.',
      });
  });

  it('follow the log’s order where the clock was set back, and take times that the log has', async () => {
    const log = createMemoryLog();
    const accounts = accountsWith();
    const { history } = await startAccounts(accounts, { log });
    setClock(1_000);
    await happened(log, opened('a'), opened('b'));
    setClock(5_000);
    await happened(log, moved('a', 'b', 5));
    setClock(2_000);
    await happened(log, moved('a', 'b', 1));
    // A state without the first move never was.
    expect((await history.asOf(accounts, 'account:a', { time: 2_000 })).rows.moves).toEqual([]);
    setClock(6_000);
    await happened(log, moved('a', 'b', 1));
    setClock(3_000);
    expect((await history.asOf(accounts, 'account:a', { time: 5_500 })).rows.moves).toHaveLength(2);
  });
});

describe('an event that cannot be applied', () => {
  const poisoned = async () => {
    const log = createMemoryLog();
    const accounts = accountsWith({ poison: 13 });
    const kernel = await startAccounts(accounts, { log });
    await happened(log, opened('a'), opened('b'), moved('a', 'b', 1));
    await happened(log, moved('a', 'b', 13), moved('b', 'a', 2));
    await happened(log, { type: 'Unheard', schemaVersion: 1, data: {}, tags: ['account:c'] });
    return { accounts, kernel, history: kernel.history };
  };

  it('is UNAVAILABLE with its position from there on, never half an answer', async () => {
    const { accounts, history } = await poisoned();
    for (const until of [{}, { position: 4 }, { position: 5 }, { time: Date.now() }])
      await expect(history.asOf(accounts, 'account:b', until)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        details: { position: 4 },
        message:
          'The event at position 4, Moved, cannot be applied to accounts: what became of account:b from there on is not known. Ask for an earlier position.',
      });
    const { rows } = await history.asOf(accounts, 'account:b', { position: 3 });
    expect(rows.accounts).toMatchObject([{ balance: 1 }]);
    await expect(history.asOf(accounts, 'account:c')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      details: { position: 6 },
    });
    await expect(history.origin('accounts', 'accounts', ['a'])).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(await history.origin('accounts', 'accounts', ['a'], { position: 3 })).toHaveLength(2);
  });

  it('is passed over where an operator skipped it, without a trace', async () => {
    const { accounts, kernel, history } = await poisoned();
    const by = { actor: 'op', correlationId: 'c' };
    await until(() => {
      expect(kernel.operations.parked('accounts', { limit: 9 })).toHaveLength(2);
    });
    await kernel.operations.skipParked('accounts', 4, 'a bug', by);
    const { rows } = await history.asOf(accounts, 'account:b');
    expect(rows.accounts).toMatchObject([{ balance: -1 }]);
    expect(rows.moves.map(({ position }) => position)).toEqual([3, 5]);
  });
});

describe('an entity of too many events', () => {
  it('is refused with what to do', async () => {
    const { log, accounts } = await someAccounts();
    const views = createMemoryViews(accounts);
    const fold = (eventsMax: number) =>
      foldEntity({
        views,
        projection: accounts,
        log,
        knownTypes: knownTypes([{ name: 'accounts', projections: [accounts] }]),
        tag: 'account:a',
        through: 6,
        eventsMax,
      });
    await expect(fold(3)).rejects.toThrow(EntityTooLongError);
    await expect(fold(3)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'account:a has more than 3 events up to there. Ask for an earlier position.',
    });
    expect(await fold(4)).toEqual({ position: 6, leftOut: 0 });
  });
});
