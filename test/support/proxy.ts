import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A network between a node and its server that can stop carrying anything. */
export interface Proxy {
  readonly port: number;
  /** From now on nothing gets through, and nobody is told: connections stay open. */
  freeze(): void;
  /** Lets new connections through again; those from before are closed. */
  thaw(): void;
}

/** A proxy to a port of this machine; it ends with the test. */
export async function startProxy(to: number): Promise<Proxy> {
  const pairs = new Set<readonly Socket[]>();
  let frozen = false;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    const pair = [near, far];
    pairs.add(pair);
    const end = (): void => {
      for (const socket of pair) socket.destroy();
      pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    near.on('data', (chunk) => frozen || far.write(chunk));
    far.on('data', (chunk) => frozen || near.write(chunk));
  });
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    cut();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    port: address.port,
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      cut();
      frozen = false;
    },
  };
}
