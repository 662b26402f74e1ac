import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import { createFollower } from '../../src/kernel/follower.js';
import { createPace, SLICE_MS, type Machine } from '../../src/kernel/pace.js';
import { createParkedIndex, parkedIndexOf, type ParkedChange } from '../../src/kernel/parked.js';
import { createRate } from '../../src/kernel/rate.js';
import { tempDir } from '../support/temp-dir.js';
import { accountsWith, deposit, write } from './accounts.js';

describe('a rate', () => {
  it('is of the last ten seconds, and of less where it has not been that long', () => {
    let now = 0;
    const rate = createRate(() => now);
    expect(rate.perSecond()).toBe(0);
    rate.add(100);
    now = 500;
    expect(rate.perSecond()).toBe(200);
    now = 10_000;
    expect(rate.perSecond()).toBe(10);
    now = 10_001;
    expect(rate.perSecond()).toBe(0);
  });

  it('counts everything once, however often it is added', () => {
    let now = 0;
    const rate = createRate(() => now);
    for (now = 0; now < 60_000; now += 7) rate.add(7);
    expect(rate.perSecond()).toBeCloseTo(1_000, -2);
  });
});

/** A machine on which everybody else uses this share of the time that passes. */
function machine(others: number) {
  const rests: (number | 'turn')[] = [];
  let seen = { active: 0, idle: 0 };
  const pass = (ms: number): void => {
    seen = { active: seen.active + ms * others, idle: seen.idle + ms * (1 - others) };
  };
  const fake: Machine = {
    sleep: async (ms) => {
      rests.push(ms);
      pass(ms);
    },
    nextTurn: async () => {
      rests.push('turn');
      pass(1);
    },
    utilization: () => seen,
  };
  /** So many slices of 4 ms. */
  const build = async (slices: number): Promise<void> => {
    const pace = createPace(fake);
    for (let n = 0; n < slices; n += 1) {
      seen = { ...seen, active: seen.active + 4 };
      await pace.rest(4, 100);
    }
  };
  return { fake, rests, build };
}

describe('the pace of a build', () => {
  it('finds the number of events that fit into a slice, whether they are fast or slow', async () => {
    for (const eventMs of [0.001, 0.02, 0.4, 30]) {
      const pace = createPace(machine(1).fake);
      for (let n = 0; n < 20; n += 1) await pace.rest(pace.batchMax() * eventMs, pace.batchMax());
      const fitting = Math.min(1_000, Math.max(10, SLICE_MS / eventMs));
      expect(pace.batchMax()).toBeGreaterThan(fitting * 0.9 - 1);
      expect(pace.batchMax()).toBeLessThan(fitting * 1.1 + 1);
    }
  });

  it('rests until others worked six times as long, or left it half as much to spare', async () => {
    const saturated = machine(1);
    await saturated.build(3);
    expect(saturated.rests).toEqual(Array.from({ length: 18 }, () => 4));
    const busy = machine(0.75);
    await busy.build(3);
    expect(busy.rests).toEqual([4, 4, 4, 4, 4, 4]);
    const half = machine(0.5);
    await half.build(5);
    expect(half.rests).toEqual([4, 4, 4, 4, 4]);
  });

  it('only lets go of the turn while nobody else is busy', async () => {
    const idle = machine(0);
    await idle.build(5);
    expect(idle.rests).toEqual([4, 'turn', 'turn', 'turn', 'turn']);
  });
});

