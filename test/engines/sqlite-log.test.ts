import Database from 'better-sqlite3';
import type * as Fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type * as Connection from '../../src/engines/sqlite/connection.js';
import { openSqliteLog } from '../../src/engines/sqlite/index.js';
import { logContract, sharedLogContract } from '../../src/testing/index.js';
import { append, command, event } from '../../src/testing/contract/samples.js';
import { openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';

const opened = vi.hoisted((): { pragma: (name: string, options: { simple: true }) => unknown }[] => []);

/** How often the log was synced; how much slower the disk is, in ms; and whoever holds a sync of another thread back. */
const synced = vi.hoisted(() => ({
  count: 0,
  slowMs: 0,
  fails: false,
  hold: undefined as ((release: () => void) => void) | undefined,
}));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>();
  return {
    ...fs,
    fdatasyncSync: (descriptor: number) => {
      synced.count += 1;
      const end = performance.now() + synced.slowMs;
      while (performance.now() < end);
      if (synced.fails) throw Object.assign(new Error('EIO'), { code: 'EIO' });
      fs.fdatasyncSync(descriptor);
    },
    fdatasync: (descriptor: number, done: Fs.NoParamCallback) => {
      synced.count += 1;
      fs.fdatasync(descriptor, (error) => {
        if (synced.hold === undefined) done(error);
        else synced.hold(() => done(error));
      });
    },
  };
});

// The pragma belongs to a connection: only the one that writes can tell how it writes.
vi.mock('../../src/engines/sqlite/connection.js', async (original) => {
  const connection = await original<typeof Connection>();
  return {
    ...connection,
    openDatabase: (...args: Parameters<typeof connection.openDatabase>) => {
      const database = connection.openDatabase(...args);
      opened.push(database);
      return database;
    },
  };
});

beforeEach(() => {
  opened.length = 0;
});

logContract({ name: 'sqlite', open: () => openFileLog() }, { describe, test: it });
sharedLogContract(
  {
    name: 'sqlite',
    open: (count) => {
      const file = join(tempDir(), 'log.sqlite');
      return Array.from({ length: count }, () => openFileLog(file));
    },
  },
  { describe, test: it },
);

describe('the file of the sqlite log', () => {
  it.each([
    ['full where nobody says', undefined, 1],
    ['full', 'full', 1],
    ['normal', 'normal', 0],
  ] as const)(
    'is synced before an acknowledgement as durability says: %s',
    async (_name, durability, syncs) => {
      const file = join(tempDir(), 'log.sqlite');
      const log = openSqliteLog(durability === undefined ? { file } : { file, durability });
      onTestFinished(() => {
        log.close();
      });
      const before = synced.count;
      await log.append(append([event()]));
      expect(synced.count - before).toBe(syncs);
      expect(opened).toHaveLength(1);
      expect(opened[0]?.pragma('journal_mode', { simple: true })).toBe('wal');
      // Never OFF: SQLite itself syncs before and after it copies pages back.
      expect(opened[0]?.pragma('synchronous', { simple: true })).toBe(1);
    },
  );

  it('is synced aside where the disk is slow, and nobody sees what is not durable yet', async () => {
    const file = join(tempDir(), 'log.sqlite');
    const log = openSqliteLog({ file });
    onTestFinished(() => {
      synced.hold = undefined;
      synced.slowMs = 0;
      log.close();
    });
    const heads: number[] = [];
    log.onAppend((head) => heads.push(head));
    synced.slowMs = 5;
    await log.append(append([event()]));
    const held = new Promise<() => void>((release) => (synced.hold = release));
    let settled = false;
    const later = log.append(append([event('thing:2')])).finally(() => (settled = true));
    const release = await held;
    expect([settled, await log.head(), heads]).toEqual([false, 1, [1]]);
    expect(await log.read('all', { after: 0, limit: 9 })).toHaveLength(1);
    expect(await log.read([{ tags: ['thing:2'] }], { after: 0, limit: 9 })).toEqual([]);
    release();
    expect(await later).toEqual({ kind: 'appended', position: 2 });
    expect([await log.head(), heads]).toEqual([2, [1, 2]]);
  });

  it('takes nothing for durable that was being synced when another sync failed', async () => {
    const log = openSqliteLog({ file: join(tempDir(), 'log.sqlite') });
    onTestFinished(() => {
      synced.hold = undefined;
      synced.slowMs = 0;
      synced.fails = false;
      log.close();
    });
    synced.slowMs = 5;
    await log.append(append([event()]));
    const held = new Promise<() => void>((release) => (synced.hold = release));
    const later = log.append(append([event('thing:2')]));
    const release = await held;
    synced.fails = true;
    const operation = {
      name: 'pauseProjection',
      projection: 'p',
      actor: 'a',
      correlationId: 'c',
      at: 1,
    } as const;
    const noted = log.operations.record({ ...operation, position: null, reason: null });
    await expect(noted).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    release();
    await expect(later).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('goes on with the same identity, positions and stored results when it is opened again', async () => {
    const file = join(tempDir(), 'log.sqlite');
    const once = append([event(), event('thing:2')], { command: command({ result: '{"subject":"x"}' }) });
    const before = openSqliteLog({ file });
    await before.append(once);
    const written = await before.read('all', { after: 0, limit: 10 });
    before.close();

    const after = openFileLog(file);
    expect(after.identity).toEqual(before.identity);
    expect(await after.read('all', { after: 0, limit: 10 })).toEqual(written);
    expect(await after.append(once)).toMatchObject({
      kind: 'duplicate',
      position: 2,
      result: '{"subject":"x"}',
    });
    expect(await after.append(append([event()]))).toEqual({ kind: 'appended', position: 3 });
  });

  it('has an identity of its own', () => {
    expect(openFileLog().identity.id).not.toBe(openFileLog().identity.id);
  });

  it('commits what is waiting when it is closed, then takes no more', async () => {
    const file = join(tempDir(), 'log.sqlite');
    const log = openSqliteLog({ file });
    const waiting = Array.from({ length: 600 }, () => log.append(append([event()])));
    // An append is queued in a microtask of its own call.
    await Promise.resolve();
    log.close();
    expect(await Promise.all(waiting)).toHaveLength(600);
    await expect(log.append(append([event()]))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await openFileLog(file).head()).toBe(600);
  });

  it('never hands out a position again, also when the newest event was deleted by hand', async () => {
    const file = join(tempDir(), 'log.sqlite');
    const log = openFileLog(file);
    await log.append(append([event(), event(), event()]));
    const byHand = new Database(file);
    byHand.exec('DELETE FROM events WHERE position = 3; DELETE FROM event_tags WHERE position = 3');
    byHand.close();
    expect(await log.append(append([event()]))).toEqual({ kind: 'appended', position: 4 });
  });

  it('shows one connection what another has written, texts that are new to it included', async () => {
    const file = join(tempDir(), 'log.sqlite');
    const one = openFileLog(file);
    const two = openFileLog(file);
    expect(await two.read([{ tags: ['new:1'] }], { after: 0, limit: 10 })).toEqual([]);
    await one.append(append([event('new:1', { type: 'New' })]));
    expect(await two.read([{ tags: ['new:1'], types: ['New'] }], { after: 0, limit: 10 })).toMatchObject([
      { type: 'New', tags: ['new:1'] },
    ]);
    const condition = { boundary: [{ tags: ['new:1'] }], after: 0 };
    expect(await two.append(append([event('new:1')], { condition }))).toEqual({
      kind: 'conflict',
      position: 1,
    });
  });
});
