import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Sink } from './channel.js';

/** A WebSocket that frames are written to, as fast as its client reads them. */
export interface Outlet {
  /** Where the frames of one of its subscriptions go. */
  sinkOf(id: string): Sink<string>;
}

/** The outlet of a client on its connection; `checkSlowness` is called when more waits for it than may. */
export function createOutlet(
  client: WebSocket,
  connection: Duplex,
  bufferedBytes: number,
  checkSlowness: () => void,
): Outlet {
  let waiting: (() => void)[] = [];
  const drained = (): void => {
    const listeners = waiting;
    waiting = [];
    for (const listener of listeners) listener();
  };
  const isClear = (): boolean => !connection.writableNeedDrain;
  const whenClear = (listener: () => void): void => {
    if (waiting.length === 0) connection.once('drain', drained);
    waiting.push(listener);
  };
  return {
    sinkOf: (id) => {
      const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
      return {
        isClear,
        whenClear,
        send: (payload) => {
          if (client.readyState !== client.OPEN) return;
          client.send(`${head}${payload}}`);
          if (client.bufferedAmount > bufferedBytes) checkSlowness();
        },
      };
    },
  };
}
