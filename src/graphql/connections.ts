import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The most connections of one address at a time, HTTP and WebSocket together, where nobody says. */
export const CONNECTIONS_PER_ADDRESS_MAX = 2_000;

const BODY = JSON.stringify({
  errors: [
    { message: 'Too many connections from one address. Close some.', extensions: { code: 'OVERLOADED' } },
  ],
});
const ANSWER = [
  'HTTP/1.1 503 Service Unavailable',
  'retry-after: 5',
  'connection: close',
  'content-type: application/json; charset=utf-8',
  `content-length: ${BODY.length}`,
  '',
  BODY,
].join('\r\n');

/** Answers an address that has this many connections already with 503, before anything of the request is read. */
export function limitConnections(server: Server, perAddressMax: number): void {
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
    if (count <= perAddressMax) return;
    socket.write(ANSWER);
    socket.destroySoon();
  });
}
