import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../../src/graphql/index.js';
import { NEVER_FACTOR, slownessOf } from '../../src/graphql/socket-limits.js';
import { createOrder } from '../support/order-operations.js';
import { openAcknowledged } from '../support/raw-socket.js';
import { startService } from '../support/service.js';
import { settled } from '../support/some-orders.js';

describe('A reader is too slow', () => {
  function at(steps: readonly (readonly [now: number, buffered: number])[]): boolean[] {
    let [now, buffered] = [0, 0];
    const isSlow = slownessOf(
      () => buffered,
      defaultLimits,
      () => now,
    );
    return steps.map((step) => {
      [now, buffered] = step;
      return isSlow();
    });
  }
  const { bufferedBytes, slowReaderMs } = defaultLimits;
  const OVER = bufferedBytes + 1;
  const NEVER = NEVER_FACTOR * bufferedBytes;

  test('when more than 1 MB waits for it for longer than a second', () => {
    expect(
      at([
        [0, OVER],
        [slowReaderMs, OVER],
        [slowReaderMs + 1, OVER],
      ]),
    ).toEqual([false, false, true]);
    expect(
      at([
        [0, bufferedBytes],
        [5_000, bufferedBytes],
      ]),
    ).toEqual([false, false]);
  });

  test('not when it had caught up in between', () => {
    expect(
      at([
        [0, OVER],
        [500, 0],
        [1_400, OVER],
        [2_000, OVER],
      ]),
    ).toEqual([false, false, false, false]);
  });

  test('at once when more waits than any frames may come to', () => {
    expect(
      at([
        [0, NEVER],
        [0, NEVER + 1],
      ]),
    ).toEqual([false, true]);
  });
});

describe('A WebSocket', () => {
  test('that asks for much and reads nothing is cut off, and the others are served', async () => {
    const service = await startService();
    const items = Array.from({ length: 100 }, (_, index) => ({
      sku: `SKU-${index}`,
      name: 'x'.repeat(100),
      quantity: 1,
      unitPrice: '1.00',
    }));
    for (let count = 0; count < 60; count += 1) await createOrder(service, { items });
    await settled(service);
    const LIST =
      'subscription { orders { changes { order { items { sku name gross { amount currencyCode } } } } } }';
    const deaf = await openAcknowledged(service.url);
    deaf.socket.pause();
    const rounds = 50;
    for (let id = 1; id <= rounds; id += 1) deaf.subscribe(String(id), LIST);
    const other = await openAcknowledged(service.url);
    other.subscribe('1', LIST);
    await other.message('next', '1');
    expect((await service.gql('{ orders { totalCount } }')).status).toBe(200);
    await expect
      .poll(async () => (await fetch(`${service.url}/metrics`)).text(), { timeout: 20_000 })
      .toMatch(/tidemark_websockets 1\n/);
    deaf.socket.resume();
    expect(await deaf.closed).toBe(1006);
    expect(deaf.received.length).toBeLessThan(rounds);
    expect(service.logged).toEqual([]);
  });

  test('that sends too many messages in a second is closed with 4429', async () => {
    const service = await startService();
    const socket = await openAcknowledged(service.url);
    for (let count = 0; count <= 2 * defaultLimits.messagesPerSecond; count += 1)
      socket.send({ type: 'ping' });
    expect(await socket.closed).toBe(4429);
    expect((await service.gql('{ __typename }')).status).toBe(200);
  });
});
