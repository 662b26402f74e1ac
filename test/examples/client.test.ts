import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { readOrder } from '../../examples/client/documents.js';
import { placeAnOrder } from '../../examples/client/place-order.js';
import { createClient, unwrap, type Client } from '../../src/client/index.js';
import { startService } from '../support/service.js';

async function open(): Promise<Client> {
  const { url } = await startService({ dawdleMs: 10 });
  const client = createClient({ url: `${url}/graphql`, webSocketImpl: WebSocket });
  onTestFinished(() => client.dispose());
  return client;
}

it('the typed client places an order and reads its own writes back', async () => {
  const lines: string[] = [];
  const order = await placeAnOrder(await open(), (line) => lines.push(line));
  expect(order).toMatchObject({
    status: 'PLACED',
    items: [
      { sku: 'tea', quantity: 2, net: { amount: '21.25' } },
      { sku: 'cup', quantity: 1, net: { amount: '8.00' } },
    ],
    total: { amount: '34.15', currencyCode: 'EUR' },
  });
  expect(
    lines.map((line) =>
      line
        .split(/\s+/)
        .slice(0, line.startsWith('live') ? 2 : 1)
        .join(' '),
    ),
  ).toEqual(['created', 'live DRAFT', 'placed', 'live PLACED', 'read']);
});

it('the typed client reports what the service says of a wrong request', async () => {
  const client = await open();
  // @ts-expect-error an order is read by its id
  const wrong = client.query(readOrder, {});
  expect(() => unwrap({ ...EMPTY, errors: [] })).toThrow('without data');
  await expect(wrong.then(unwrap)).rejects.toThrow(/^BAD_USER_INPUT: .*id/);
});

const EMPTY = {
  data: undefined,
  consistency: undefined,
  written: undefined,
  position: undefined,
  commandId: undefined,
};
