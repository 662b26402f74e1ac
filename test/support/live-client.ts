import { expect } from 'vitest';
import { openAcknowledged, type Message, type RawSocket } from './raw-socket.js';
import type { Body, Service, Variables } from './service.js';
import { until } from './until.js';

/** A live view over a WebSocket of its own, frame by frame. */
export interface LiveClient {
  readonly socket: RawSocket;
  /** The next frame of the field that is subscribed to, whole. */
  next(): Promise<Body>;
  /** All frames that have come and were not asked for yet. */
  rest(): readonly Body[];
}

/** Subscribes on a socket; on one of its own where none is given. */
export async function watch(
  service: Service,
  query: string,
  variables: Variables = {},
  socket?: RawSocket,
  id = '1',
): Promise<LiveClient> {
  const own = socket ?? (await openAcknowledged(service.url));
  own.subscribe(id, query, variables);
  let taken = 0;
  const frames = (): readonly Message[] =>
    own.received.filter((message) => message.id === id && message.type !== 'complete');
  const bodyOf = ({ type, payload }: Message): Body => {
    if (type === 'error') throw payload;
    return payload as Body;
  };
  return {
    socket: own,
    next: async () => {
      await until(() => expect(frames().length).toBeGreaterThan(taken));
      taken += 1;
      return bodyOf(frames()[taken - 1] as Message);
    },
    rest: () => {
      const left = frames().slice(taken);
      taken += left.length;
      return left.map(bodyOf);
    },
  };
}
