import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { accepted, createOrder } from '../support/order-operations.js';
import { openAcknowledged, openSocket } from '../support/raw-socket.js';
import { startService, type Service } from '../support/service.js';
import { until } from '../support/until.js';

const ORDERS = 'subscription { orders { snapshot changes { kind } } }';
const CAUGHT_UP =
  'subscription Wait($position: Position!) { projectionCaughtUp(position: $position) { position } }';

function waiters({ app }: Service): number {
  return [...app.kernel.projectors.values()].reduce((sum, { freshness }) => sum + freshness.waiters(), 0);
}

/** Counts those who follow the changes of a projection: `listening()` is how many there are now. */
function countListeners({ app }: Service): () => number {
  let count = 0;
  for (const { feed } of app.kernel.projectors.values()) {
    const follow = feed.follow.bind(feed);
    const counted: typeof follow = (what, follower) => {
      const stop = follow(what, follower);
      count += 1;
      return () => {
        count -= 1;
        stop();
      };
    };
    Object.assign(feed, { follow: counted });
  }
  return () => count;
}

/** The position after the log's last event, which no view has while the projections stand still. */
async function heldPosition(service: Service): Promise<string> {
  service.hold();
  return (await createOrder(service)).receipt.position;
}

describe('A WebSocket', () => {
  test('that does not say connection_init is closed with 4408', async () => {
    const service = await startService();
    const { closed, received } = await openSocket(service.url);
    expect(await closed).toBe(4408);
    expect(received).toEqual([]);
  });

  test('that subscribes before connection_ack is closed with 4401', async () => {
    const service = await startService();
    const socket = await openSocket(service.url);
    socket.subscribe('1', ORDERS);
    expect(await socket.closed).toBe(4401);
  });

  test('that says connection_init twice is closed with 4429', async () => {
    const service = await startService();
    const socket = await openAcknowledged(service.url);
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toBe(4429);
  });

  test('of the legacy protocol is refused', async () => {
    const service = await startService();
    for (const protocols of [['graphql-ws'], []]) {
      const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, protocols);
      const outcome = await Promise.race([
        once(socket, 'error').then(() => 'refused'),
        once(socket, 'close').then(([code]) => code as number),
      ]);
      expect(['refused', 4406], protocols.join()).toContain(outcome);
    }
  });

  test('on another path is refused', async () => {
    const service = await startService();
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}/livez`, 'graphql-transport-ws');
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('404');
  });

  test('that sends a message over 64 kB is closed with 1009', async () => {
    const service = await startService();
    const socket = await openAcknowledged(service.url);
    socket.subscribe('1', `# ${'x'.repeat(65_536)}\n${ORDERS}`);
    expect(await socket.closed).toBe(1009);
  });

  test('takes a message of up to 64 kB', async () => {
    const service = await startService();
    const socket = await openAcknowledged(service.url);
    socket.subscribe('1', `# ${'x'.repeat(65_000)}\n${ORDERS}`);
    await socket.message('next', '1');
  });

  for (const message of [
    'nonsense',
    'null',
    '[]',
    '{}',
    '{"type":"evil"}',
    '{"id":"1","type":"subscribe"}',
  ]) {
    test(`that sends ${message} is closed with 4400`, async () => {
      const service = await startService();
      const socket = await openAcknowledged(service.url);
      socket.socket.send(message);
      expect(await socket.closed).toBe(4400);
      expect((await service.gql('{ __typename }')).status).toBe(200);
    });
  }

  test('that uses an id twice is closed with 4409', async () => {
    const service = await startService();
    const socket = await openAcknowledged(service.url);
    socket.subscribe('1', ORDERS);
    await socket.message('next', '1');
    socket.subscribe('1', ORDERS);
    expect(await socket.closed).toBe(4409);
  });

  test('is not compressed', async () => {
    const service = await startService();
    const { socket } = await openAcknowledged(service.url);
    expect(socket.extensions).toBe('');
  });

  test('answers a ping', async () => {
    const service = await startService();
    const socket = await openAcknowledged(service.url);
    socket.send({ type: 'ping' });
    await socket.message('pong');
  });

  test('goes on after an operation that was refused', async () => {
    const service = await startService();
    const socket = await openAcknowledged(service.url);
    socket.subscribe('bad', 'subscription {');
    const { payload } = await socket.message('error', 'bad');
    expect(payload).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
    socket.subscribe('good', ORDERS);
    await socket.message('next', 'good');
  });

  test('may have 50 subscriptions, and one more once one has ended', async () => {
    const service = await startService();
    const socket = await openAcknowledged(service.url);
    for (let id = 1; id <= 51; id += 1) socket.subscribe(String(id), ORDERS);
    const { payload } = await socket.message('error', '51');
    expect(payload).toMatchObject([
      { message: expect.stringContaining('50 subscriptions') as string, extensions: { code: 'OVERLOADED' } },
    ]);
    for (let id = 1; id <= 50; id += 1) await socket.message('next', String(id));
    socket.send({ id: '7', type: 'complete' });
    socket.subscribe('52', ORDERS);
    await socket.message('next', '52');
    expect(service.logged).toEqual([]);
  });
});

