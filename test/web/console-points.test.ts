import { describe, expect, test } from 'vitest';
import { between, perBucket, pointOf, quantile, type Measured } from '../../web/console/feed/points.js';

const NOTHING = { bounds: [0.01, 0.1], counts: [0, 0], count: 0, sum: 0 };
const STATUS: Measured = {
  at: '2026-01-01T00:00:00.000Z',
  commands: [],
  commandSeconds: NOTHING,
  commitCommands: NOTHING,
  commitSyncSeconds: NOTHING,
  readAfterSeconds: NOTHING,
  readAfterWaiters: [],
  sockets: 1,
  subscriptions: 3,
  operationsRunning: 0,
  operationsQueued: 0,
  eventLoopDelayP50Ms: 0,
  eventLoopDelayP99Ms: 0,
  cpuSeconds: 1,
  rssBytes: 104_857_600,
  heapUsedBytes: 52_428_800,
};

describe('A quantile of a histogram', () => {
  test('lies in the bucket that has it, as if what is in there were spread evenly', () => {
    const buckets = { bounds: [1, 2, 4], counts: [10, 30, 40], count: 40, sum: 0 };
    expect(quantile(buckets, 0.25)).toBe(1);
    expect(quantile(buckets, 0.5)).toBe(1.5);
    expect(quantile(buckets, 1)).toBe(4);
  });

  test('is the last bound where it is over all of them, and nothing where nothing was measured', () => {
    expect(quantile({ bounds: [1], counts: [1], count: 9, sum: 0 }, 0.99)).toBe(1);
    expect(quantile(NOTHING, 0.5)).toBeNull();
  });
});

describe('A point', () => {
  test('is what happened from one status to the next', () => {
    const now: Measured = {
      ...STATUS,
      at: '2026-01-01T00:00:02.000Z',
      commands: [
        { name: 'accepted', count: 8 },
        { name: 'refused', count: 2 },
        { name: 'UNAVAILABLE', count: 4 },
      ],
      commandSeconds: { bounds: [0.01, 0.1], counts: [0, 14], count: 14, sum: 0.5 },
      commitCommands: { bounds: [1, 2, 4, 8], counts: [0, 0, 0, 2], count: 2, sum: 10 },
      readAfterWaiters: [
        { name: 'orders', count: 2 },
        { name: 'sales', count: 1 },
      ],
      cpuSeconds: 2,
    };
    expect(pointOf(STATUS, now)).toMatchObject({
      accepted: 4,
      refused: 1,
      duplicate: 0,
      failed: 2,
      command: { p50: expect.closeTo(55, 6) as number },
      commandCounts: [0, 14, 0],
      groupMean: 5,
      sync: { p50: null, p99: null },
      waiting: 3,
      cpu: 50,
      rssMb: 100,
      heapMb: 50,
    });
  });

  test('counts only what was added to a histogram, each bucket by itself', () => {
    const before = { bounds: [1, 2], counts: [1, 3], count: 4, sum: 6 };
    const now = { bounds: [1, 2], counts: [2, 6], count: 9, sum: 16 };
    expect(between(before, now)).toEqual({ bounds: [1, 2], counts: [1, 3], count: 5, sum: 10 });
    expect(perBucket(between(before, now))).toEqual([1, 2, 2]);
  });
});
