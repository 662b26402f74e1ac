import { describe, expect, it } from 'vitest';
import { ORIGIN_MAX } from '../../src/kernel/index.js';
import { happened, moved, someAccounts } from './transfers.js';

describe('the origin of a row', () => {
  it('is each event that changed it, with what it changed', async () => {
    const { kernel, log } = await someAccounts();
    const origins = await kernel.history.origin('accounts', 'accounts', ['a']);
    expect(origins.map(({ event: { position, type }, ...rest }) => ({ position, type, ...rest }))).toEqual([
      {
        position: 1,
        type: 'Opened',
        change: 'ADDED',
        columns: [
          { column: 'id', before: null, after: 'a' },
          { column: 'owner', before: null, after: 'ann' },
          { column: 'balance', before: null, after: 0 },
          { column: 'degraded', before: null, after: false },
        ],
      },
      {
        position: 3,
        type: 'Moved',
        change: 'CHANGED',
        columns: [{ column: 'balance', before: 0, after: -5 }],
      },
      {
        position: 5,
        type: 'Moved',
        change: 'CHANGED',
        columns: [{ column: 'balance', before: -5, after: -3 }],
      },
    ]);
    const [first] = await log.read('all', { after: 0, limit: 1 });
    const { position, type, recordedAt, actor, commandId } = first ?? {};
    expect(origins[0]?.event).toEqual({ position, type, recordedAt, actor, commandId });
  });

  it('ends with the event that removed it, and is nothing for a row that never was', async () => {
    const { history } = (await someAccounts()).kernel;
    const closing = (await history.origin('accounts', 'accounts', ['b'])).at(-1);
    expect(closing).toMatchObject({ event: { position: 6 }, change: 'REMOVED' });
    expect(closing?.columns).toContainEqual({ column: 'balance', before: 3, after: null });
    expect(await history.origin('accounts', 'accounts', ['x'])).toEqual([]);
    expect(await history.origin('accounts', 'moves', ['a', '4'])).toEqual([]);
  });

  it('is found by keys of several columns, numbers as text', async () => {
    const { history } = (await someAccounts()).kernel;
    expect(await history.origin('accounts', 'moves', ['a', '3'])).toMatchObject([
      { event: { position: 3 }, change: 'ADDED' },
    ]);
  });

  it('has the newest changes where there are many', async () => {
    const { kernel, log } = await someAccounts();
    const many = Array.from({ length: ORIGIN_MAX / 2 }, () => moved('a', 'c', 1));
    for (let n = 0; n < 3; n += 1) await happened(log, ...many);
    const origins = await kernel.history.origin('accounts', 'accounts', ['a']);
    expect(origins).toHaveLength(ORIGIN_MAX);
    expect(origins.at(-1)?.event.position).toBe(await log.head());
    expect((await kernel.history.origin('accounts', 'accounts', ['a'], { position: 5 })).length).toBe(3);
  });

  it.each([
    [['nobody', 'accounts', ['a']], 'NOT_FOUND', 'There is no projection "nobody". There are: accounts.'],
    [['accounts', 'x', ['a']], 'NOT_FOUND', 'accounts has no table "x". There are: accounts, moves, owners.'],
    [['accounts', 'toString', ['a']], 'NOT_FOUND', /no table "toString"/],
    [
      ['accounts', 'owners', ['ann']],
      'BAD_USER_INPUT',
      /^The table owners of accounts does not say whose events/,
    ],
    [['accounts', 'accounts', []], 'BAD_USER_INPUT', 'A key of accounts has 1 value, id; got 0.'],
    [
      ['accounts', 'moves', ['a']],
      'BAD_USER_INPUT',
      'A key of moves has 2 values, account, position; got 1.',
    ],
  ] as const)('%j is %s', async ([projection, table, key], code, message) => {
    const { history } = (await someAccounts()).kernel;
    const refused = history.origin(projection, table, key);
    await expect(refused).rejects.toMatchObject({ code });
    await expect(refused).rejects.toThrow(message);
  });
});
