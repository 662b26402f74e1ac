import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A network between a page and the service, which can fail. */
export interface CutProxy {
  /** Where the service is to be found through it. */
  readonly url: string;
  /** Ends every connection as a lost network does, and takes no new ones until `mend`. */
  cut(): void;
  mend(): void;
  /** How many connections are open. */
  open(): number;
}

/** Puts a network before the service at `url`; it is gone when the test is over. */
export async function cutProxy(url: string): Promise<CutProxy> {
  const target = Number(new URL(url).port);
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      // A cut is an error at either end.
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  const drop = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
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
    url: `http://127.0.0.1:${port}`,
    cut: () => {
      whole = false;
      drop();
    },
    mend: () => {
      whole = true;
    },
    open: () => sockets.size / 2,
  };
}