describe('A client that goes away', () => {
  const ways = {
    'by unsubscribing': (socket: Awaited<ReturnType<typeof openSocket>>): void => {
      for (const id of ['one', 'many', 'status', 'wait', 'after']) socket.send({ id, type: 'complete' });
    },
    'by closing the socket': ({ socket }: Awaited<ReturnType<typeof openSocket>>): void => {
      socket.close();
    },
    'without a word': ({ socket }: Awaited<ReturnType<typeof openSocket>>): void => {
      socket.terminate();
    },
  };
  for (const [way, leave] of Object.entries(ways)) {
    test(`${way} leaves nothing behind: no listener, no waiter`, async () => {
      const service = await startService();
      const listening = countListeners(service);
      // Who asks for the same shares what follows the changes.
      const { orderId, receipt } = await createOrder(service);
      const one = `subscription { order(id: "${orderId}") { position } }`;
      const first = await openAcknowledged(service.url);
      first.subscribe('one', one);
      await first.message('next', 'one');
      const before = listening();
      const position = await heldPosition(service);

      const socket = await openAcknowledged(service.url);
      socket.subscribe('one', one);
      socket.subscribe('many', ORDERS);
      socket.subscribe('status', 'subscription { projectionStatus { name } }');
      socket.subscribe('wait', CAUGHT_UP, { position });
      for (const id of ['one', 'many', 'status']) await socket.message('next', id);
      await until(() => expect(waiters(service)).toBe(3));
      expect(listening()).toBe(before + 1);
      expect(receipt.position < position).toBe(true);

      leave(socket);
      await until(() => expect([listening(), waiters(service)]).toEqual([before, 0]));
    });
  }

  test('does not disturb those who stay', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    const stays = await openAcknowledged(service.url);
    const goes = await openAcknowledged(service.url);
    for (const each of [stays, goes]) {
      each.subscribe('1', ORDERS);
      await each.message('next', '1');
    }
    goes.socket.terminate();
    await accepted(service, 'placeOrder', { orderId });
    await until(() => expect(JSON.stringify(stays.received)).toContain('UPDATED'));
  });

  test('that reads nothing costs the others nothing', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    const deaf = await openAcknowledged(service.url);
    deaf.subscribe('1', ORDERS);
    await deaf.message('next', '1');
    deaf.socket.pause();
    for (let each = 0; each < 200; each += 1) await createOrder(service);
    const { receipt } = await accepted(service, 'placeOrder', { orderId });
    const { body } = await service.gql(
      '{ orders { totalCount } }',
      {},
      { 'tidemark-read-after': receipt.position },
    );
    expect(body.data.orders.totalCount).toBe(201);
    deaf.socket.resume();
    await until(() => expect(JSON.stringify(deaf.received)).toContain('UPDATED'));
  });
});
