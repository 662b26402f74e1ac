import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { expect, onTestFinished, test } from 'vitest';
import { createStandIn } from '../../src/graphql/index.js';
import { post } from '../support/service.js';

test('What stands in for a service waits for its port, refuses all there is with what to do, and leaves when it is told', async () => {
  const before = createServer().listen(0, '127.0.0.1');
  await once(before, 'listening');
  const { port } = before.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const standIn = createStandIn({
    host: '127.0.0.1',
    port,
    reason: 'It is being mended.',
    message: 'Later.',
  });
  onTestFinished(() => standIn.close());
  const opening = standIn.open();
  before.close();
  await opening;

  const answer = await post(url, '{"query":"{ __typename }"}');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(answer.body.errors).toEqual([{ message: 'Later.', extensions: { code: 'UNAVAILABLE' } }]);
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ log: { writable: false, reason: 'It is being mended.' } });
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toMatch(/503/);

  await standIn.close();
  await expect(fetch(`${url}/livez`)).rejects.toThrow();
  await standIn.open();
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});