describe('the index of what is set aside', () => {
  const event = fc.record({
    position: fc.integer({ min: 1, max: 30 }),
    entity: fc.constantFrom('a', 'b', 'c'),
  });
  const change = fc.record({
    parked: fc.array(event, { maxLength: 5 }),
    released: fc.array(event, { maxLength: 5 }),
  });

  it('is what a plain list says, after any changes', () => {
    const property = fc.property(fc.array(event), fc.array(change), (initial, changes) => {
      const index = createParkedIndex(initial);
      const list = new Set<string>();
      const model = ({ parked, released }: ParkedChange): void => {
        for (const { entity, position } of released) list.delete(`${entity} ${position}`);
        for (const { entity, position } of parked) list.add(`${entity} ${position}`);
      };
      model({ parked: initial, released: [] });
      for (const next of [{ parked: [], released: [] }, ...changes]) {
        index.apply(next);
        model(next);
        const all = [...list].map((entry) => entry.split(' '));
        for (const entity of ['a', 'b', 'c']) {
          const positions = all.filter(([name]) => name === entity).map(([, position]) => Number(position));
          expect(index.count(entity)).toBe(positions.length);
          expect(index.first(entity)).toBe(positions.length === 0 ? undefined : Math.min(...positions));
        }
        expect(index.events()).toBe(list.size);
        expect(index.entities()).toBe(new Set(all.map(([entity]) => entity)).size);
      }
    });
    fc.assert(property);
  });

  it('is read from a generation page by page', () => {
    const all = Array.from({ length: 2_500 }, (_, n) => ({ position: n + 1, entity: `e${n % 3}` }));
    const asked: number[] = [];
    const index = parkedIndexOf({
      parked: ({ after = 0, limit }) => {
        asked.push(after);
        return all.filter(({ position }) => position > after).slice(0, limit);
      },
    });
    expect(index.events()).toBe(2_500);
    expect(asked).toEqual([0, 1_000, 2_000]);
  });

  it('works off a long queue in time that grows with its length only', () => {
    const queue = Array.from({ length: 200_000 }, (_, n) => ({ position: n + 1, entity: 'a' }));
    const index = createParkedIndex(queue);
    for (let n = 0; n < queue.length; n += 500)
      index.apply({ parked: [], released: queue.slice(n, n + 500) });
    expect(index.entities()).toBe(0);
  });
});

/** A follower over an empty view and a log with one event. */
async function following(change: { done: (checkpoint: number) => boolean; rest?: () => Promise<void> }) {
  const projection = accountsWith();
  const log = createMemoryLog();
  await write(log, deposit('a'));
  const store = sqliteViews(tempDir()).create(projection, log.identity);
  const target = { store, parked: parkedIndexOf(store) };
  const follower = createFollower({
    target: () => target,
    log,
    context: {
      projection,
      knownTypes: new Set(projection.events.types),
      parkedEntitiesMax: 1,
      diagnose: () => 'other',
    },
    skips: new Set(),
    batchMax: () => 1,
    head: () => Infinity,
    onCommit: () => undefined,
    onFailure: (error) => {
      throw error;
    },
    paused: false,
    done: () => change.done(store.checkpoint()),
    ...(change.rest !== undefined && { rest: change.rest }),
  });
  return { follower, log, store };
}

describe('a follower', () => {
  it('is asked whether it is done right after a commit, not after the rest, in which the log goes on', async () => {
    let head = 1;
    let done: (() => void) | undefined;
    const ended = new Promise<void>((resolve) => (done = resolve));
    const { follower, store } = await following({
      done: (checkpoint) => {
        if (checkpoint >= head) done?.();
        return checkpoint >= head;
      },
      rest: async () => {
        head += 1;
      },
    });
    follower.start();
    await ended;
    expect([store.checkpoint(), head]).toEqual([1, 1]);
    store.close();
  });

  it('that was told to stop while it rests is not asked any more', async () => {
    let stopped: Promise<void> | undefined;
    const asked: number[] = [];
    const { follower, store } = await following({
      done: (checkpoint) => {
        asked.push(checkpoint);
        return false;
      },
      rest: async () => {
        stopped = follower.stop();
      },
    });
    follower.start();
    while (stopped === undefined) await new Promise((resolve) => setImmediate(resolve));
    await stopped;
    expect(asked).toEqual([0, 1]);
    store.close();
  });
});
