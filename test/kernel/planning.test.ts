import { describe, expect, it } from 'vitest';
import { planGenerations, type GenerationInfo } from '../../src/kernel/index.js';
import { statusOf, type StatusFacts } from '../../src/kernel/projection-status.js';
import { accountsWith } from './accounts.js';

type Fit = GenerationInfo['fit'];

/** A generation in short: its number, its fit, and as what it was serving (0: built, never live; absent: half-built). */
function info([generation, fit, serving]: readonly [number, Fit, number?]): GenerationInfo {
  const built = serving !== undefined;
  return { generation, version: 1, checkpoint: 7, built, serving: serving ?? 0, fit, misfit: null };
}

describe('of the generations that there are', () => {
  it.each<
    [
      string,
      (readonly [number, Fit, number?])[],
      { serve?: number; follows: boolean; resume?: number; keep?: number; remove: number[] },
    ]
  >([
    ['none: one is made', [], { follows: false, remove: [] }],
    ['one', [[1, 'current', 1]], { serve: 1, follows: true, remove: [] }],
    ['one half-built: it goes on', [[1, 'current']], { follows: false, resume: 1, remove: [] }],
    [
      'two: the last that was live',
      [
        [1, 'current', 1],
        [2, 'current', 2],
      ],
      { serve: 2, follows: true, keep: 1, remove: [] },
    ],
    [
      'two after a rollback',
      [
        [1, 'current', 3],
        [2, 'current', 2],
      ],
      { serve: 1, follows: true, keep: 2, remove: [] },
    ],
    [
      'three: one is too many',
      [
        [1, 'current', 1],
        [2, 'current', 2],
        [3, 'current', 3],
      ],
      { serve: 3, follows: true, keep: 2, remove: [1] },
    ],
    [
      'one and a build',
      [
        [1, 'current', 1],
        [2, 'current'],
      ],
      { serve: 1, follows: true, resume: 2, remove: [] },
    ],
    [
      'two builds: the newer one',
      [
        [1, 'current', 1],
        [2, 'current'],
        [3, 'current'],
      ],
      { serve: 1, follows: true, resume: 3, remove: [2] },
    ],
    [
      'another version’s: served until this one’s is built',
      [[1, 'readable', 1]],
      { serve: 1, follows: false, remove: [] },
    ],
    [
      'another version’s and a build',
      [
        [1, 'readable', 1],
        [2, 'current'],
      ],
      { serve: 1, follows: false, resume: 2, remove: [] },
    ],
    [
      'another version’s half-built',
      [
        [1, 'readable'],
        [2, 'outdated'],
      ],
      { follows: false, remove: [1, 2] },
    ],
    [
      'this version’s comes before what was live last',
      [
        [1, 'current', 1],
        [2, 'readable', 2],
      ],
      { serve: 1, follows: true, keep: 2, remove: [] },
    ],
    [
      'another version’s without the columns: kept',
      [[1, 'outdated', 1]],
      { follows: false, keep: 1, remove: [] },
    ],
    [
      'such a one and a build',
      [
        [1, 'outdated', 1],
        [2, 'current'],
      ],
      { follows: false, keep: 1, resume: 2, remove: [] },
    ],
    [
      'such a one beside a readable one',
      [
        [1, 'readable', 1],
        [2, 'outdated', 2],
      ],
      { serve: 1, follows: false, keep: 2, remove: [] },
    ],
    [
      'another log’s',
      [
        [1, 'other', 9],
        [2, 'other'],
      ],
      { follows: false, remove: [1, 2] },
    ],
  ])('%s', (_what, all, { serve, follows, resume, keep, remove }) => {
    const plan = planGenerations(all.map(info));
    expect({
      serve: plan.serve?.generation,
      follows: plan.follows,
      resume: plan.resume?.generation,
      keep: plan.keep?.generation,
      remove: plan.remove.map(({ generation }) => generation),
    }).toEqual({ serve, follows, resume, keep, remove });
  });
});

function facts(change: Partial<StatusFacts> = {}): StatusFacts {
  return {
    projection: accountsWith(),
    version: 1,
    generation: 1,
    checkpoint: 10,
    head: 10,
    batchMax: 500,
    running: true,
    paused: false,
    servable: true,
    failures: 0,
    lastError: undefined,
    behindSince: null,
    silentSince: undefined,
    readable: true,
    now: 1_000_000,
    delayMs: 0,
    parked: 0,
    parkedEntities: 0,
    eventsPerSecond: 0,
    rebuild: null,
    kept: undefined,
    ...change,
  };
}

describe('the state of a projection', () => {
  it.each<[string, string, Partial<StatusFacts>]>([
    ['LIVE', 'at the head', {}],
    ['LIVE', 'a batch behind', { head: 510 }],
    ['CATCHING_UP', 'more than that behind', { head: 511 }],
    ['BUILDING', 'while its views are not complete', { servable: false }],
    ['PAUSED', 'when it was told to', { paused: true, head: 5_000 }],
    ['PAUSED', 'when it was told to, also before its views are complete', { paused: true, servable: false }],
    ['FAILED', 'while it fails', { failures: 1, servable: false, paused: true }],
    ['STOPPED', 'before it starts and after it ends', { running: false, failures: 1 }],
  ])('is %s %s', (state, _when, change) => {
    expect(statusOf(facts(change)).state).toBe(state);
  });

  it.each<[boolean, string, Partial<StatusFacts>]>([
    [true, 'at the head', {}],
    [true, 'within its acceptable lag', { head: 10_010, behindSince: 995_000 }],
    [false, 'a position beyond it', { head: 10_011, behindSince: 1_000_000 }],
    [false, 'a millisecond beyond it', { head: 11, behindSince: 994_999 }],
    [false, 'while it fails', { failures: 1 }],
    [false, 'while it does not run', { running: false }],
    [false, 'paused for too long', { paused: true, head: 11, behindSince: 900_000 }],
    [true, 'paused with nothing to do', { paused: true, behindSince: 900_000 }],
  ])('is healthy: %s %s', (healthy, _when, change) => {
    expect(statusOf(facts(change)).healthy).toBe(healthy);
  });

  it('tells lag, progress and what went wrong', () => {
    const kept = { ...info([1, 'current', 1]), checkpoint: 3 };
    const change = { head: 40, behindSince: 999_900, failures: 1, lastError: new Error('Full.'), kept };
    expect(statusOf(facts(change))).toMatchObject({
      lagEvents: 30,
      lagMs: 100,
      progress: 0.25,
      lastError: 'Full.',
      kept: { generation: 1, version: 1, checkpoint: 3 },
    });
    expect(statusOf(facts({ head: 0, checkpoint: 0 }))).toMatchObject({
      progress: 1,
      lagEvents: 0,
      kept: null,
    });
    // Another process may have written what this one has read but not been told of.
    expect(statusOf(facts({ head: 8 }))).toMatchObject({ progress: 1, lagEvents: 0, lagMs: 0 });
    expect(statusOf(facts({ head: 11, behindSince: 1_000_001 }))).toMatchObject({ lagMs: 0 });
  });
});
