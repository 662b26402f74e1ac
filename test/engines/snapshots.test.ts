import Database from 'better-sqlite3';
import fc from 'fast-check';
import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemorySnapshots } from '../../src/engines/memory/index.js';
import { sqliteSnapshots, type SqliteSnapshots } from '../../src/engines/sqlite/index.js';
import type { Bounds } from '../../src/kernel/index.js';
import { snapshot } from '../../src/testing/contract/samples.js';
import { snapshotStoreContract } from '../../src/testing/index.js';
import { tempDir } from '../support/temp-dir.js';

const newFile = (): string => join(tempDir(), 'snapshots.sqlite');

function open(file: string, bounds?: Bounds): SqliteSnapshots {
  const store = sqliteSnapshots(file, bounds);
  onTestFinished(() => {
    store.close();
  });
  return store;
}

/** A file that has these snapshots, closed. */
async function fileWith(count: number): Promise<string> {
  const file = newFile();
  const store = open(file);
  for (let n = 0; n < count; n += 1)
    await store.write(`key ${n}`, snapshot({ state: JSON.stringify({ n, text: 'x'.repeat(200) }) }));
  store.close();
  return file;
}

function byHand(file: string, sql: string): void {
  const database = new Database(file);
  database.exec(sql);
  database.close();
}

snapshotStoreContract({ name: 'memory', open: createMemorySnapshots }, { describe, test: it });
snapshotStoreContract(
  { name: 'sqlite', open: (bounds) => sqliteSnapshots(newFile(), bounds), close: (store) => store.close() },
  { describe, test: it },
);

describe('the file of the sqlite snapshots', () => {
  it('has them when it is opened again, within the bounds of then', async () => {
    const file = await fileWith(3);
    const again = open(file, { entriesMax: 2, bytesMax: 10_000 });
    expect(await again.read('key 0')).toBeUndefined();
    expect(await again.read('key 2')).toMatchObject({ position: 7 });
    await again.write('key 3', snapshot());
    again.close();
    const rows = new Database(file).prepare('SELECT key FROM snapshots ORDER BY number').pluck().all();
    expect(rows).toEqual(['key 2', 'key 3']);
  });

  it.each([
    ['full of something else', (file: string) => writeFileSync(file, 'Dear diary,\n'.repeat(1_000))],
    ['empty', (file: string) => truncateSync(file, 0)],
    ['cut to its first page', (file: string) => truncateSync(file, 4_096)],
    ['cut in half', (file: string) => truncateSync(file, statSync(file).size / 2)],
    ['of another format', (file: string) => byHand(file, 'PRAGMA user_version = 99')],
    ['without its table', (file: string) => byHand(file, 'DROP TABLE snapshots')],
    ['gone', (file: string) => rmSync(file)],
  ])('is made anew where it is %s', async (_what, damage) => {
    const file = await fileWith(50);
    damage(file);
    const store = open(file);
    await store.read('key 0');
    await store.write('key 0', snapshot({ position: 8 }));
    expect(await store.read('key 0')).toMatchObject({ position: 8 });
    store.close();
    expect(await open(file).read('key 0')).toMatchObject({ position: 8 });
  });

  it.each(['stamp', 'position', 'commandId', 'state'])(
    'is not believed where its %s is not what was written',
    async (column) => {
      const file = await fileWith(2);
      byHand(
        file,
        `UPDATE snapshots SET ${column} = replace(${column} || '1', 'x', 'y') WHERE key = 'key 1'`,
      );
      const store = open(file);
      expect(await store.read('key 1')).toBeUndefined();
      expect(await store.read('key 0')).toBeDefined();
    },
  );

  it('does not give one key’s snapshot to another', async () => {
    const file = await fileWith(1);
    byHand(file, "UPDATE snapshots SET key = 'another'");
    expect(await open(file).read('another')).toBeUndefined();
  });

  it('gives back what was written or nothing, whatever bytes of it are changed', async () => {
    const file = await fileWith(20);
    const whole = readFileSync(file);
    const store = open(file);
    const keys = Array.from({ length: 20 }, (_, n) => `key ${n}`);
    const written = await Promise.all(keys.map((key) => store.read(key)));
    store.close();
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 20 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const { at, byte } of changes) bytes[at] = byte;
        writeFileSync(file, bytes);
        const damaged = sqliteSnapshots(file);
        try {
          for (const [n, key] of keys.entries()) {
            const found = await damaged.read(key);
            if (found !== undefined) expect(found).toEqual(written[n]);
          }
        } finally {
          damaged.close();
          for (const part of ['-wal', '-shm']) rmSync(file + part, { force: true });
        }
      }),
      { numRuns: 200 },
    );
  });

  it('that cannot be opened rejects, and is tried again', async () => {
    const file = newFile();
    mkdirSync(file);
    const store = open(file);
    await expect(store.read('a')).rejects.toThrow();
    await expect(store.write('a', snapshot())).rejects.toThrow();
    rmSync(file, { recursive: true });
    await store.write('a', snapshot());
    expect(await store.read('a')).toBeDefined();
  });

  it('that another process writes to rejects at once, without a wait', async () => {
    const file = await fileWith(1);
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    const store = open(file);
    expect(await store.read('key 0')).toBeDefined();
    await expect(store.write('a', snapshot())).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    other.close();
    await store.write('a', snapshot());
    expect(await store.read('a')).toBeDefined();
  });

  it('has nothing and takes nothing once it is closed', async () => {
    const store = open(newFile());
    await store.write('a', snapshot());
    store.close();
    await store.write('a', snapshot());
    expect(await store.read('a')).toBeUndefined();
  });
});
