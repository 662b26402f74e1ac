import Database from 'better-sqlite3';
import { spawnSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteLog, stopCopying } from '../../src/engines/sqlite/index.js';
import { copyBack } from '../../src/engines/sqlite/copy-back.js';
import { openDatabase } from '../../src/engines/sqlite/connection.js';
import { append, event } from '../../src/testing/contract/samples.js';
import { tempDir } from '../support/temp-dir.js';

const COPY_BACK = new URL('../../src/engines/sqlite/copy-back.ts', import.meta.url).href;
const PAGE_BYTES = 4_096;

afterAll(stopCopying);

/** A database with so many pages in its write-ahead log, open until the test is over. */
function databaseWith(pages: number): { readonly file: string; readonly database: Database.Database } {
  const file = join(tempDir(), 'some.sqlite');
  const database = openDatabase(file, 'normal');
  onTestFinished(() => {
    database.close();
  });
  database.pragma('wal_autocheckpoint = 0');
  database.exec('CREATE TABLE some (id INTEGER PRIMARY KEY, bytes BLOB)');
  const insert = database.prepare('INSERT INTO some (bytes) VALUES (zeroblob(4000))');
  for (let page = 0; page < pages; page += 1) insert.run();
  return { file, database };
}

describe('copying pages back on another thread', () => {
  it('copies all of them while the database is in use, and the write-ahead log begins anew', async () => {
    const { file, database } = databaseWith(100);
    const { whole, pages } = await copyBack(file);
    expect([whole, pages > 100]).toEqual([true, true]);
    const before = statSync(`${file}-wal`).size;
    database.exec('INSERT INTO some (bytes) VALUES (zeroblob(4000))');
    expect(statSync(`${file}-wal`).size).toBe(before);
    expect((await copyBack(file)).pages).toBeLessThan(10);
  });

  it('leaves what a reader still needs, and says so', async () => {
    const { file, database } = databaseWith(10);
    const reader = new Database(file, { readonly: true });
    onTestFinished(() => {
      reader.close();
    });
    const rows = reader.prepare('SELECT id FROM some').iterate();
    rows.next();
    database.exec('INSERT INTO some (bytes) VALUES (zeroblob(4000))');
    expect((await copyBack(file)).whole).toBe(false);
    rows.return?.();
    expect((await copyBack(file)).whole).toBe(true);
  });

  it('refuses a file that is not there, makes none, and goes on with others', async () => {
    const missing = join(tempDir(), 'missing.sqlite');
    await expect(copyBack(missing)).rejects.toThrow(/unable to open/);
    expect(() => statSync(missing)).toThrow();
    expect((await copyBack(databaseWith(1).file)).whole).toBe(true);
  });

  it('starts again after it was stopped', async () => {
    await stopCopying();
    await stopCopying();
    expect((await copyBack(databaseWith(1).file)).whole).toBe(true);
  });

  it('finishes what it is at when it is stopped, which nobody else has to wait for', async () => {
    const [first, second] = [databaseWith(1), databaseWith(1)].map(({ file }) => file);
    const before = copyBack(first ?? expect.fail());
    const stopped = Promise.all([stopCopying(), stopCopying()]);
    expect((await copyBack(second ?? expect.fail())).whole).toBe(true);
    await stopped;
    expect((await before).whole).toBe(true);
  });

  it('keeps a process alive that waits for its end', () => {
    const { file } = databaseWith(100);
    const source = `
      const { copyBack, stopCopying } = await import(${JSON.stringify(COPY_BACK)});
      copyBack(${JSON.stringify(file)});
      await stopCopying();
      console.log('stopped');`;
    const main = join(tempDir(), 'main.mjs');
    writeFileSync(main, source);
    const ended = spawnSync(process.execPath, ['--import', 'tsx', main], { encoding: 'utf8' });
    expect(ended).toMatchObject({ status: 0, stdout: 'stopped\n', stderr: '' });
  });
});

describe('the write-ahead log of the log', () => {
  it('stays short however much is written without a pause', async () => {
    const file = join(tempDir(), 'log.sqlite');
    const log = openSqliteLog({ file });
    const data = { text: 'x'.repeat(6_000) };
    let left = 10_000;
    const client = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await log.append(append([event('thing:1', { data })]));
        await nextTurn();
      }
    };
    await Promise.all(Array.from({ length: 64 }, client));
    const pages = statSync(`${file}-wal`).size / PAGE_BYTES;
    log.close();
    expect(statSync(file).size / PAGE_BYTES).toBeGreaterThan(12_000);
    expect(pages).toBeLessThan(12_000);
  });
});
