import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMemoryLog, createMemorySnapshots } from '../../src/engines/memory/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import {
  type AnyDecider,
  EVENTS_PER_COMMAND_MAX,
  SNAPSHOT_EVERY,
  createKernel,
  defineEvents,
  newId,
  type EventLog,
  type KernelOptions,
  type Snapshot,
  type SnapshotStore,
} from '../../src/kernel/index.js';
import { append } from '../../src/testing/contract/samples.js';
import { countingLog, type CountingLog } from '../support/counting-log.js';
import { openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';
import { add, counterEvents, counterWith, deciding } from './counter.js';

type Counter = ReturnType<typeof counterWith>;

const EVERY = 10;

/** A kernel with these snapshots, and no state in memory yet. */
function cold(
  log: EventLog,
  snapshots: SnapshotStore,
  decider: AnyDecider,
  more: Partial<KernelOptions> = {},
) {
  const modules = [deciding(decider)];
  return createKernel({ log, views: sqliteViews(tempDir()), modules, snapshots, ...more });
}

async function fill(log: EventLog, count: number): Promise<void> {
  for (let left = count; left > 0; left -= EVENTS_PER_COMMAND_MAX) {
    const events = Array.from({ length: Math.min(left, EVENTS_PER_COMMAND_MAX) }, () =>
      counterEvents.encode({ type: 'Added', data: { counter: 'a', by: 1 } }),
    );
    await log.append(append(events));
  }
}

/** Adds one with nothing in memory: what the decision saw, and how many events were read for it. */
async function addOne(log: CountingLog, snapshots: SnapshotStore, change: Partial<Counter> = {}) {
  let seen = NaN;
  const spied = counterWith((state) => (seen = state['a'] ?? 0));
  const kernel = await cold(log, snapshots, { ...spied, snapshot: { version: 1, every: EVERY }, ...change });
  log.eventsRead();
  const { status } = await kernel.commands.send(add, { counter: 'a', by: 1 });
  const read = log.eventsRead();
  await kernel.stop();
  return { status, seen, read };
}

/** A log where counter `a` has 100 events, and a snapshot of all of them. */
async function filled() {
  const log = countingLog(createMemoryLog());
  const snapshots = createMemorySnapshots();
  await fill(log, 99);
  await addOne(log, snapshots);
  return { log, snapshots };
}

/** The store, with what it gives back changed. */
function altered(store: SnapshotStore, change: (found: Snapshot) => Snapshot): SnapshotStore {
  return {
    ...store,
    read: async (key) => {
      const found = await store.read(key);
      return found && change(found);
    },
  };
}

describe('a state that is not in memory', () => {
  it('is read from the snapshot and the events after it', async () => {
    const { log, snapshots } = await filled();
    // The snapshot's newest event is read to see whether the log has it.
    expect(await addOne(log, snapshots)).toEqual({ status: 'ACCEPTED', seen: 100, read: 1 });
    expect(await addOne(log, snapshots)).toEqual({ status: 'ACCEPTED', seen: 101, read: 2 });
  });

  it('costs a bounded number of reads, however long the entity is', { timeout: 120_000 }, async () => {
    const log = countingLog(openFileLog());
    await fill(log, 100_000);
    const decider = { ...counterWith(), snapshot: { version: 1 } };
    const { commands } = await cold(log, createMemorySnapshots(), decider, { states: { entriesMax: 0 } });
    const read: number[] = [];
    for (let n = 0; n < SNAPSHOT_EVERY + 100; n += 1) {
      await commands.send(add, { counter: 'a', by: 1, max: 100_000 + SNAPSHOT_EVERY });
      read.push(log.eventsRead());
      // A snapshot is written in the turn after the answer.
      await nextTurn();
      await nextTurn();
    }
    expect(read[0]).toBe(100_000);
    expect(Math.max(...read.slice(1))).toBe(SNAPSHOT_EVERY);
    expect(await log.head()).toBe(100_000 + SNAPSHOT_EVERY);
  });

  it('is read from the log where the decider wants no snapshots, and none is written', async () => {
    const { log, snapshots } = await filled();
    const kernel = await cold(log, snapshots, counterWith());
    log.eventsRead();
    await kernel.commands.send(add, { counter: 'a', by: 1 });
    await kernel.stop();
    expect(log.eventsRead()).toBe(100);
    expect((await addOne(log, snapshots)).read).toBe(2);
  });

  it('leaves a snapshot also where the command met a conflict or was a duplicate', async () => {
    for (const again of [false, true]) {
      const log = countingLog(createMemoryLog());
      const snapshots = createMemorySnapshots();
      await fill(log, 100);
      const once = { commandId: newId(), ...(!again && { ifUnchangedSince: 50 }) };
      const before = await cold(log, createMemorySnapshots(), counterWith());
      if (again) await before.commands.send(add, { counter: 'a', by: 1 }, once);
      const decider = { ...counterWith(), snapshot: { version: 1, every: EVERY } };
      const kernel = await cold(log, snapshots, decider);
      const answer = kernel.commands.send(add, { counter: 'a', by: 1 }, once);
      if (again) expect(await answer).toMatchObject({ duplicate: true, position: 101 });
      else await expect(answer).rejects.toMatchObject({ code: 'CONFLICT', details: { position: 100 } });
      await kernel.stop();
      expect((await addOne(log, snapshots)).read).toBe(1);
    }
  });
});

describe('a snapshot', () => {
  it('is written after as many events as the decider says, not before', async () => {
    const log = countingLog(createMemoryLog());
    const snapshots = createMemorySnapshots();
    const decider = { ...counterWith(), snapshot: { version: 1, every: 3 } };
    const kernel = await cold(log, snapshots, decider);
    for (let n = 0; n < 8; n += 1) await kernel.commands.send(add, { counter: 'a', by: 1 });
    await kernel.stop();
    // The third and the sixth event made one; the last two are read.
    expect(await addOne(log, snapshots, { snapshot: { version: 1, every: 3 } })).toMatchObject({ read: 3 });
  });

  it('is never of what is not durable', async () => {
    const log = createMemoryLog();
    const snapshots = createMemorySnapshots();
    const unsure: EventLog = {
      ...log,
      append: async () => Promise.reject(new Error('The disk reports errors.')),
    };
    const decider = { ...counterWith(), snapshot: { version: 1, every: 1 } };
    const kernel = await cold(unsure, snapshots, decider);
    await expect(kernel.commands.send(add, { counter: 'a', by: 1 })).rejects.toThrow();
    await kernel.stop();
    expect(await addOne(countingLog(log), snapshots)).toEqual({ status: 'ACCEPTED', seen: 0, read: 0 });
  });

  it('is not waited for by commands', async () => {
    const log = createMemoryLog();
    const never: SnapshotStore = { read: async () => undefined, write: () => new Promise(() => undefined) };
    const decider = { ...counterWith(), snapshot: { version: 1, every: 1 } };
    const { commands } = await cold(log, never, decider);
    for (let n = 0; n < 300; n += 1) await commands.send(add, { counter: `c${n}`, by: 1 });
    expect(await log.head()).toBe(300);
  });

  const evolve = { Added: (state: Readonly<Record<string, number>>) => ({ ...state }) };
  const otherEvents = defineEvents({
    Added: {
      schema: z.object({ counter: z.string(), by: z.number() }),
      version: 2,
      tags: ({ counter }: { counter: string }) => [`counter:${counter}`],
      upcast: { 1: (data: object) => data },
    },
  }) as unknown as typeof counterEvents;

  it.each<[string, Partial<Counter>]>([
    ['another version', { snapshot: { version: 2, every: EVERY } }],
    ['other versions of its events', { events: otherEvents }],
    ['another evolve', { evolve }],
    ['another initial state', { initial: { b: 1 } }],
    ['another name', { name: 'accumulator' }],
  ])('is ignored where the decider has %s', async (_what, change) => {
    const { log, snapshots } = await filled();
    expect((await addOne(log, snapshots, change)).read).toBe(100);
  });

  it.each<[string, (found: Snapshot) => Snapshot]>([
    ['lies ahead of the log', (found) => ({ ...found, position: 101 })],
    ['ends on an event of another command', (found) => ({ ...found, commandId: newId() })],
    ['is no JSON', (found) => ({ ...found, state: '{' })],
  ])('is ignored where it %s', async (_what, change) => {
    const { log, snapshots } = await filled();
    const { seen, read } = await addOne(log, altered(snapshots, change));
    expect(seen).toBe(100);
    expect(read).toBeGreaterThanOrEqual(100);
  });

  it.each(['another log', 'another epoch'])('is ignored where it is of %s', async (which) => {
    const { log, snapshots } = await filled();
    const { id, epoch } = log.identity;
    const identity = which === 'another log' ? { id: newId(), epoch } : { id, epoch: epoch + 1 };
    expect((await addOne({ ...log, identity }, snapshots)).read).toBe(100);
  });

  it('is ignored where the log lost a tail and has gone on differently under the same name', async () => {
    const { log, snapshots } = await filled();
    const { identity } = log;
    const copiedBack = countingLog({ ...createMemoryLog(), identity });
    await fill(copiedBack, 200);
    expect(await addOne(copiedBack, snapshots)).toEqual({ status: 'ACCEPTED', seen: 200, read: 201 });
  });
});
