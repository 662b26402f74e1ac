import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { overloaded } from './overloaded.js';

/** The most connections of one address at a time, HTTP and WebSocket together, where nobody says. */
export const CONNECTIONS_PER_ADDRESS_MAX = 2_000;

const REFUSAL = overloaded('Too many connections from one address. Close some.');
const ANSWER = [
  `HTTP/1.1 ${REFUSAL.status} Service Unavailable`,
  'connection: close',
  ...pairs(REFUSAL.headers).map(([name, value]) => `${name}: ${value}`),
  '',
  REFUSAL.body,
].join('\r\n');

function pairs(flat: readonly string[]): readonly (readonly [string, string])[] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as const] : []));
}

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
