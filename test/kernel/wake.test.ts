import { describe, expect, it } from 'vitest';
import { createWake } from '../../src/kernel/wake.js';

describe('a wake-up', () => {
  it('ends a wait', async () => {
    const wake = createWake();
    const waiting = wake.wait();
    wake.call();
    await waiting;
  });

  it('is not lost when it comes before the wait', async () => {
    const wake = createWake();
    wake.call();
    await wake.wait();
  });

  it('ends one wait only, however often it was called before', async () => {
    const wake = createWake();
    wake.call();
    wake.call();
    await wake.wait();
    const order: string[] = [];
    const next = wake.wait().then(() => order.push('woken'));
    await Promise.resolve();
    order.push('called');
    wake.call();
    await next;
    expect(order).toEqual(['called', 'woken']);
  });

  it('is not needed where the wait has a timeout', async () => {
    await createWake().wait(1);
  });

  it('that comes after a timeout ends the next wait', async () => {
    const wake = createWake();
    await wake.wait(1);
    wake.call();
    await wake.wait();
  });

  it('loses nothing of 10,000 tasks handed over in every possible turn', async () => {
    const wake = createWake();
    const queue: number[] = [];
    let done = 0;
    const worker = (async () => {
      while (done < 10_000) {
        if (queue.shift() === undefined) await wake.wait();
        else done += 1;
      }
    })();
    for (let n = 0; n < 10_000; n += 1) {
      queue.push(n);
      wake.call();
      for (let turns = n % 4; turns > 0; turns -= 1) await Promise.resolve();
    }
    await worker;
    expect(done).toBe(10_000);
  });
});
