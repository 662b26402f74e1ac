import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { until } from './until.js';

/** A message of the protocol graphql-transport-ws. */
export interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

/** A WebSocket without a client library, for what a library would not do. */
export interface RawSocket {
  readonly socket: WebSocket;
  readonly received: readonly Message[];
  send(message: Message): void;
  subscribe(id: string, query: string, variables?: object): void;
  /** The first message received of this type (and id). */
  message(type: string, id?: string): Promise<Message>;
  /** The code that the server closed with. */
  readonly closed: Promise<number>;
}

/** Opens a WebSocket and says nothing; it is cut off when the test is over. */
export async function openSocket(url: string, protocol = 'graphql-transport-ws'): Promise<RawSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocol);
  onTestFinished(() => {
    socket.terminate();
  });
  const received: Message[] = [];
  socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString()) as Message));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await once(socket, 'open');
  const send = (message: Message): void => {
    socket.send(JSON.stringify(message));
  };
  return {
    socket,
    received,
    send,
    closed,
    subscribe: (id, query, variables = {}) => {
      send({ id, type: 'subscribe', payload: { query, variables } });
    },
    message: async (type, id) => {
      let found: Message | undefined;
      await until(() => {
        found = received.find((message) => message.type === type && (id === undefined || message.id === id));
        if (found === undefined) throw new Error(`No ${type} among ${JSON.stringify(received)}.`);
      });
      return found as Message;
    },
  };
}

/** Opens a WebSocket that the server has acknowledged. */
export async function openAcknowledged(url: string): Promise<RawSocket> {
  const opened = await openSocket(url);
  opened.send({ type: 'connection_init' });
  await opened.message('connection_ack');
  return opened;
}
