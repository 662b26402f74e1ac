import { describe, expect, it } from 'vitest';
import { WAITERS_MAX, createFreshness, deadlineIn } from '../../src/kernel/index.js';

const soon = () => deadlineIn(1);
const late = () => deadlineIn(60_000);

describe('waiting for a position', () => {
  it('ends at once where it has been reached', async () => {
    const freshness = createFreshness(5);
    expect(await freshness.wait(5, deadlineIn(0))).toBe('reached');
    expect(await freshness.wait(1, late(), AbortSignal.abort())).toBe('reached');
    expect(freshness.checkpoint()).toBe(5);
  });

  it('ends when it is announced, and not before', async () => {
    const freshness = createFreshness(0);
    const order: string[] = [];
    const waiting = freshness.wait(3, late()).then((outcome) => order.push(outcome));
    freshness.announce(2);
    await Promise.resolve();
    order.push('announced');
    expect(freshness.waiters()).toBe(1);
    freshness.announce(3);
    await waiting;
    expect(order).toEqual(['announced', 'reached']);
    expect(freshness.waiters()).toBe(0);
  });

  it('ends with a timeout on the deadline, or at once where that has passed', async () => {
    const freshness = createFreshness(0);
    expect(await freshness.wait(1, soon())).toBe('timeout');
    expect(await freshness.wait(1, deadlineIn(-5))).toBe('timeout');
    expect(freshness.waiters()).toBe(0);
  });

  it('ends when it is aborted, or at once where it was', async () => {
    const freshness = createFreshness(0);
    const abort = new AbortController();
    const waiting = freshness.wait(1, late(), abort.signal);
    expect(freshness.waiters()).toBe(1);
    abort.abort();
    expect(await waiting).toBe('aborted');
    expect(await freshness.wait(1, late(), abort.signal)).toBe('aborted');
    expect(freshness.waiters()).toBe(0);
  });

  it('is over once: what comes after the end changes nothing', async () => {
    const freshness = createFreshness(0);
    const abort = new AbortController();
    const waiting = freshness.wait(1, soon(), abort.signal);
    expect(await waiting).toBe('timeout');
    abort.abort();
    freshness.announce(1);
    expect(await waiting).toBe('timeout');
  });

  it('releases those of many whose position was reached, in whatever order they came', async () => {
    const freshness = createFreshness(0);
    const reached: number[] = [];
    const positions = Array.from({ length: 1_000 }, (_, n) => ((n * 7_919) % 1_000) + 1);
    const waits = positions.map((position) =>
      freshness.wait(position, late()).then(() => reached.push(position)),
    );
    freshness.announce(400);
    expect(freshness.waiters()).toBe(600);
    await Promise.resolve();
    await Promise.resolve();
    expect(reached.every((position) => position <= 400)).toBe(true);
    freshness.announce(1_000);
    await Promise.all(waits);
    expect(reached).toHaveLength(1_000);
    expect(freshness.waiters()).toBe(0);
  });

  it('is refused as OVERLOADED where too many wait, and taken again when they have gone', async () => {
    const freshness = createFreshness(0);
    freshness.limitWaiters(2);
    const waits = [freshness.wait(1, late()), freshness.wait(1, late())];
    await expect(freshness.wait(1, late())).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(await freshness.wait(0, late())).toBe('reached');
    freshness.announce(1);
    expect(await Promise.all(waits)).toEqual(['reached', 'reached']);
    expect(await freshness.wait(2, soon())).toBe('timeout');
    expect(WAITERS_MAX).toBeGreaterThan(1_000);
  });
});
