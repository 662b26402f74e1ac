import { expect } from 'vitest';
import { order } from '../../src/orders/index.js';
import { ORDER, createOrder, send } from './order-operations.js';
import {
  openConnection,
  outcomeOf,
  outcomeOfClose,
  outcomeOfSubscription,
  type Outcome,
} from './outcomes.js';
import { openAcknowledged, type RawSocket } from './raw-socket.js';
import { post, type Service, type Variables } from './service.js';
import { settled } from './some-orders.js';
import { until } from './until.js';

/** A request of a page, which is answered at once; the blank line is missing. */
export const GET = 'GET /livez HTTP/1.1\r\nhost: x\r\n';
/** The head of an operation, without the blank line. */
export const HEAD = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
/** A small query: 11 tokens, two levels, a cost of 2. */
export const COUNT = '{ orders(first: 1) { totalCount } }';
const READ =
  'query Read($after: Position!) @readAfter(position: $after, timeoutMs: 5000) { orders { totalCount } }';
const LIVE = 'subscription { orders { changes { order { items { sku name gross { amount } } } } } }';
const CAUGHT_UP =
  'subscription ($position: Position!) { projectionCaughtUp(position: $position) { position } }';

/** Asks a query. */
export const ask = async (service: Service, query: string, variables?: Variables): Promise<Outcome> =>
  outcomeOf(await service.gql(query, variables));
/** Asks this query. */
export const asking = (query: string, variables?: Variables) => (service: Service) =>
  ask(service, query, variables);
/** Sends variables that nothing declares. */
export const withVariables = (variables: Variables) => asking('{ __typename }', variables);

/** A read that waits for a projection which stands still; `release` lets it go on. */
export async function waitingRead(
  service: Service,
): Promise<{ read: Promise<Outcome>; release: () => void }> {
  const release = service.hold();
  const { receipt } = await createOrder(service);
  const read = ask(service, READ, { after: receipt.position });
  const { freshness } = service.app.kernel.projectors.get('orders')!;
  await until(() => expect(freshness.waiters()).toBe(1));
  return { read, release };
}

/** With one read waiting, another one. */
export async function secondWaiter(service: Service): Promise<Outcome> {
  const { read, release } = await waitingRead(service);
  const { receipt } = await createOrder(service);
  const outcome = await ask(service, READ, { after: receipt.position });
  release();
  expect(await read).toBe('fine');
  return outcome;
}

/** With one read running, two more: the queue has a place for one of them only. */
export async function overQueue(service: Service): Promise<Outcome> {
  const { read, release } = await waitingRead(service);
  const others = [ask(service, COUNT), ask(service, COUNT)];
  const first = await Promise.race(others);
  release();
  expect((await Promise.all([read, ...others])).filter((outcome) => outcome === 'fine')).toHaveLength(2);
  return first;
}

/** Asks for a page with further headers. */
export async function rawGet(service: Service, more = ''): Promise<Outcome> {
  const connection = await openConnection(service);
  connection.socket.write(`${GET}${more}\r\n`);
  return connection.outcome();
}

/** Writes what is to be the beginning of a request. */
export async function rawPost(service: Service, head: string): Promise<Outcome> {
  const connection = await openConnection(service);
  connection.socket.write(head);
  return connection.outcome();
}

/** A query of so many bytes. */
export const bodyOf = (bytes: number): string => {
  const empty = JSON.stringify({ query: '{ __typename }', pad: '' });
  return JSON.stringify({ query: '{ __typename }', pad: 'x'.repeat(bytes - empty.length) });
};
/** Sends so many operations at once. */
export const batchOf = (count: number) => async (service: Service) =>
  outcomeOf(await post(service.url, JSON.stringify(Array(count).fill({ query: COUNT }))));

/** Reads after a position, waiting at most so long. */
export async function readAfter(service: Service, timeoutMs: number): Promise<Outcome> {
  const { receipt } = await createOrder(service);
  return ask(service, READ.replace('5000', String(timeoutMs)), { after: receipt.position });
}

/** A command that is never stored, and another one. */
export async function besidesHangingCommand(service: Service): Promise<Outcome> {
  const { log } = service.app.kernel;
  const append = log.append.bind(log);
  let [hanging, goOn] = [false, (): void => undefined];
  const opened = new Promise<void>((resolve) => (goOn = resolve));
  const hang: typeof log.append = async (what) => {
    hanging = true;
    await opened;
    return append(what);
  };
  Object.assign(log, { append: hang });
  const first = send(service, 'createOrder', ORDER);
  await until(() => expect(hanging).toBe(true));
  const outcome = outcomeOf(await send(service, 'createOrder', ORDER));
  goOn();
  expect(outcomeOf(await first)).toBe('fine');
  return outcome;
}

/** A ping of so many bytes. */
export const ping = (bytes: number): string => {
  const empty = JSON.stringify({ type: 'ping', payload: { pad: '' } });
  return JSON.stringify({ type: 'ping', payload: { pad: 'x'.repeat(bytes - empty.length) } });
};

/** Sends messages, and waits for a pong to each. */
export async function pinged(socket: RawSocket, messages: readonly string[]): Promise<Outcome> {
  for (const message of messages) socket.socket.send(message);
  const pongs = (): number => socket.received.filter(({ type }) => type === 'pong').length;
  const fine = until(() => expect(pongs()).toBe(messages.length)).then(() => 'fine');
  return Promise.race([fine, outcomeOfClose(socket)]);
}

/** Opens so many subscriptions. */
export async function subscriptions(service: Service, count: number): Promise<Outcome> {
  const socket = await openAcknowledged(service.url);
  for (let id = 1; id <= count; id += 1) {
    socket.subscribe(String(id), 'subscription { orders { position } }');
    const outcome = await outcomeOfSubscription(socket, String(id));
    if (outcome !== 'fine') return outcome;
  }
  return 'fine';
}

/** Waits for a projection to catch up, which it does unless it is held. */
export async function caughtUp(service: Service, held: boolean): Promise<Outcome> {
  if (held) service.hold();
  const { receipt } = await createOrder(service);
  if (!held) await settled(service);
  const socket = await openAcknowledged(service.url);
  socket.subscribe('1', CAUGHT_UP, { position: receipt.position });
  return outcomeOfSubscription(socket, '1');
}

/** More than the sockets of both sides hold, for a client that reads none of it. */
export async function deafReader(service: Service): Promise<Outcome> {
  const { commands } = service.app.kernel;
  const items = Array.from({ length: 100 }, (_, nth) => ({ sku: `${nth}`, quantity: 1, unitPrice: '1.00' }));
  for (let count = 0; count < 60; count += 1)
    await commands.send(order.commands.createOrder, { ...ORDER, items });
  await settled(service);
  const socket = await openAcknowledged(service.url);
  socket.socket.pause();
  for (let id = 1; id <= 50; id += 1) socket.subscribe(String(id), LIVE);
  const metrics = async (): Promise<string> => (await fetch(`${service.url}/metrics`)).text();
  await until(async () => expect((await metrics()).includes('tidemark_websockets 0\n')).toBe(true));
  socket.socket.resume();
  return outcomeOfClose(socket);
}

/** One small frame, and a client that goes away again. */
export async function quickReader(service: Service): Promise<Outcome> {
  const socket = await openAcknowledged(service.url);
  socket.subscribe('1', LIVE);
  const outcome = await outcomeOfSubscription(socket, '1');
  socket.socket.close();
  await socket.closed;
  return outcome;
}
