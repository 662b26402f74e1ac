import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { until } from './until.js';

/** What is right for a case; lists say what is allowed. */
export interface Expected {
  readonly status?: readonly (number | 'close')[];
  readonly code?: readonly string[];
  readonly mustError?: boolean;
  readonly not?: readonly string[];
  readonly close?: readonly number[];
  readonly handshake?: readonly number[];
  readonly frame?: string;
  readonly headersNot?: Readonly<Record<string, object>>;
  readonly writes?: boolean;
}

type Body = string | { readonly base64: string } | { readonly gzipZeros: number };
type TcpStep = string | { readonly wait: number } | { readonly end: true };
type WsStep =
  | { readonly send: object }
  | { readonly raw: string }
  | { readonly await: string }
  | { readonly frame: readonly number[] };

interface Base {
  readonly id: string;
  readonly title: string;
  readonly expect: Expected;
}

/** One bad input. */
export type BadInput =
  | (Base & {
      readonly kind: 'http';
      readonly method: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: Body;
    })
  | (Base & { readonly kind: 'tcp'; readonly bytes: readonly TcpStep[] })
  | (Base & {
      readonly kind: 'ws';
      readonly protocol: string | null;
      readonly path: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly steps: readonly WsStep[];
    });

/** What came back: the status or close code, headers, and everything that was said. */
export interface Outcome {
  readonly status: number | 'close';
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The types of the frames of a WebSocket. */
  readonly frames: readonly string[];
}

function bytesOf(body: Body | undefined): string | Buffer | undefined {
  if (body === undefined || typeof body === 'string') return body;
  return 'base64' in body ? Buffer.from(body.base64, 'base64') : gzipSync(Buffer.alloc(body.gzipZeros));
}

/** Sends an HTTP case, with these headers besides its own. */
export async function sendHttp(
  url: string,
  { method, path, headers, body }: BadInput & { kind: 'http' },
  more: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const bytes = bytesOf(body);
  const length = bytes === undefined ? {} : { 'content-length': Buffer.byteLength(bytes) };
  const sending = httpRequest(`${url}${path}`, { method, headers: { ...more, ...length, ...headers } });
  // A body that is refused before it has been sent whole ends in an error, behind the answer.
  sending.on('error', () => undefined);
  sending.end(bytes);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    text: await text(response),
    headers: response.headers,
    frames: [],
  };
}

async function write(socket: Socket, bytes: readonly TcpStep[]): Promise<void> {
  for (const step of bytes) {
    if (socket.destroyed) return;
    if (typeof step === 'string') socket.write(step);
    else if ('wait' in step) await Promise.race([sleep(step.wait), once(socket, 'close')]);
    else socket.end();
  }
}

/** Writes the bytes of a TCP case; what was answered until the server closed the connection, or had answered. */
export async function sendTcp(url: string, { bytes }: BadInput & { kind: 'tcp' }): Promise<Outcome> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => {
    socket.destroy();
  });
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  await write(socket, bytes);
  await until(() => {
    if (received === '' && !socket.closed) throw new Error('Neither an answer nor an end.');
  });
  const status = /^HTTP\/1\.1 (\d{3})/.exec(received)?.[1];
  return { status: status === undefined ? 'close' : Number(status), text: received, headers: {}, frames: [] };
}

/** Plays a WebSocket case to its end: the close code, or what it was answered before `frame` came. */
export async function playWs(
  url: string,
  { protocol, path, headers = {}, steps, expect: { frame } }: BadInput & { kind: 'ws' },
  authorization: string,
): Promise<Outcome> {
  const options = { headers, perMessageDeflate: 'sec-websocket-extensions' in headers };
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, protocol ?? [], options);
  onTestFinished(() => {
    socket.terminate();
  });
  const received: { type: string }[] = [];
  let upgrade: IncomingMessage | undefined;
  let end: number | undefined;
  socket.on('upgrade', (response) => (upgrade = response));
  socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString()) as { type: string }));
  socket.on('unexpected-response', (_request, { statusCode = 0 }) => (end = statusCode));
  socket.on('error', () => undefined);
  socket.on('close', (code) => (end ??= code));
  const has = (type: string): boolean => received.some((message) => message.type === type);
  await until(() => {
    if (socket.readyState === WebSocket.CONNECTING && end === undefined) throw new Error('No handshake.');
  });
  for (const step of steps) {
    if ('send' in step) socket.send(JSON.stringify(withToken(step.send, authorization)));
    else if ('raw' in step) socket.send(step.raw);
    else if ('frame' in step) tcpOf(socket).write(Buffer.from(step.frame));
    else await until(() => has(step.await) || fail(`No ${step.await}.`));
  }
  await until(() => end !== undefined || (frame !== undefined && has(frame)) || fail('No answer.'));
  return {
    status: end ?? 'close',
    text: JSON.stringify(received),
    headers: upgrade?.headers ?? {},
    frames: received.map(({ type }) => type),
  };
}

/** A client that has a token sends it; a case that sends another keeps it. */
function withToken(message: object, authorization: string): object {
  const { type, payload } = message as { type?: string; payload?: object };
  return type === 'connection_init' ? { ...message, payload: { authorization, ...payload } } : message;
}

/** The connection below: for frames that the library would never send. */
function tcpOf(socket: WebSocket): Socket {
  return (socket as unknown as { _socket: Socket })._socket;
}

function fail(message: string): never {
  throw new Error(message);
}
