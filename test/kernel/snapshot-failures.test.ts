import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createMemoryLog, createMemorySnapshots } from '../../src/engines/memory/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import {
  CompositionError,
  SNAPSHOT_BYTES_MAX,
  createKernel,
  defineDecider,
  type AnyDecider,
  type SnapshotStore,
} from '../../src/kernel/index.js';
import { tempDir } from '../support/temp-dir.js';
import { add, counterWith, deciding } from './counter.js';

const eager = { ...counterWith(), snapshot: { version: 1, every: 1 } };

describe('a failing store of snapshots', () => {
  /** Sends so many commands with nothing in memory; what was reported. */
  async function failures(store: SnapshotStore, count: number, decider: AnyDecider = eager) {
    const reported: string[] = [];
    const log = createMemoryLog();
    const kernel = await createKernel({
      log,
      views: sqliteViews(tempDir()),
      modules: [deciding(decider)],
      snapshots: store,
      states: { entriesMax: 0 },
      onSnapshotFailure: (name, error) => reported.push(`${name}: ${(error as Error).message}`),
    });
    for (let n = 0; n < count; n += 1) {
      expect(await kernel.commands.send(add, { counter: 'a', by: 1 })).toMatchObject({ position: n + 1 });
      await nextTurn();
      await nextTurn();
    }
    await kernel.stop();
    return reported;
  }

  it('fails no command, and is reported once for reading and once for writing', async () => {
    const broken: SnapshotStore = {
      read: async () => Promise.reject(new Error('Cannot read.')),
      write: async () => Promise.reject(new Error('The disk is full.')),
    };
    expect(await failures(broken, 20)).toEqual(['counter: Cannot read.', 'counter: The disk is full.']);
  });

  it('is reported again where it had worked in between', async () => {
    const store = createMemorySnapshots();
    let writes = 0;
    const flapping: SnapshotStore = {
      ...store,
      write: async (key, snapshot) => {
        writes += 1;
        if (writes % 5 !== 0) throw new Error('The disk is full.');
        await store.write(key, snapshot);
      },
    };
    expect(await failures(flapping, 12)).toHaveLength(3);
  });

  it.each<[string, unknown, RegExp]>([
    ['a Date', { at: new Date(0) }, /^counter: The state of counter\.at is a Date, which JSON cannot store/],
    ['a Map', { map: new Map() }, /^counter: The state of counter\.map is a Map/],
    ['NaN', { list: [NaN] }, /^counter: The state of counter\.list\.0 is NaN/],
    ['a hole', { list: new Array(2) }, /^counter: The state of counter\.list has an undefined member/],
    ['an undefined member', { a: undefined }, /^counter: The state of counter does not come back from JSON/],
    ['-0', { a: -0 }, /^counter: The state of counter does not come back from JSON/],
    ['nothing', undefined, /^counter: The state of counter does not come back from JSON/],
    ['too much', { text: 'x'.repeat(SNAPSHOT_BYTES_MAX) }, /^counter: A state of counter has \d+ bytes/],
  ])('is told nothing of a state with %s, which is reported', async (_what, state, message) => {
    let writes = 0;
    const store: SnapshotStore = { read: async () => undefined, write: async () => void (writes += 1) };
    const addAnyway = () => [{ type: 'Added', data: { counter: 'a', by: 1 } }];
    const decider = {
      ...eager,
      evolve: { Added: () => state },
      decide: { ...eager.decide, add: addAnyway },
    };
    const reported = await failures(store, 3, decider);
    expect(reported).toEqual([expect.stringMatching(message)]);
    expect(writes).toBe(0);
  });
});

describe('a decider with snapshots', () => {
  it.each<[string, object, RegExp]>([
    [
      'no version',
      { snapshot: { version: 0 } },
      /snapshot\.version of the decider counter must be a whole number/,
    ],
    ['a broken version', { snapshot: { version: 1.5 } }, /must be a whole number from 1, got 1\.5/],
    ['no distance', { snapshot: { version: 1, every: 0 } }, /snapshot\.every of the decider counter must be/],
    [
      'an inexact state',
      { snapshot: { version: 1 }, initial: new Map() },
      /counter cannot have snapshots.*a Map/,
    ],
    ['no initial state', { snapshot: { version: 1 }, initial: undefined }, /cannot have snapshots/],
  ])('is refused with %s', (_what, change, message) => {
    const define = () => defineDecider({ ...counterWith(), ...change });
    expect(define).toThrow(CompositionError);
    expect(define).toThrow(message);
  });

  it('is refused where another has its name: states and snapshots go by it', async () => {
    const other = { ...counterWith(), inputs: {}, decide: {}, commands: {} };
    const compose = createKernel({
      log: createMemoryLog(),
      views: sqliteViews(tempDir()),
      modules: [deciding(counterWith(), other)],
    });
    await expect(compose).rejects.toThrow(new CompositionError('The decider counter is defined twice.'));
  });
});
