import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/index.js';
import { openPostgresLog } from '../../src/engines/postgres/index.js';
import { expectOnce, startLoad, viewsOf } from '../support/cluster-load.js';
import { runMain } from '../support/main-process.js';
import { ORDER, createOrder, mutation, type Payload } from '../support/order-operations.js';
import { startPostgres, type PostgresServer, type Standby } from '../support/postgres.js';
import { post, startService, type Answer } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

const LIVE = `subscription Live($after: Position) {
  orders(after: $after) { position snapshot discontinuity totalCount }
}`;
const READ = 'query Read($id: ID!) { order(id: $id) { id } }';

/** A server with a database and a standby, and the URL that names both. */
async function startPair(): Promise<{ primary: PostgresServer; standby: Standby; url: string; own: string }> {
  const primary = await startPostgres();
  onTestFinished(() => primary.stop());
  const own = await primary.newDatabase();
  const standby = await primary.addStandby();
  onTestFinished(() => standby.stop());
  // The standby first: nodes have to find out who takes writes.
  const hosts = `@127.0.0.1:${standby.port},127.0.0.1:${primary.port}`;
  return { primary, standby, own, url: own.replace(/@[^/]+/, hosts) };
}

describe('When the server is lost and its standby takes its place,', () => {
  test('nodes follow, and nothing acknowledged is lost where replication is synchronous', async () => {
    const { primary, standby, url, own } = await startPair();
    await primary.query(own, `ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
    await primary.query(own, 'SELECT pg_reload_conf()');
    const nodes = [await startService({ eventLogUrl: url }), await startService({ eventLogUrl: url })];
    const urls = nodes.map((node) => node.url);
    const load = startLoad(urls, 8);
    await until(() => expect(load.count()).toBeGreaterThan(100));
    await primary.halt('crash');
    await standby.promote();
    const before = load.count();
    await until(() => expect(load.count()).toBeGreaterThan(before + 100));
    await load.finish();
    const log = await openPostgresLog({ url });
    onTestFinished(() => log.close());
    expect(log.identity.epoch).toBe(1);
    await expectOnce(log, load.acknowledged);
    const last = [...load.acknowledged.values()].sort().at(-1) ?? '';
    await until(
      async () => expect(await viewsOf(urls[0]!, last)).toEqual(await viewsOf(urls[1]!, last)),
      40_000,
    );
  });

  test('a node that lost an end of the log builds its views anew while it runs, and refuses what is of that end', async () => {
    const pair = await startPair();
    const { primary, standby, url } = pair;
    const node = runMain({ EVENT_LOG_URL: url, DATA_DIR: tempDir() });
    const at = await node.url();
    const kept = await create(at);
    await replicated(pair, 1);
    // What is written now the standby never gets.
    await standby.halt('orderly');
    const lost = await create(at);
    const live = await openLive(at);
    expect((await live.next()).value?.data).toMatchObject({ orders: { snapshot: true } });
    await primary.halt('crash');
    const told = watchReadiness(at);
    await standby.start();
    await standby.promote();
    await until(() => expect(told()).toContain('starts again by itself'));
    await until(async () => expect((await fetch(`${at}/readyz`)).status).toBe(200));

    const late = await ask(at, READ, { id: lost.orderId }, { 'tidemark-read-after': lost.position });
    expect(late.body.errors?.[0]?.extensions.code).toBe('UNKNOWN_POSITION');
    const next = await create(at);
    // The same place again, in another log.
    expect(next.position.split('-')[2]).toBe(lost.position.split('-')[2]);
    const read = async (id: string) =>
      (await ask(at, READ, { id }, { 'tidemark-read-after': next.position })).body.data.order as unknown;
    expect(await read(kept.orderId)).toEqual({ id: kept.orderId });
    expect(await read(lost.orderId)).toBeNull();
    // The live view has started over, from what the log has now.
    await until(async () => {
      const { data, position = '' } = (await live.next()).value ?? {};
      expect(data).toMatchObject({ orders: { snapshot: true } });
      expect(position > lost.position).toBe(true);
    });
    node.signal('SIGTERM');
    expect(await node.ended).toBe(0);
  });

  test('a node that was stopped meanwhile notices it when it starts, though the log has grown past its views', async () => {
    const pair = await startPair();
    const { primary, standby, url } = pair;
    const stopped = await startService({ eventLogUrl: url });
    const kept = await createOrder(stopped);
    await replicated(pair, 1);
    await standby.halt('orderly');
    const lost = await createOrder(stopped);
    await settled(stopped);
    await stopped.stop();
    await primary.halt('crash');
    await standby.start();
    await standby.promote();
    // One that never saw the lost end, and so has no reason to doubt the log.
    const other = runMain({ EVENT_LOG_URL: url, DATA_DIR: tempDir() });
    const at = await other.url();
    const before = await create(at);
    const latest = await create(at);
    expect(latest.position > lost.receipt.position).toBe(true);

    const again = await startService({ eventLogUrl: url, dataDir: stopped.dataDir });
    const late = await again.gql(
      READ,
      { id: lost.orderId },
      { 'tidemark-read-after': lost.receipt.position },
    );
    expect(late.body.errors?.[0]?.extensions.code).toBe('UNKNOWN_POSITION');
    const next = await createOrder(again);
    const read = async (id: string) =>
      (await again.gql(READ, { id }, { 'tidemark-read-after': next.receipt.position })).body.data
        .order as unknown;
    for (const { orderId } of [kept, before, latest]) expect(await read(orderId)).toEqual({ id: orderId });
    expect(await read(lost.orderId)).toBeNull();
    // Whoever holds a token of the lost end must not have it taken for a good one on any node.
    await until(async () => {
      const refused = await ask(
        at,
        READ,
        { id: kept.orderId },
        { 'tidemark-read-after': lost.receipt.position },
      );
      expect(refused.body.errors?.[0]?.extensions.code).toBe('UNKNOWN_POSITION');
    });
  });
});

/** Waits until the standby has the log up to here. */
async function replicated(
  { standby, url }: Awaited<ReturnType<typeof startPair>>,
  position: number,
): Promise<void> {
  await until(async () => {
    const [row] = await standby.query<{ n: string }>(
      url.replace(/,[^/]*/, ''),
      'SELECT position AS n FROM tidemark.log_head',
    );
    expect(Number(row?.n)).toBe(position);
  });
}

function ask(
  at: string,
  query: string,
  variables: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return post(at, JSON.stringify({ query, variables }), headers);
}

async function create(at: string): Promise<{ orderId: string; position: string }> {
  const { body } = await ask(at, mutation('createOrder'), { input: ORDER });
  expect(body.errors).toBeUndefined();
  const { orderId, receipt } = body.data.createOrder as Payload;
  return { orderId, position: receipt.position };
}

/** Everything that the node says of its being ready, until the test is over. */
function watchReadiness(at: string): () => string {
  let told = '';
  let over = false;
  onTestFinished(() => {
    over = true;
  });
  const look = async (): Promise<void> => {
    while (!over) {
      told += await fetch(`${at}/readyz`).then(
        (answer) => answer.text(),
        () => '',
      );
      await sleep(5);
    }
  };
  void look();
  return () => told;
}

/** The list of orders as the client library follows it. */
async function openLive(at: string) {
  const client = createClient({ url: `${at}/graphql`, webSocketImpl: WebSocket });
  onTestFinished(() => client.dispose());
  return client.subscribe(LIVE)[Symbol.asyncIterator]();
}
