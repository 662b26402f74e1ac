import { cpSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import { createKernel, deadlineIn, type EventLog, type Projection } from '../../src/kernel/index.js';
import { openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import {
  files,
  halfBuilt,
  served,
  BY,
  accountsWith,
  breakable,
  deposit,
  replayed,
  start,
  write,
} from './accounts.js';

/** A log with so many commands of two deposits each, and a kernel that has applied them. */
async function filled(commands = 50, projection: Projection = accountsWith(), log: EventLog = openFileLog()) {
  for (let n = 0; n < commands; n += 1) await write(log, deposit(`a${n % 7}`), deposit('all'));
  const running = await start(projection, { log });
  await running.caughtUp();
  return { ...running, projection };
}

/** Writes commands as long as it is not told to stop, one in each turn of the event loop. */
function traffic(log: EventLog, each: (position: number) => Promise<void> | void = () => undefined) {
  let going = true;
  const over = (async () => {
    while (going) {
      await each(await write(log, deposit('a0'), deposit('all')));
      await nextTurn();
    }
  })();
  const stop = async (): Promise<void> => {
    going = false;
    await over;
  };
  onTestFinished(stop);
  return { stop };
}

describe('a rebuild', () => {
  it('goes on beside commands, reads and waits: nobody reads less than before, or is told too early', async () => {
    const running = await filled(1_000);
    const { log, projector, ask, status } = running;
    let position = 0;
    let deposits = 0;
    const look = async (wanted?: number) => {
      const { value, consistency } = await ask('all', wanted, 5_000, 'ERROR');
      expect(consistency.position).toBeGreaterThanOrEqual(Math.max(position, wanted ?? 0));
      expect(value.deposits).toBe(consistency.position);
      expect(value.deposits).toBeGreaterThanOrEqual(deposits);
      expect(status().checkpoint % 2).toBe(0);
      ({ position } = consistency);
      ({ deposits } = value);
    };
    const { stop } = traffic(log, async (written) => {
      const waits = projector.freshness.wait(written, deadlineIn(5_000));
      await look();
      await look(written);
      expect(await waits).toBe('reached');
    });
    for (const generation of [2, 3]) {
      projector.succession.rebuild();
      await served(running, generation);
    }
    await stop();
    expect(running.rows()).toEqual(await replayed(running.projection, log));
  });

  it('is switched to also where commands never cease', async () => {
    const running = await filled(500);
    const { stop } = traffic(running.log);
    running.projector.succession.rebuild();
    await served(running, 2);
    await stop();
  });

  it('tells how far it is', async () => {
    const running = await filled(500);
    const { projector, status } = running;
    const seen = [projector.succession.rebuild()];
    expect(status().rebuild).toMatchObject({ generation: 2, state: 'BUILDING', checkpoint: 0, head: 1_000 });
    while (status().rebuild !== null) {
      seen.push(status().rebuild ?? expect.fail());
      expect(status()).toMatchObject({ generation: 1, state: 'LIVE', checkpoint: 1_000 });
      await nextTurn();
    }
    const checkpoints = seen.map(({ checkpoint }) => checkpoint);
    expect(checkpoints).toEqual(checkpoints.toSorted((a, b) => a - b));
    expect(new Set(checkpoints).size).toBeGreaterThan(2);
    for (const { checkpoint, head, progress, leftMs, eventsPerSecond } of seen) {
      expect(progress).toBe(checkpoint / head);
      expect(leftMs === null).toBe(eventsPerSecond === 0);
      if (leftMs !== null) expect(leftMs).toBeCloseTo((1_000 * (head - checkpoint)) / eventsPerSecond, 0);
    }
    expect(status()).toMatchObject({ generation: 2, kept: { generation: 1, version: 1, checkpoint: 1_000 } });
  });

  it('of an empty log is served at once', async () => {
    const running = await start(accountsWith());
    expect(running.projector.succession.rebuild()).toMatchObject({ generation: 2, progress: 1 });
    await served(running, 2);
  });

  it('while another one runs is a CONFLICT; while the views are built from nothing, too', async () => {
    const running = await filled(200);
    const { succession } = running.projector;
    succession.rebuild();
    expect(() => succession.rebuild()).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    await served(running, 2);
    const fresh = await start(running.projection, { log: running.log, started: false });
    expect(() => fresh.projector.succession.rebuild()).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  });

  it('that is cancelled is gone, at whatever moment that is, and the live views are what they were', async () => {
    const running = await filled(100);
    const { projector, folder, status, log } = running;
    for (let turns = 0; turns < 40; turns += 1) {
      const { generation } = status();
      projector.succession.rebuild();
      for (let turn = 0; turn < turns && status().rebuild !== null; turn += 1) await nextTurn();
      // It may have been faster.
      if (status().rebuild === null) continue;
      await projector.succession.cancelRebuild();
      expect(status()).toMatchObject({ rebuild: null, generation });
      expect(files(folder)).toHaveLength(status().kept === null ? 1 : 2);
      await write(log, deposit('a0'), deposit('all'));
      await running.caughtUp();
    }
    expect(running.rows()).toEqual(await replayed(running.projection, log));
    await expect(projector.succession.cancelRebuild()).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('that is cancelled makes room for the next one at once', async () => {
    const running = await filled(200);
    const { succession } = running.projector;
    succession.rebuild();
    const cancelled = succession.cancelRebuild();
    expect(succession.rebuild()).toMatchObject({ generation: 3 });
    await cancelled;
    await served(running, 3);
    expect(files(running.folder)).toEqual(['accounts.1.sqlite', 'accounts.3.sqlite']);
  });

  it('that the stop of the service cuts short goes on at the next start', async () => {
    const running = await filled(2_000);
    const { projector, status, kernel, folder, log, projection } = running;
    projector.succession.rebuild();
    await halfBuilt(status);
    await kernel.stop();
    const half = status().rebuild?.checkpoint;
    const again = await start(projection, { log, folder, started: false });
    expect(again.status()).toMatchObject({ generation: 1, rebuild: { generation: 2, checkpoint: half } });
    again.kernel.start();
    await served(again, 2);
    expect(again.rows()).toEqual(await replayed(projection, log));
  });

  it('that a crash cuts short goes on, and nothing half-built is served', async () => {
    const running = await filled(1_000);
    const { projector, status, folder, log, projection } = running;
    projector.succession.rebuild();
    let copies = 0;
    while (status().rebuild !== null) {
      copies += 1;
      const copy = tempDir();
      // What the process would leave behind: the index of a WAL file is rebuilt from it.
      cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
      const again = await start(projection, { log, folder: copy, started: false });
      expect((await again.ask('all')).value).toMatchObject({ deposits: 2_000, row: { balance: 1_000 } });
      again.kernel.start();
      await until(() => {
        expect(again.status()).toMatchObject({ state: 'LIVE', generation: 2, checkpoint: 2_000 });
      });
      await again.kernel.stop();
      await nextTurn();
    }
    expect(copies).toBeGreaterThan(0);
  });

  it('of a projection that is paused is served where it is, and stays paused', async () => {
    const running = await filled(20);
    const { projector, status, log } = running;
    projector.pause();
    await write(log, deposit('a0'), deposit('all'));
    projector.succession.rebuild();
    await until(() => {
      expect(status()).toMatchObject({ state: 'PAUSED', generation: 2, rebuild: null });
    });
    expect(status().checkpoint).toBeGreaterThanOrEqual(40);
    const { checkpoint } = status();
    await write(log, deposit('a0'), deposit('all'));
    await nextTurn();
    expect(status()).toMatchObject({ state: 'PAUSED', checkpoint, lagEvents: 44 - checkpoint });
    projector.resume();
    await running.caughtUp();
    expect(running.rows()).toEqual(await replayed(running.projection, log));
  });

  it('sets aside what it cannot apply in the new generation; a retry meanwhile reaches that one as well', async () => {
    const { fault, mend } = breakable();
    const projection = accountsWith({ fault });
    const log = openFileLog();
    await write(log, deposit('p', 1, { fault: 'poison' }), deposit('p', 1));
    const running = await filled(2_000, projection, log);
    const { projector, status, parked } = running;
    const first = parked();
    projector.succession.rebuild();
    await until(() => {
      expect(status().rebuild).toMatchObject({ parked: 2 });
    });
    mend();
    expect(await projector.retry(1)).toEqual({ applied: 2, skipped: 0 });
    expect(first).toHaveLength(2);
    await served(running, 2);
    expect(parked()).toEqual([]);
    expect(running.rows()).toEqual(await replayed(projection, log));
  });

  it('of an empty log is over at once, and says how it began', async () => {
    const running = await filled(0);
    expect(await running.kernel.operations.rebuild('accounts', BY)).toMatchObject({
      generation: 2,
      state: 'BUILDING',
      checkpoint: 0,
      progress: 1,
    });
    await served(running, 2);
  });

  it('of a projection that was stopped is UNAVAILABLE', async () => {
    const { kernel } = await filled(1);
    await kernel.stop();
    await expect(kernel.operations.rebuild('accounts', BY)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('that cannot make its file is UNAVAILABLE, and nothing changes', async () => {
    const folder = tempDir();
    const views = sqliteViews(folder);
    const running = await start(accountsWith(), {
      views: {
        ...views,
        create: (...args) => {
          if (files(folder).length > 0)
            throw Object.assign(new Error('/secret'), { code: 'SQLITE_CANTOPEN' });
          return views.create(...args);
        },
      },
    });
    expect(() => running.projector.succession.rebuild()).toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE', message: expect.not.stringContaining('secret') }),
    );
    expect(running.status()).toMatchObject({ rebuild: null, generation: 1 });
  });
});

it('a kernel that cannot be put together leaves no view open', async () => {
  const folder = tempDir();
  const views = sqliteViews(folder);
  const opened: { closed: boolean }[] = [];
  const watched = {
    ...views,
    create: (...args: Parameters<typeof views.create>) => {
      if (args[0].name === 'second') throw new Error('No.');
      const store = views.create(...args);
      const state = { closed: false };
      opened.push(state);
      return { ...store, close: () => ((state.closed = true), store.close()) };
    },
  };
  const projections = [accountsWith(), accountsWith({ name: 'second' })];
  const made = createKernel({ log: openFileLog(), views: watched, modules: [{ name: 'm', projections }] });
  await expect(made).rejects.toThrow('No.');
  expect(opened).toEqual([{ closed: true }]);
});
