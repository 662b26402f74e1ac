import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { createKernel, defineDecider, defineEvents, refuse, type EventLog } from '../../src/kernel/index.js';
import { createLines } from '../../src/kernel/lines.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import { tempDir } from '../support/temp-dir.js';

describe('Lines', () => {
  it('let those through at once who want nothing that others have', async () => {
    const lines = createLines();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const first = lines.wait(['a', 'b'], () => gate);
    expect(await lines.wait(['c'], async () => 'through')).toBe('through');
    expect([lines.isBusy(['b', 'x']), lines.isBusy(['c'])]).toEqual([true, false]);
    open();
    await first;
    expect(lines.isBusy(['a', 'b'])).toBe(false);
  });

  it('have everybody wait for all who came before and want any of the same, also those that fail', async () => {
    const lines = createLines();
    const done: string[] = [];
    const step = (name: string, ms: number) => async () => {
      await sleep(ms);
      done.push(name);
      if (name === 'ab') throw new Error('fails');
    };
    await Promise.allSettled([
      lines.wait(['a', 'b'], step('ab', 20)),
      lines.wait(['b', 'c'], step('bc', 10)),
      lines.wait(['c', 'a'], step('ca', 0)),
      lines.wait(['d'], step('d', 0)),
    ]);
    expect(done).toEqual(['d', 'ab', 'bc', 'ca']);
    expect(lines.isBusy(['a', 'b', 'c', 'd'])).toBe(false);
  });
});

const events = defineEvents({
  Taken: {
    schema: z.object({ room: z.string(), guest: z.string() }),
    tags: (data: { readonly room: string; readonly guest: string }) => [
      `room:${data.room}`,
      `guest:${data.guest}`,
    ],
  },
});

const empty: { readonly taken: number } = { taken: 0 };

const taking = defineDecider({
  name: 'taking',
  events,
  inputs: { take: z.object({ room: z.string(), guest: z.string(), places: z.number() }) },
  boundary: ({ input: { room, guest } }) => [{ tags: [`room:${room}`] }, { tags: [`guest:${guest}`] }],
  initial: empty,
  evolve: { Taken: ({ taken }) => ({ taken: taken + 1 }) },
  decide: {
    take: ({ taken }, { input: { places, ...data } }) =>
      taken < places ? [{ type: 'Taken', data }] : refuse('FULL', 'Full.'),
  },
});

/** A log that is slow to append, so that all who decide at the same time are in each other's way. */
function slow(log: EventLog, counted: { appends: number }): EventLog {
  return {
    ...log,
    append: async (append) => {
      counted.appends += 1;
      await sleep(2);
      return log.append(append);
    },
  };
}

test('Commands on boundaries that overlap are all decided in the end: nobody loses every race', async () => {
  const counted = { appends: 0 };
  const log = slow(createMemoryLog(), counted);
  const modules = [{ name: 'rooms', deciders: [taking] }];
  const { commands } = await createKernel({ log, views: sqliteViews(tempDir()), modules });
  const guests = Array.from({ length: 60 }, (_, index) => `guest-${index}`);
  const results = await Promise.all(
    guests.map((guest) => commands.send(taking.commands.take, { room: 'a', guest, places: 40 })),
  );
  expect(results.filter(({ status }) => status === 'ACCEPTED')).toHaveLength(40);
  expect(await log.head()).toBe(40);
  // Once in each other's way, and then one after another.
  expect(counted.appends).toBeLessThanOrEqual(2 * guests.length);
});

test('Commands on boundaries that do not overlap do not wait for each other', async () => {
  const counted = { appends: 0 };
  const log = slow(createMemoryLog(), counted);
  const modules = [{ name: 'rooms', deciders: [taking] }];
  const { commands } = await createKernel({ log, views: sqliteViews(tempDir()), modules });
  const numbers = Array.from({ length: 60 }, (_, index) => String(index));
  await Promise.all(
    numbers.map((n) => commands.send(taking.commands.take, { room: n, guest: n, places: 1 })),
  );
  expect(counted.appends).toBe(numbers.length);
});
