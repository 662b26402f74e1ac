import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
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
  /** From now on everything takes so long on its way, in each direction. */
  delay(ms: number): void;
  /** Lets new connections through again; those from before are closed. */
  mend(): void;
  /** How many connections are open. */
  open(): number;
}

/** Puts a network before the server at a port, asked for at each connection; it is gone when the test is over. */
export async function networkBefore(target: number | (() => number)): Promise<Network> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: 'whole' | 'cut' | 'frozen' = 'whole';
  let delayMs = 0;
  const server = createServer((near) => {
    if (state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const pair = [near, connect(typeof target === 'number' ? target : target(), '127.0.0.1')] as const;
    pairs.add(pair);
    for (const socket of pair) {
      // A cut is an error at either end.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        for (const end of pair) end.destroy();
        pairs.delete(pair);
      });
    }
    if (state === 'frozen') {
      swallow(pair);
      return;
    }
    passOn(pair[0], pair[1], () => delayMs);
    passOn(pair[1], pair[0], () => delayMs);
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
    delay: (ms) => {
      delayMs = ms;
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
  for (const socket of pair) socket.removeAllListeners('data').removeAllListeners('end').resume();
}

/** What comes from one end goes to the other, after a while, in the order in which it came. */
function passOn(from: Socket, to: Socket, delayMs: () => number): void {
  let turn = Promise.resolve();
  let waiting = 0;
  const later = (work: () => void): void => {
    if (delayMs() === 0 && waiting === 0) {
      work();
      return;
    }
    const due = performance.now() + delayMs();
    waiting += 1;
    turn = turn.then(async () => {
      const leftMs = due - performance.now();
      if (leftMs > 0) await sleep(leftMs);
      waiting -= 1;
      work();
    });
  };
  from.on('data', (chunk: Buffer) => {
    later(() => to.write(chunk));
  });
  from.on('end', () => {
    later(() => to.end());
  });
}
