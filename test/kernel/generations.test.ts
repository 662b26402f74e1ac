import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import { deadlineIn, type Projection, type ViewEngine, type ViewStore } from '../../src/kernel/index.js';
import { openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import { files, halfBuilt, served, accountsWith, deposit, replayed, start, write } from './accounts.js';

const refused = (work: () => unknown): void => {
  expect(work).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
};

/** A kernel that was rebuilt once: generation 1 is kept at position 2, 2 is live. */
async function rebuilt(projection: Projection = accountsWith()) {
  const running = await start(projection, { log: openFileLog() });
  await write(running.log, deposit('a'), deposit('b'));
  await running.caughtUp();
  running.projector.succession.rebuild();
  await served(running, 2);
  return { ...running, projection };
}

describe('a rollback', () => {
  it('goes back at once to the generation before, which then catches up', async () => {
    const running = await rebuilt();
    const { projector, log, status } = running;
    const position = await write(log, deposit('a'));
    await running.caughtUp();
    projector.pause();
    projector.succession.rollback();
    expect(status()).toMatchObject({ generation: 1, checkpoint: 2, kept: { generation: 2, checkpoint: 3 } });
    expect((await running.ask('a')).value.row).toMatchObject({ balance: 1 });
    // Nobody is told of what these views do not show yet.
    const waits = projector.freshness.wait(position, deadlineIn(5_000));
    expect(projector.freshness.waiters()).toBe(1);
    projector.resume();
    expect(await waits).toBe('reached');
    expect((await running.ask('a')).value.row).toMatchObject({ balance: 2 });
    await running.caughtUp();
  });

  it('twice goes forward again, and holds over a restart', async () => {
    const running = await rebuilt();
    const { projector, kernel, folder, log, projection } = running;
    projector.succession.rollback();
    projector.succession.rollback();
    await served(running, 2);
    projector.succession.rollback();
    await kernel.stop();
    await write(log, deposit('a'));
    const again = await start(projection, { log, folder });
    expect(again.status()).toMatchObject({ generation: 1, kept: { generation: 2 } });
    await again.caughtUp();
    expect(again.rows()).toEqual(await replayed(projection, log));
  });

  it('tells those who watch that any row may be another', async () => {
    const { projector } = await rebuilt();
    let switches = 0;
    projector.onSwitch(() => (switches += 1));
    projector.succession.rollback();
    expect(switches).toBe(1);
  });

  it('without a generation to go back to is a CONFLICT; while a rebuild runs, too', async () => {
    const running = await rebuilt();
    const { succession } = running.projector;
    succession.prune();
    refused(() => {
      succession.rollback();
    });
    succession.rebuild();
    refused(() => {
      succession.rollback();
    });
    await served(running, 3);
    succession.rollback();
    await served(running, 2);
  });

  it('to a file that cannot be opened is UNAVAILABLE, and the live views stay', async () => {
    const { folder, projector, status } = await rebuilt();
    writeFileSync(join(folder, 'accounts.1.sqlite'), 'Dear diary,\n'.repeat(1_000));
    expect(() => {
      projector.succession.rollback();
    }).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    expect(status()).toMatchObject({ generation: 2, kept: { generation: 1 } });
  });
});

describe('the generation before', () => {
  it('is removed by prune; without one that is a CONFLICT', async () => {
    const { folder, projector, status } = await rebuilt();
    expect(files(folder)).toEqual(['accounts.1.sqlite', 'accounts.2.sqlite']);
    projector.succession.prune();
    expect(files(folder)).toEqual(['accounts.2.sqlite']);
    expect(status().kept).toBeNull();
    refused(() => {
      projector.succession.prune();
    });
  });

  it('is removed at the next switch: there are two at the most', async () => {
    const running = await rebuilt();
    running.projector.succession.rebuild();
    await served(running, 3);
    expect(files(running.folder)).toEqual(['accounts.2.sqlite', 'accounts.3.sqlite']);
    expect(running.status().kept).toMatchObject({ generation: 2 });
  });

  it('is gone when its file is: the service starts, and has nothing to go back to', async () => {
    const { folder, kernel, log, projection } = await rebuilt();
    await kernel.stop();
    rmSync(join(folder, 'accounts.1.sqlite'));
    const again = await start(projection, { log, folder });
    expect(again.status()).toMatchObject({ generation: 2, kept: null });
  });
});

/** Views whose stores fail as the test says, by their generation. */
function failing(folder: string) {
  const failures = new Map<string, string>();
  const views = sqliteViews(folder);
  const check = (what: string, { generation }: ViewStore): void => {
    const code = failures.get(`${what} ${generation}`);
    if (code !== undefined) throw Object.assign(new Error(`${code} in ${what} of ${generation}.`), { code });
  };
  const wrap = (store: ViewStore): ViewStore => ({
    ...store,
    commit: (...args) => {
      check('commit', store);
      return store.commit(...args);
    },
    serve: () => {
      check('serve', store);
      store.serve();
    },
  });
  const engine: ViewEngine = {
    ...views,
    create: (...args) => wrap(views.create(...args)),
    open: (...args) => wrap(views.open(...args)),
  };
  return { views: engine, failures };
}

/** A kernel whose stores can fail, with 200 positions applied. */
async function withFailures() {
  const folder = tempDir();
  const { views, failures } = failing(folder);
  const projection = accountsWith();
  const log = openFileLog();
  for (let n = 0; n < 100; n += 1) await write(log, deposit('a'), deposit('b'));
  const running = await start(projection, { log, views, folder });
  await running.caughtUp();
  return { ...running, failures, projection };
}

describe('a build whose disk fails', () => {
  it.each(['commit 2', 'serve 2'])(
    '(%s) is tried again, and the live views are not concerned',
    async (what) => {
      const running = await withFailures();
      const { failures, projector, status, log } = running;
      failures.set(what, 'SQLITE_FULL');
      projector.succession.rebuild();
      await until(() => {
        expect(status().rebuild).toMatchObject({ state: 'FAILED', lastError: expect.stringMatching(/FULL/) });
      });
      await write(log, deposit('a'));
      await running.caughtUp();
      expect(status()).toMatchObject({ generation: 1, healthy: true, lastError: null });
      failures.clear();
      await served(running, 2);
      expect(running.rows()).toEqual(await replayed(running.projection, log));
    },
  );

  it('can be cancelled while it waits to be tried again', async () => {
    const { failures, projector, status, folder } = await withFailures();
    failures.set('serve 2', 'SQLITE_FULL');
    projector.succession.rebuild();
    await until(() => {
      expect(status().rebuild).toMatchObject({ state: 'FAILED' });
    });
    await projector.succession.cancelRebuild();
    expect(status()).toMatchObject({ generation: 1, rebuild: null });
    expect(files(folder)).toEqual(['accounts.1.sqlite']);
  });

  it('for good, as its file is damaged, starts over in another file', async () => {
    const running = await withFailures();
    running.failures.set('commit 2', 'SQLITE_CORRUPT');
    running.projector.succession.rebuild();
    await served(running, 3);
    expect(files(running.folder)).toEqual(['accounts.1.sqlite', 'accounts.3.sqlite']);
  });
});

describe('live views that are found damaged', () => {
  it('during a rebuild are never followed by half-built ones, and never kept', async () => {
    const running = await withFailures();
    const { projector, status, log, failures } = running;
    // Where it cannot be built itself, the one beside it has to come first.
    failures.set('commit 3', 'SQLITE_FULL');
    projector.succession.rebuild();
    await halfBuilt(status);
    projector.failedRead(Object.assign(new Error('Malformed.'), { code: 'SQLITE_CORRUPT' }));
    const reads: Promise<unknown>[] = [];
    while (status().generation !== 2 || status().rebuild !== null) {
      reads.push(running.ask('a').then(({ value }) => expect(value.deposits).toBe(200)));
      await nextTurn();
    }
    await Promise.all(reads);
    await running.caughtUp();
    expect(status()).toMatchObject({ generation: 2, kept: null });
    expect(files(running.folder)).toEqual(['accounts.2.sqlite']);
    expect(running.rows()).toEqual(await replayed(running.projection, log));
  });

  it('tell nobody of positions until the new ones are served, however that goes', async () => {
    const running = await withFailures();
    const { projector, failures, status } = running;
    failures.set('serve 2', 'SQLITE_FULL');
    projector.failedRead(Object.assign(new Error('Malformed.'), { code: 'SQLITE_CORRUPT' }));
    const waits = projector.freshness.wait(1, deadlineIn(20_000));
    await until(() => {
      expect(status()).toMatchObject({ generation: 2, state: 'FAILED', checkpoint: 200 });
    });
    expect(projector.freshness.checkpoint()).toBe(0);
    await expect(running.ask('a', 1, 20)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    failures.clear();
    expect(await waits).toBe('reached');
    // Without another event.
    await running.caughtUp();
    expect(status()).toMatchObject({ lastError: null, healthy: true });
    expect((await running.ask('a', 200)).value.deposits).toBe(200);
  });

  it('while it is paused wait for the resume, and say so', async () => {
    const running = await withFailures();
    const { projector, status } = running;
    projector.pause();
    projector.failedRead(Object.assign(new Error('Malformed.'), { code: 'SQLITE_CORRUPT' }));
    await until(() => {
      expect(status()).toMatchObject({ generation: 2, state: 'PAUSED', checkpoint: 0 });
    });
    projector.resume();
    await running.caughtUp();
  });
});
