import Database from 'better-sqlite3';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ended, startChild } from '../support/child.js';
import { openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';

const WRITERS = 4;
const COMMANDS = 200;
const EVENTS = WRITERS * COMMANDS * 2;
const COUNTERS = 5;
const WRITER = new URL('./writer-process.ts', import.meta.url);

type Read = (after: number) => Promise<readonly number[]>;

/** A reader that goes on from the last position it has seen, as every projection does. */
function tail(read: Read) {
  const seen: number[] = [];
  return {
    seen,
    poll: async () => {
      seen.push(...(await read(seen.at(-1) ?? 0)));
    },
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('four writer processes on one log', () => {
  it('never let a tailing reader miss an event, and keep every condition', async () => {
    const file = join(tempDir(), 'log.sqlite');
    const log = openFileLog(file);
    const { seen, poll } = tail(async (after) =>
      (await log.read('all', { after, limit: 13 })).map(({ position }) => position),
    );
    let writing = true;
    const writers = Promise.all(
      Array.from({ length: WRITERS }, () =>
        ended(startChild(WRITER, file, String(COMMANDS), String(COUNTERS))),
      ),
    ).finally(() => {
      writing = false;
    });
    while (writing || seen.length < (await log.head())) {
      await poll();
      await nextTurn();
    }
    expect(await writers).toEqual(Array.from({ length: WRITERS }, () => ({ output: '', code: 0 })));
    expect(seen).toEqual(upTo(EVENTS));

    const counts = new Map<string, number>();
    for (const { data, tags } of await log.read([{ tags: ['all:1'] }], { after: 0, limit: EVENTS + 1 })) {
      const { counter, nth } = data as { counter: string; nth: number };
      expect(tags).toContain(counter);
      expect(nth).toBe(counts.get(counter) ?? 0);
      counts.set(counter, nth + 1);
    }
    expect([...counts.values()]).toEqual(Array.from({ length: COUNTERS }, () => EVENTS / COUNTERS));
  });
});

describe('a log that reserves its numbers before the transaction (the negative control)', () => {
  function openBroken(file: string) {
    const database = new Database(file);
    onTestFinished(() => {
      database.close();
    });
    database.pragma('journal_mode = WAL');
    database.exec('CREATE TABLE IF NOT EXISTS numbers (next INTEGER NOT NULL)');
    database.exec('CREATE TABLE IF NOT EXISTS broken (position INTEGER PRIMARY KEY)');
    const read = database.prepare<[number], number>(
      'SELECT position FROM broken WHERE position > ? ORDER BY position',
    );
    return {
      reserve: (): number => {
        database.exec('INSERT INTO numbers SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM numbers)');
        return database
          .prepare<[], number>('UPDATE numbers SET next = next + 1 RETURNING next - 1')
          .pluck()
          .get() as number;
      },
      insert: (position: number) => database.prepare('INSERT INTO broken VALUES (?)').run(position),
      read: async (after: number) => read.pluck().all(after),
    };
  }

  it('loses an event for the tailing reader, so that the check is shown to be able to fail', async () => {
    const file = join(tempDir(), 'broken.sqlite');
    const [slow, fast, reader] = [openBroken(file), openBroken(file), openBroken(file)];
    const { seen, poll } = tail(reader.read);
    const first = slow.reserve();
    const second = fast.reserve();
    fast.insert(second);
    await poll();
    slow.insert(first);
    await poll();
    fast.insert(fast.reserve());
    await poll();
    expect(await reader.read(0)).toEqual(upTo(3));
    expect(seen).toEqual([2, 3]);
  });
});
