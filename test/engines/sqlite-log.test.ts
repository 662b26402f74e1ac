import Database from 'better-sqlite3';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type * as Connection from '../../src/engines/sqlite/connection.js';
import { openSqliteLog } from '../../src/engines/sqlite/index.js';
import { append, command, event, eventLogContract } from '../contract/event-log.js';
import { openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';

const opened = vi.hoisted((): { pragma: (name: string, options: { simple: true }) => unknown }[] => []);

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

eventLogContract('sqlite', openFileLog);

describe('the file of the sqlite log', () => {
  it.each([
    ['full', undefined, 2],
    ['full', 'full', 2],
    ['normal', 'normal', 1],
  ] as const)('is written with synchronous = %s when durability is %s', async (_name, durability, level) => {
    const file = join(tempDir(), 'log.sqlite');
    const log = openSqliteLog(durability === undefined ? { file } : { file, durability });
    onTestFinished(() => {
      log.close();
    });
    await log.append(append([event()]));
    expect(opened).toHaveLength(1);
    expect(opened[0]?.pragma('synchronous', { simple: true })).toBe(level);
    expect(opened[0]?.pragma('journal_mode', { simple: true })).toBe('wal');
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
