import { once } from 'node:events';
import { createServer } from 'node:net';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { runMain } from '../support/main-process.js';
import { ORDER, mutation } from '../support/order-operations.js';
import { post } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

const CREATE = JSON.stringify({ query: mutation('createOrder'), variables: { input: ORDER } });
const READ_ALL = '{"query":"{ orders { totalCount } }"}';

/** Sends the headers of a POST; resolves when the server has taken them and waits for the body. */
async function halfRequest(
  url: string,
): Promise<(body: string) => Promise<{ status: number; text: string }>> {
  const sending = request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': CREATE.length, expect: '100-continue' },
  });
  sending.flushHeaders();
  await once(sending, 'continue');
  return async (body) => {
    sending.end(body);
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, text: await text(response) };
  };
}

async function refusesConnections(url: string): Promise<void> {
  await until(() => expect(fetch(`${url}/livez`)).rejects.toThrow());
}

describe('The process', () => {
  test('says where the playground and GraphQL are', async () => {
    const service = runMain({ DATA_DIR: tempDir() });
    const url = await service.url();
    expect(service.output()).toMatch(new RegExp(`Playground +${url}/\\n +GraphQL +${url}/graphql`));
    const page = await fetch(`${url}/`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<title>Tidemark');
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`ends with 0 on ${signal}, and goes on where it was when it is started again`, async () => {
      const DATA_DIR = tempDir();
      const first = runMain({ DATA_DIR });
      const url = await first.url();
      const created = await post(url, CREATE);
      const { position } = created.body.data.createOrder.receipt;
      first.signal(signal);
      expect(await first.ended).toBe(0);
      expect(first.output()).not.toMatch(/error|Error/);

      const second = runMain({ DATA_DIR });
      const again = await second.url();
      const read = await post(again, READ_ALL, { 'tidemark-read-after': position });
      expect(read.body.data.orders.totalCount).toBe(1);
      expect(read.body.extensions?.consistency).toMatchObject({ position, stale: false });
      const next = await post(again, CREATE);
      expect(next.body.data.createOrder.receipt.position > position).toBe(true);
    });
  }

  test('answers what is in flight when it is told to end, and takes nothing new', async () => {
    const DATA_DIR = tempDir();
    const service = runMain({ DATA_DIR });
    const url = await service.url();
    const finish = await halfRequest(url);
    service.signal('SIGTERM');
    await refusesConnections(url);
    const answer = await finish(CREATE);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({
      data: { createOrder: { receipt: { status: 'ACCEPTED' } } },
    });
    expect(await service.ended).toBe(0);

    const again = await runMain({ DATA_DIR }).url();
    const { position } = (
      JSON.parse(answer.text) as { data: { createOrder: { receipt: { position: string } } } }
    ).data.createOrder.receipt;
    const read = await post(again, READ_ALL, { 'tidemark-read-after': position });
    expect(read.body.data.orders.totalCount).toBe(1);
  });

  test('ends subscriptions so that clients connect again, and is not held up by idle connections', async () => {
    const service = runMain({ DATA_DIR: tempDir() });
    const url = await service.url();
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    onTestFinished(() => client.dispose());
    const closed: unknown[] = [];
    client.on('closed', (event) => closed.push((event as { code: number }).code));
    const frames = client.iterate({ query: 'subscription { orders { snapshot } }' });
    expect((await frames.next()).value).toMatchObject({ data: { orders: { snapshot: true } } });
    await (await fetch(`${url}/livez`)).text();
    const rest = frames.next().catch(() => undefined);
    service.signal('SIGTERM');
    expect(await service.ended).toBe(0);
    await rest;
    await until(() => expect(closed).toHaveLength(1));
    expect(closed[0]).not.toBe(1006);
  });

  test('that was killed has lost nothing that it acknowledged', async () => {
    const DATA_DIR = tempDir();
    const first = runMain({ DATA_DIR });
    const url = await first.url();
    const receipts = await Promise.all(Array.from({ length: 20 }, () => post(url, CREATE)));
    first.signal('SIGKILL');
    await first.ended;
    const again = await runMain({ DATA_DIR }).url();
    const last =
      receipts
        .map(({ body }) => body.data.createOrder.receipt.position as string)
        .sort()
        .at(-1) ?? '';
    const read = await post(again, READ_ALL, { 'tidemark-read-after': last });
    expect(read.body.data.orders.totalCount).toBe(20);
  });
});

describe('The process does not start', () => {
  test('with a wrong setting, and names variable, value and expectation', async () => {
    const service = runMain({ DATA_DIR: tempDir(), PORT: 'http' });
    expect(await service.ended).toBe(1);
    expect(service.output()).toContain('Tidemark cannot start.');
    expect(service.output()).toContain('PORT=http  expected: a port, 0 to 65535');
    expect(service.output()).not.toMatch(/\n\s+at /);
  });

  test('on a data directory that another process has, which goes on', async () => {
    const DATA_DIR = tempDir();
    const url = await runMain({ DATA_DIR }).url();
    const second = runMain({ DATA_DIR });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`DATA_DIR ${DATA_DIR} is in use by another process`);
    expect(second.output()).not.toMatch(/\n\s+at /);
    expect((await post(url, CREATE)).body.data.createOrder.receipt.status).toBe('ACCEPTED');
  });

  test('on a port that is in use, and says which variable to set', async () => {
    const other = createServer();
    onTestFinished(() => {
      other.close();
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    // A server that listens on TCP has an address of this kind.
    const { port } = other.address() as { port: number };
    const service = runMain({ DATA_DIR: tempDir(), PORT: String(port) });
    expect(await service.ended).toBe(1);
    expect(service.output()).toContain(`${port}: another program listens there. Set PORT to another port.`);
    expect(service.output()).not.toMatch(/\n\s+at /);
  });
});
