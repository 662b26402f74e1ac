import { describe, expect, it } from 'vitest';
import { engines } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import { accountsWith, breakable, byOwner, deposit, replayed, start, write } from './accounts.js';

const cases = engines.flatMap(([engine, open]) =>
  [1, 2, undefined].map((batchMax) => ({
    engine,
    batch: batchMax ?? 'all',
    options: () => ({ log: open(), ...(batchMax !== undefined && { projectionBatchMax: batchMax }) }),
  })),
);

describe.each(cases)('an event that cannot be applied ($engine log, batches of $batch)', ({ options }) => {
  it.each([
    ['whose handler throws', deposit('a', 5, { fault: 'poison' }), 'A bug: poison.', 3],
    ['whose rows break a constraint', deposit('a', 5, { fault: 'null' }), /NOT NULL constraint failed/, 3],
    ['that cannot be upcast', deposit('a', 5, { fault: 'old', schemaVersion: 1 }), /upcaster .* failed/, 3],
    ['of an unknown type', deposit('a', 5, { type: 'Forgotten' }), /no module of this build defines/, 1],
    ['of an unknown version', deposit('a', 5, { schemaVersion: 9 }), /this build reads up to version 2/, 1],
  ])(
    '%s, is set aside with its entity, and everybody else goes on',
    async (_what, poison, message, attempts) => {
      const before = Date.now();
      const running = await start(accountsWith(breakable()), options());
      const { log } = running;
      await write(log, deposit('a', 1));
      await write(log, deposit('b', 1));
      await write(log, poison);
      await write(log, deposit('b', 10));
      await write(log, deposit('a', 100));
      await write(log, deposit('b', 100));
      await running.caughtUp();
      const [first, second, ...others] = running.parked();
      expect(first).toMatchObject({ position: 3, entity: 'account:a', type: poison.type, attempts });
      expect(first?.error).toMatch(message);
      expect(first?.stack).toContain('    at ');
      expect(first?.parkedAt).toBeGreaterThanOrEqual(before);
      expect(second).toMatchObject({
        position: 5,
        entity: 'account:a',
        error: null,
        stack: null,
        attempts: 0,
      });
      expect(others).toEqual([]);
      expect(running.rows()).toEqual({
        accounts: [
          { id: 'a', balance: 1, degraded: true, position: 1 },
          { id: 'b', balance: 111, degraded: false, position: 6 },
        ],
        deposits: [1, 2, 4, 6].map((position) => ({ position, account: position === 1 ? 'a' : 'b' })),
      });
      expect(running.status()).toMatchObject({
        parked: 2,
        parkedEntities: 1,
        healthy: true,
        lastError: null,
      });
    },
  );

  it('in the middle of a command leaves the command’s other events applied', async () => {
    const running = await start(accountsWith(breakable()), options());
    await write(
      running.log,
      deposit('a', 1),
      deposit('b', 1, { fault: 'poison' }),
      deposit('c', 1),
      deposit('b', 1),
    );
    await write(running.log, deposit('c', 1));
    await running.caughtUp();
    expect(running.parked().map(({ position }) => position)).toEqual([2, 4]);
    expect(running.rows().accounts.map(({ id, balance }) => [id, balance])).toEqual([
      ['a', 1],
      ['c', 2],
    ]);
  });

  it('for a moment is tried again, and nothing is set aside', async () => {
    let times = 2;
    const fault = ({ fault: wrong }: { readonly fault?: string }) => {
      if (wrong !== undefined && (times -= 1) > 0) throw new Error('Not yet.');
    };
    const running = await start(accountsWith({ fault }), options());
    await write(running.log, deposit('a', 1, { fault: 'transient' }));
    await write(running.log, deposit('a', 1));
    await running.caughtUp();
    expect(running.status()).toMatchObject({ parked: 0, lastError: null });
    expect(running.rows().accounts).toEqual([{ id: 'a', balance: 2, degraded: false, position: 2 }]);
  });

  it('is still set aside after a restart, with what waits behind it', async () => {
    const folder = tempDir();
    const projection = accountsWith(breakable());
    const opened = options();
    const first = await start(projection, { ...opened, folder });
    await write(first.log, deposit('a', 1, { fault: 'poison' }));
    await write(first.log, deposit('a', 1));
    await first.caughtUp();
    const parked = first.parked();
    await first.kernel.stop();
    await write(first.log, deposit('a', 1));
    await write(first.log, deposit('b', 1));
    const second = await start(projection, { ...opened, folder });
    await second.caughtUp();
    expect(second.parked().slice(0, 2)).toEqual(parked);
    expect(second.parked().map(({ position }) => position)).toEqual([1, 2, 3]);
    expect(second.rows().accounts.map(({ id }) => id)).toEqual(['b']);
  });

  it('is set aside with the entity that the projection names, whatever its tags', async () => {
    const { fault, mend } = breakable();
    const projection = accountsWith({ fault, entity: byOwner });
    const running = await start(projection, options());
    await write(running.log, deposit('a', 1, { owner: 'x', fault: 'poison' }));
    await write(running.log, deposit('b', 1, { owner: 'x' }));
    await write(running.log, deposit('c', 1, { owner: 'y' }));
    await running.caughtUp();
    expect(running.parked().map(({ position, entity }) => [position, entity])).toEqual([
      [1, 'owner:x'],
      [2, 'owner:x'],
    ]);
    mend();
    expect(await running.projector.retry(1)).toEqual({ applied: 2, skipped: 0 });
    expect(running.rows()).toEqual(await replayed(projection, running.log));
  });

  it('and cannot even be read is set aside with its first tag, until it can', async () => {
    const { upcast, fault, mend } = breakable();
    const projection = accountsWith({ upcast, fault, entity: byOwner });
    const running = await start(projection, options());
    await write(running.log, deposit('a', 1, { owner: 'x', fault: 'old', schemaVersion: 1 }));
    await write(running.log, deposit('a', 1, { owner: 'y' }));
    await write(running.log, deposit('b', 1, { owner: 'x' }));
    await running.caughtUp();
    expect(running.parked().map(({ position, entity }) => [position, entity])).toEqual([
      [1, 'account:a'],
      [2, 'account:a'],
    ]);
    mend();
    expect(await running.projector.retry(1)).toEqual({ applied: 2, skipped: 0 });
    expect(running.status()).toMatchObject({ parked: 0, parkedEntities: 0 });
    expect(running.rows().accounts.map(({ balance, degraded }) => [balance, degraded])).toEqual([
      [2, false],
      [1, false],
    ]);
  });
});

