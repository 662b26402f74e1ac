import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { runMain } from '../support/main-process.js';
import { ORDER, mutation } from '../support/order-operations.js';
import { post } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

const CREATE = JSON.stringify({ query: mutation('createOrder'), variables: { input: ORDER } });

/** A socket with a running subscription, past its first frame. */
async function subscribed(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  onTestFinished(() => {
    socket.terminate();
  });
  await once(socket, 'open');
  const framed = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      if (data.toString().includes('"next"')) resolve();
    });
  });
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  const payload = { query: 'subscription { orders { snapshot } }' };
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
  await framed;
  return socket;
}

/** A request whose headers have arrived and whose body has not: it is in flight until it is cut off. */
async function heldRequest(url: string): Promise<void> {
  const held = request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': 10, expect: '100-continue' },
  });
  held.on('error', () => undefined);
  onTestFinished(() => {
    held.destroy();
  });
  held.flushHeaders();
  await once(held, 'continue');
}

describe('a service that is told to stop', () => {
  it('closes subscriptions with a code on which clients connect again, and leaves no WAL behind', async () => {
    const DATA_DIR = tempDir();
    const service = runMain({ DATA_DIR });
    const url = await service.url();
    const socket = await subscribed(url);
    expect((await post(url, CREATE)).body.errors).toBeUndefined();
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    service.signal('SIGTERM');
    expect(await service.ended).toBe(0);
    // 1001, going away: a graphql-ws client connects again and subscribes anew.
    expect((await closed)[0]).toBe(1001);
    const left = readdirSync(DATA_DIR, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => /-wal$|-shm$|-journal$/.test(name))).toEqual([]);

    const again = await runMain({ DATA_DIR }).url();
    await until(async () => {
      const { body } = await post(again, '{"query":"{ orders { totalCount } }"}');
      expect(body.data.orders.totalCount).toBe(1);
    });
  });

  it('is not held up by a client that does not answer', async () => {
    const DATA_DIR = tempDir();
    const service = runMain({ DATA_DIR });
    const socket = await subscribed(await service.url());
    socket.pause();
    service.signal('SIGTERM');
    expect(await service.ended).toBe(0);
    expect(readdirSync(DATA_DIR).filter((name) => name.endsWith('-wal'))).toEqual([]);
  });

  it('ends at once with a failure when it is told a second time', async () => {
    const service = runMain({ DATA_DIR: tempDir() });
    const url = await service.url();
    await heldRequest(url);
    service.signal('SIGTERM');
    await until(() => expect(fetch(`${url}/livez`)).rejects.toThrow());
    service.signal('SIGTERM');
    expect(await service.ended).toBe(1);
  });
});
