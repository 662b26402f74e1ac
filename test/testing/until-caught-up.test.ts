import { expect, test } from 'vitest';
import type { Kernel } from '../../src/kernel/index.js';
import { createTestApp, untilCaughtUp } from '../../src/testing/index.js';
import { createOrder } from '../support/order-operations.js';
import { startService } from '../support/service.js';
import { book } from '../kernel/library.js';
import { shelfModule } from './shelf.js';

test('A kernel is waited for, up to a position or to the end of its log', async () => {
  await using app = await createTestApp({ modules: [shelfModule().module] });
  const { kernel } = app;
  await untilCaughtUp(kernel);
  const { position } = await app.send(book.commands.addBook, { title: 'Emma' });
  await untilCaughtUp(kernel, position, { projection: 'library' });
  expect(kernel.status()[0]?.checkpoint).toBe(position);
  await expect(untilCaughtUp(kernel, 99)).rejects.toMatchObject({ code: 'UNKNOWN_POSITION' });
  await expect(untilCaughtUp(kernel, 1, { projection: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  kernel.projectors.get('library')?.pause();
  await app.send(book.commands.addBook, { title: 'Persuasion' });
  await expect(untilCaughtUp(kernel, undefined, { timeoutMs: 20 })).rejects.toThrow(
    'The views had not reached 2 after 20 ms: library is PAUSED at 1.',
  );
});

test('A service is waited for over HTTP', async () => {
  const service = await startService({ dawdleMs: 30 });
  const url = `${service.url}/graphql`;
  const { receipt } = await createOrder(service);
  await untilCaughtUp(url, receipt.position);
  for (const { checkpoint } of service.app.kernel.status()) expect(checkpoint).toBe(await service.head());
  await untilCaughtUp(new URL(url), receipt.position, {
    projection: 'orders',
    headers: { 'x-any': 'thing' },
  });
  const release = service.hold();
  const next = (await createOrder(service)).receipt.position;
  await expect(untilCaughtUp(url, next, { projection: 'orders', timeoutMs: 400 })).rejects.toThrow(
    /had not reached .* after 400 ms: orders is \w+ at /,
  );
  release();
  await untilCaughtUp(url, next);
  await expect(untilCaughtUp(url, next, { projection: 'none' })).rejects.toThrow(/no projection none/);
  const foreign = 'abcdefabcdef-0000000001-0000000000000001';
  await expect(untilCaughtUp(url, foreign)).rejects.toThrow(/is no position of this service/);
  await expect(untilCaughtUp(service.url, next)).rejects.toThrow(/did not say/);
});

test('Each of the two knows positions in its own way', () => {
  // @ts-expect-error: a service returned it as text.
  expect(() => untilCaughtUp('http://127.0.0.1:4000/graphql', 5)).toThrow(TypeError);
  // @ts-expect-error: a kernel counts.
  expect(() => untilCaughtUp({} as Kernel, 'abc-1-2')).toThrow(TypeError);
});
