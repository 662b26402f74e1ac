import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Limits } from './limits/index.js';
import { asText, overloaded, readyAnswer } from './ready-answer.js';

const REFUSAL = asText(overloaded('Too many connections from one address. Close some.'));

/** Answers an address that has too many connections already with 503, before anything of the request is read. */
export function limitConnections(
  server: Server,
  { connectionsPerAddress }: Pick<Limits, 'connectionsPerAddress'>,
): void {
  const counts = new Map<string, number>();
  server.prependListener('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    });
    if (count <= connectionsPerAddress) return;
    socket.write(REFUSAL);
    socket.destroySoon();
  });
}

/** Gives requests that Node itself refuses (a head that is too large, too slow, or none) a coded answer. */
export function answerBadRequests(server: Server, { headersBytes }: Pick<Limits, 'headersBytes'>): void {
  const answering = new WeakMap<Socket, ServerResponse>();
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.set(socket, response);
  });
  const tooLarge = readyAnswer(431, 'BAD_REQUEST', `The head of the request is over ${headersBytes} bytes.`);
  const answers: Readonly<Record<string, string>> = {
    HPE_HEADER_OVERFLOW: asText(tooLarge),
    ERR_HTTP_REQUEST_TIMEOUT: asText(readyAnswer(408, 'TIMEOUT', 'The request took too long to come.')),
  };
  const other = asText(readyAnswer(400, 'BAD_REQUEST', 'This is not a request of HTTP/1.1.'));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const { code = '' } = error;
    // In the middle of an answer another one would only be taken for a part of it.
    const response = answering.get(socket);
    const isFree = response === undefined || response.writableFinished || !response.headersSent;
    if (code === 'ECONNRESET' || !socket.writable || !isFree) {
      socket.destroy();
      return;
    }
    socket.write(answers[code] ?? other);
    socket.destroySoon();
  });
}
