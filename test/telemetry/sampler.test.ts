import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSampler } from '../../src/telemetry/index.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function counting() {
  const taken = { count: 0, started: 0, stopped: 0 };
  const sampler = createSampler({
    take: async () => (taken.count += 1),
    start: () => (taken.started += 1),
    stop: () => (taken.stopped += 1),
  });
  return { taken, sampler };
}

describe('A sampler', () => {
  it('takes one sample at once and then each second, however many watch', async () => {
    const { taken, sampler } = counting();
    const told = [vi.fn(), vi.fn()];
    for (const listener of told) sampler.watch(listener);
    await vi.advanceTimersByTimeAsync(3_500);
    expect(taken).toEqual({ count: 4, started: 1, stopped: 0 });
    for (const listener of told) expect(listener).toHaveBeenCalledTimes(4);
    expect(await sampler.latest()).toBe(4);
  });

  it('takes none while nobody watches, and leaves no timer', async () => {
    const { taken, sampler } = counting();
    const stops = [sampler.watch(() => undefined), sampler.watch(() => undefined)];
    await vi.advanceTimersByTimeAsync(1_500);
    for (const stop of [...stops, ...stops]) stop();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(taken).toEqual({ count: 2, started: 1, stopped: 1 });
  });

  it('goes on with one timer where it is stopped and watched again while it samples', async () => {
    const { taken, sampler } = counting();
    sampler.watch(() => undefined)();
    sampler.watch(() => undefined);
    await vi.advanceTimersByTimeAsync(2_500);
    expect(taken).toEqual({ count: 4, started: 2, stopped: 1 });
    expect(vi.getTimerCount()).toBe(1);
  });

  it('tells of a failure, and tries again', async () => {
    let fail = true;
    const sampler = createSampler({
      take: async () => {
        if (fail) throw new Error('not now');
        return 1;
      },
    });
    const told = vi.fn();
    sampler.watch(told);
    await vi.advanceTimersByTimeAsync(0);
    await expect(sampler.latest()).rejects.toThrow('not now');
    fail = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toHaveBeenCalledTimes(2);
    expect(await sampler.latest()).toBe(1);
  });
});
