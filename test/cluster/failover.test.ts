import { describe, expect, onTestFinished, test } from 'vitest';
import { openPostgresLog } from '../../src/engines/postgres/index.js';
import { expectOnce, startLoad, viewsOf } from '../support/cluster-load.js';
import { createOrder, send } from '../support/order-operations.js';
import { startPostgres, type PostgresServer, type Standby } from '../support/postgres.js';
import { startService } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { until } from '../support/until.js';

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

  test('a node notices that the end of the log is lost; started again, it refuses tokens of it and builds its views anew', async () => {
    const { primary, standby, url } = await startPair();
    const node = await startService({ eventLogUrl: url });
    const kept = await createOrder(node);
    const behind = await openPostgresLog({ url });
    await until(async () => expect(await behind.head()).toBe(1));
    await behind.close();
    await until(async () => {
      const [row] = await standby.query<{ n: number }>(
        url.replace(/,[^/]*/, ''),
        'SELECT position AS n FROM tidemark.log_head',
      );
      expect(Number(row?.n)).toBe(1);
    });
    // What is written now the standby never gets.
    await standby.halt('orderly');
    const lost = await createOrder(node);
    await settled(node);
    await primary.halt('crash');
    await standby.start();
    await standby.promote();

    await until(async () => {
      const ready = await fetch(`${node.url}/readyz`);
      expect(await ready.text()).toMatch(/has become another log, or was restored\. Start this node again/);
      expect(ready.status).toBe(503);
    });
    const { body } = await node.gql(READ, { id: kept.orderId });
    expect(body.extensions?.consistency?.lagMs).toBeGreaterThan(0);
    const refused = await send(node, 'placeOrder', { orderId: kept.orderId });
    expect(refused.body.errors?.[0]?.extensions.code).toBe('UNAVAILABLE');

    await node.stop();
    const again = await startService({ eventLogUrl: url, dataDir: node.dataDir });
    const late = await again.gql(
      READ,
      { id: lost.orderId },
      { 'tidemark-read-after': lost.receipt.position },
    );
    expect(late.body.errors?.[0]?.extensions.code).toBe('UNKNOWN_POSITION');
    const next = await createOrder(again);
    expect(next.receipt.position.split('-')[2]).toBe(lost.receipt.position.split('-')[2]);
    const read = (id: string) => again.gql(READ, { id }, { 'tidemark-read-after': next.receipt.position });
    expect((await read(kept.orderId)).body.data.order).toEqual({ id: kept.orderId });
    expect((await read(lost.orderId)).body.data.order).toBeNull();
  });
});
