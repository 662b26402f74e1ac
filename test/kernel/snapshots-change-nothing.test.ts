import fc from 'fast-check';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createMemoryLog, createMemorySnapshots } from '../../src/engines/memory/index.js';
import { sqliteSnapshots, sqliteViews } from '../../src/engines/sqlite/index.js';
import {
  createKernel,
  newId,
  type CommandEnvelope,
  type EventLog,
  type Kernel,
  type Snapshot,
  type SnapshotStore,
} from '../../src/kernel/index.js';
import { tempDir } from '../support/temp-dir.js';
import { add, counterWith, deciding, eventsOf, move } from './counter.js';

type Step =
  | { readonly kind: 'add'; readonly counter: string; readonly by: number; readonly max: number }
  | { readonly kind: 'move'; readonly from: string; readonly to: string; readonly by: number }
  /** The process ends: nothing is in memory any more. */
  | { readonly kind: 'restart' }
  /** The snapshots are written. */
  | { readonly kind: 'settle' }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

type Trouble =
  'none' | 'lost' | 'failing' | 'older' | 'foreign epoch' | 'ahead' | 'of another command' | 'torn';

interface Sent {
  readonly step: Step;
  /** Which earlier command's id is used again, if there was one; as a share of those sent. */
  readonly again: number | null;
  /** How far behind the head the client has read, where it says so. */
  readonly behind: number | null;
}

const name = fc.constantFrom('a', 'b', 'c');
const by = fc.integer({ min: -3, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('add' as const), counter: name, by, max: fc.nat(20) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('move' as const), from: name, to: name, by }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'restart' } as const) },
  { weight: 4, arbitrary: fc.constant({ kind: 'settle' } as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('trouble' as const),
      trouble: fc.constantFrom<Trouble[]>(
        'none',
        'none',
        'lost',
        'failing',
        'older',
        'foreign epoch',
        'ahead',
        'of another command',
        'torn',
      ),
    }),
  },
);
const sent: fc.Arbitrary<Sent> = fc.record({
  step,
  again: fc.option(fc.double({ min: 0, max: 0.999, noNaN: true }), { freq: 5 }),
  behind: fc.option(fc.nat(4), { freq: 3 }),
});

/** Snapshots that have the trouble of the moment. Their states lie wherever a snapshot must not be believed. */
function troubled(store: SnapshotStore) {
  const older = new Map<string, Snapshot>();
  const newest = new Map<string, Snapshot>();
  let trouble: Trouble = 'none';
  let given = 0;
  const lie = { state: '{"a":1000,"b":1000,"c":1000}' };

  async function find(key: string): Promise<Snapshot | undefined> {
    const found = await store.read(key);
    if (trouble === 'failing') throw new Error('Cannot read.');
    if (found === undefined || trouble === 'lost') return undefined;
    if (trouble === 'older') return older.get(key);
    if (trouble === 'foreign epoch') return { ...found, ...lie, stamp: found.stamp.replace('/1/', '/2/') };
    if (trouble === 'ahead') return { ...found, ...lie, position: found.position + 50 };
    if (trouble === 'of another command') return { ...found, ...lie, commandId: newId() };
    return trouble === 'torn' ? { ...found, state: found.state.slice(0, -1) } : found;
  }

  return {
    given: () => given,
    set: (next: Trouble) => {
      trouble = next;
    },
    store: {
      read: async (key) => {
        const found = await find(key);
        given += found === undefined ? 0 : 1;
        return found;
      },
      write: async (key, snapshot) => {
        if (trouble === 'failing') throw new Error('The disk is full.');
        const before = newest.get(key);
        if (before !== undefined) older.set(key, before);
        newest.set(key, snapshot);
        await store.write(key, snapshot);
      },
    } satisfies SnapshotStore,
  };
}

/** One of the two services that are compared, and the state that it decided to add on last. */
function service(log: EventLog, snapshots: SnapshotStore | undefined, every: number, entriesMax: number) {
  let state: unknown;
  const decider = { ...counterWith((seen) => (state = seen)), snapshot: { version: 1, every } };
  const start = (): Promise<Kernel> =>
    createKernel({
      log,
      views: sqliteViews(tempDir()),
      modules: [deciding(decider)],
      states: { entriesMax },
      ...(snapshots && { snapshots }),
    });
  return { start, decidedOn: () => state };
}

async function answerOf({ commands }: Kernel, step: Step, envelope: CommandEnvelope): Promise<unknown> {
  try {
    if (step.kind === 'add') return await commands.send(add, step, envelope);
    return step.kind === 'move' ? await commands.send(move, step, envelope) : undefined;
  } catch (error) {
    const { code, details } = error as { code?: unknown; details?: unknown };
    return { code, details };
  }
}

const isDecided = (answer: unknown): boolean => (answer as { duplicate?: boolean }).duplicate === false;

const facts = async (log: EventLog): Promise<unknown> =>
  (await eventsOf(log)).map(({ position, type, data, commandId }) => ({ position, type, data, commandId }));

it.each<[string, () => SnapshotStore & { close?: () => void }]>([
  ['memory', createMemorySnapshots],
  ['sqlite', () => sqliteSnapshots(join(tempDir(), 'snapshots.sqlite'))],
])('%s snapshots change no answer and no fact, whatever happens to them', async (_engine, open) => {
  let given = 0;
  const property = fc.asyncProperty(
    fc.array(sent, { maxLength: 60, size: 'max' }),
    fc.constantFrom(1, 2, 5),
    fc.constantFrom(0, 1, 100),
    async (all, every, entriesMax) => {
      const store = open();
      const trouble = troubled(store);
      const [plainLog, log] = [createMemoryLog(), createMemoryLog()];
      const plain = service(plainLog, undefined, every, 100);
      const tested = service(log, trouble.store, every, entriesMax);
      const plainKernel = await plain.start();
      let kernel = await tested.start();
      const ids: string[] = [];
      for (const { step: next, again, behind } of all) {
        if (next.kind === 'settle') await nextTurn().then(() => nextTurn());
        if (next.kind === 'trouble') trouble.set(next.trouble);
        if (next.kind === 'restart') kernel = await kernel.stop().then(() => tested.start());
        if (next.kind !== 'add' && next.kind !== 'move') continue;
        const commandId = (again === null ? undefined : ids[Math.floor(again * ids.length)]) ?? newId();
        ids.push(commandId);
        const since = behind === null ? {} : { ifUnchangedSince: Math.max(0, (await log.head()) - behind) };
        const envelope = { commandId, issuedAt: 1, correlationId: 'x', ...since };
        const answer = await answerOf(kernel, next, envelope);
        expect(answer).toEqual(await answerOf(plainKernel, next, envelope));
        // What is in memory may be older than a snapshot; the append finds it out, and what it refused does not count.
        if (next.kind === 'add' && isDecided(answer)) expect(tested.decidedOn()).toEqual(plain.decidedOn());
      }
      expect(await facts(log)).toEqual(await facts(plainLog));
      await kernel.stop();
      store.close?.();
      given += trouble.given();
    },
  );
  await fc.assert(property, { numRuns: 200 });
  // Otherwise nothing was tried.
  expect(given).toBeGreaterThan(100);
});
