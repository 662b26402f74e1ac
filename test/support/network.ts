import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A network before a server of this machine, which can fail. */
export interface Network {
  /** Where the server is to be found through it. */
  readonly port: number;
  /** The same for one that speaks HTTP. */
  readonly url: string;
  /** Ends every connection as a lost network does, and takes no new ones until `mend`. */
  cut(): void;
  /** From now on nothing gets through, and nobody is told: connections stay open. */
  freeze(): void;
  /** Lets new connections through again; those from before are closed. */
  mend(): void;
  /** How many connections are open. */
  open(): number;
}

/** Puts a network before the server at a port; it is gone when the test is over. */
export async function networkBefore(target: number): Promise<Network> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: 'whole' | 'cut' | 'frozen' = 'whole';
  const server = createServer((near) => {
    if (state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const pair = [near, connect(target, '127.0.0.1')] as const;
    pairs.add(pair);
    for (const socket of pair) {
      // A cut is an error at either end.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        for (const end of pair) end.destroy();
        pairs.delete(pair);
      });
    }
    if (state === 'frozen') swallow(pair);
    else pair[0].pipe(pair[1]).pipe(pair[0]);
  });
  const drop = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    drop();
    server.close();
  });
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    cut: () => {
      state = 'cut';
      drop();
    },
    freeze: () => {
      state = 'frozen';
      for (const pair of pairs) swallow(pair);
    },
    mend: () => {
      drop();
      state = 'whole';
    },
    open: () => pairs.size,
  };
}

/** Reads what comes from either end, and passes nothing on. */
function swallow(pair: readonly Socket[]): void {
  for (const socket of pair) socket.unpipe().resume();
}
