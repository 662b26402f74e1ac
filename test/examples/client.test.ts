import { expect, it } from 'vitest';
import { placeAnOrder } from '../../examples/client/place-order.js';
import { startService } from '../support/service.js';

it('the typed client places an order and reads its own writes back', async () => {
  const { url } = await startService();
  const lines: string[] = [];
  const order = await placeAnOrder(url, (line) => lines.push(line));
  expect(order).toMatchObject({
    status: 'PLACED',
    items: [
      { sku: 'tea', quantity: 2, net: { amount: '21.25' } },
      { sku: 'cup', quantity: 1, net: { amount: '8.00' } },
    ],
    total: { amount: '34.15', currencyCode: 'EUR' },
  });
  expect(lines.map((line) => line.split(/\s+/)[0])).toEqual(['created', 'caught', 'placed', 'read']);
});

it('the typed client reports what the service says of a wrong request', async () => {
  const { url } = await startService();
  const { execute } = await import('../../examples/client/execute.js');
  const { readOrder } = await import('../../examples/client/documents.js');
  const wrong = execute(url, readOrder, { id: 'x', after: 'y' });
  await expect(wrong).rejects.toThrow(/^BAD_USER_INPUT: .*position/i);
});