describe('several events that cannot be applied', () => {
  it('are tried together: as often as one, however many there are', async () => {
    const errors: unknown[] = [];
    const { log } = await start(accountsWith(), { started: false });
    for (let n = 0; n < 20; n += 1)
      await write(log, deposit(`a${n}`, 1, { fault: `poison ${n}` }), deposit('b', 1));
    const running = await start(accountsWith(breakable()), {
      log,
      onProjectionFailure: (_, error) => errors.push(error),
    });
    await running.caughtUp();
    expect(running.parked().map(({ attempts }) => attempts)).toEqual(Array(20).fill(3));
    expect(running.rows().accounts).toEqual([{ id: 'b', balance: 20, degraded: false, position: 40 }]);
    expect(errors).toHaveLength(2);
  });
});

describe('a failure that is not an event’s fault', () => {
  it.each(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_NOMEM'])('(%s) sets nothing aside', async (code) => {
    let failing = 6;
    const fault = () => {
      if ((failing -= 1) > 0) throw Object.assign(new Error('Not now.'), { code });
    };
    const running = await start(accountsWith({ fault }));
    await write(running.log, deposit('a', 1));
    await until(() => {
      expect(running.status()).toMatchObject({ state: 'FAILED', healthy: false, parked: 0, checkpoint: 0 });
    });
    await running.caughtUp();
    expect(running.status()).toMatchObject({ parked: 0, lastError: null });
    expect(running.rows().accounts).toEqual([{ id: 'a', balance: 1, degraded: false, position: 1 }]);
  });

  it('(damage) sets nothing aside, also where an event fails in the same batch; the views are built anew', async () => {
    let damaged = true;
    const fault = ({ fault: wrong }: { readonly fault?: string }) => {
      if (wrong === 'poison') throw new Error('A bug.');
      if (!damaged || wrong !== 'damage') return;
      damaged = false;
      throw Object.assign(new Error('Malformed.'), { code: 'SQLITE_CORRUPT' });
    };
    const { log } = await start(accountsWith(), { started: false });
    await write(log, deposit('a', 1, { fault: 'poison' }));
    await write(log, deposit('b', 1, { fault: 'damage' }));
    const running = await start(accountsWith({ fault }), { log });
    await running.caughtUp();
    expect(running.status()).toMatchObject({ generation: 2, parked: 1 });
    expect(running.parked()).toMatchObject([{ position: 1, error: 'A bug.' }]);
  });
});

describe('a query about an entity of which events are set aside', () => {
  it('says at once that it is stale, or is a STALE_READ; queries about others are not concerned', async () => {
    const running = await start(accountsWith(breakable()));
    await write(running.log, deposit('a', 1));
    await write(running.log, deposit('a', 1, { fault: 'poison' }));
    const last = await write(running.log, deposit('b', 1));
    await running.caughtUp();
    const stale = await running.ask('a', 2);
    expect(stale.value.row).toMatchObject({ balance: 1, degraded: true });
    expect(stale.consistency).toMatchObject({ stale: true, waitedMs: 0, parked: 1 });
    await expect(running.ask('a', last, 5_000, 'ERROR')).rejects.toMatchObject({ code: 'STALE_READ' });
    // What was there before is there.
    expect((await running.ask('a', 1)).consistency).toMatchObject({ stale: false, parked: 1 });
    expect((await running.ask('b', last)).consistency).toMatchObject({ stale: false, parked: 0 });
  });

  it('that began to wait before says so when the event is set aside', async () => {
    const running = await start(accountsWith(breakable()));
    const position = await write(running.log, deposit('a', 1, { fault: 'poison' }));
    await expect(running.ask('a', position, 5_000, 'ERROR')).rejects.toMatchObject({ code: 'STALE_READ' });
    expect(running.status()).toMatchObject({ parked: 1 });
  });
});
