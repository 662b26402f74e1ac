import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { changingNothing } from '../support/refusals.js';
import { startService, type Service } from '../support/service.js';
import { until } from '../support/until.js';

const HEAD = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

async function open({ url }: Service): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  return { socket, received: () => received };
}

test('A client that never ends its headers, or its body, is cut off with 408', async () => {
  const service = await startService();
  await changingNothing(service, async () => {
    const headers = await open(service);
    headers.socket.write(`${HEAD}a`);
    const body = await open(service);
    body.socket.write(`${HEAD}content-length: 400\r\n\r\n{"query":"mutation`);
    await Promise.all([once(headers.socket, 'close'), once(body.socket, 'close')]);
    expect(headers.received()).toMatch(/^HTTP\/1\.1 408 /);
    expect(body.received()).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

test('A client that goes away in the middle of a command changes nothing, and is no failure of the service', async () => {
  const service = await startService();
  await changingNothing(service, async () => {
    const { socket } = await open(service);
    // The server has taken the headers once it asks for the body.
    socket.write(`${HEAD}expect: 100-continue\r\ncontent-length: 400\r\n\r\n{"query":"mutation`);
    await once(socket, 'data');
    socket.resetAndDestroy();
    await once(socket, 'close');
    await until(async () => expect((await service.gql('{ __typename }')).status).toBe(200));
  });
});

test('A body that promises 1 GB is refused before it is read', async () => {
  const service = await startService();
  const { socket, received } = await open(service);
  socket.write(`${HEAD}content-length: 1073741824\r\n\r\n{`);
  await once(socket, 'close');
  expect(received()).toMatch(/^HTTP\/1\.1 413 /);
  expect(received()).toContain('The body is over 262144 bytes.');
});

test('Requests that two servers could read differently are refused', async () => {
  const service = await startService();
  await changingNothing(service, async () => {
    for (const request of [
      `${HEAD}content-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n`,
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n',
      'GET / HTTP/3.7\r\nhost: x\r\n\r\n',
      '\u0016\u0003\u0001\r\n\r\n',
    ]) {
      const { socket, received } = await open(service);
      socket.write(request);
      await once(socket, 'close');
      expect(received()).toMatch(/^(HTTP\/1\.1 (400|505) .*)?/);
      expect(received()).not.toContain(' 200 ');
    }
  });
});
