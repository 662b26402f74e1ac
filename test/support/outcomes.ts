import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { RawSocket } from './raw-socket.js';
import type { Answer, Service, WireError } from './service.js';
import { until } from './until.js';

/** What became of a request, as the catalogue of limits says it: `fine`, `413 BAD_REQUEST`, `close 4429`, `error …`. */
export type Outcome = string;

/** Of an answer over HTTP. */
export function outcomeOf({ status, body }: Answer): Outcome {
  const code = body.errors?.[0]?.extensions.code;
  return status === 200 && code === undefined ? 'fine' : `${status} ${code ?? ''}`;
}

/** Of a subscription: a frame is fine. */
export async function outcomeOfSubscription({ received }: RawSocket, id: string): Promise<Outcome> {
  let outcome = '';
  await until(() => {
    const first = received.find((message) => message.id === id);
    if (first === undefined) throw new Error('There is no answer yet.');
    // The payload of an error is a list of errors.
    outcome =
      first.type === 'next' ? 'fine' : `error ${(first.payload as WireError[])[0]?.extensions.code ?? ''}`;
  });
  return outcome;
}

/** Of a WebSocket that the server is expected to close. */
export async function outcomeOfClose({ closed }: RawSocket): Promise<Outcome> {
  return `close ${await closed}`;
}

/** Of opening a WebSocket. */
export async function outcomeOfUpgrade({ url }: Service): Promise<Outcome> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  onTestFinished(() => {
    socket.terminate();
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => resolve('fine'));
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () =>
        resolve(outcomeOfText(`HTTP/1.1 ${response.statusCode ?? 0} \r\n\r\n${text}`)),
      );
    });
  });
}

/** A connection without an HTTP library. */
export interface RawConnection {
  readonly socket: Socket;
  /** Of the request that was written last: waits for an answer, or for the server to close. */
  readonly outcome: () => Promise<Outcome>;
}

/** Opens a connection; it is cut off when the test is over. */
export async function openConnection({ url }: Service): Promise<RawConnection> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  let received = '';
  let seen = 0;
  socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return {
    socket,
    outcome: async () => {
      // The body follows the head at once: all that is sent here fits one write.
      await until(() => {
        if (!received.slice(seen).includes('\r\n\r\n') && !socket.closed)
          throw new Error('There is no answer.');
      });
      const text = received.slice(seen);
      seen = received.length;
      return text === '' ? 'closed' : outcomeOfText(text);
    },
  };
}

function outcomeOfText(text: string): Outcome {
  const [, status] = /^HTTP\/1\.1 (\d+)/.exec(text) ?? [];
  const [, code] = /"code":"([A-Z_]+)"/.exec(text) ?? [];
  return status === '200' && code === undefined ? 'fine' : `${status ?? text} ${code ?? ''}`;
}
