import Database from 'better-sqlite3';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/kernel/index.js';
import { viewsOf } from '../support/cluster-load.js';
import { createOrder } from '../support/order-operations.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { startService, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

const ORDERS = 40;
const TAIL = 5;
const COPY = `mutation Copy($name: String!) {
  copyProjection(name: $name) { projection generation version checkpoint bytes }
}`;
const PROJECTIONS = ['orders', 'customers', 'sales'] as const;

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

/** How many rows the node's projection of orders has written. */
async function rowsWritten({ url }: Service): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/tidemark_projection_rows_total\{projection="orders"\} (\d+)/.exec(text)?.[1] ?? 0);
}

/** A node with orders and copies of its views, and the orders that came after the copies. */
async function startPeer(eventLogUrl: string): Promise<{ peer: Service; copies: string; last: string }> {
  const peer = await startService({ eventLogUrl });
  for (let n = 0; n < ORDERS; n += 1) await createOrder(peer);
  await settled(peer);
  for (const name of PROJECTIONS) {
    const { body } = await peer.gql(COPY, { name });
    expect(body.errors).toBeUndefined();
    expect(body.data?.copyProjection).toMatchObject({ projection: name, generation: 1 });
    expect(body.data.copyProjection.checkpoint).toMatch(new RegExp(`-0*${ORDERS}$`));
  }
  let last = '';
  for (let n = 0; n < TAIL; n += 1) last = (await createOrder(peer)).receipt.position;
  await settled(peer);
  return { peer, copies: join(peer.dataDir, 'views', 'copies'), last };
}

test('A node that joins with copies of another one’s views applies what came after them, and no more', async () => {
  const eventLogUrl = await server.newDatabase();
  const { peer, copies, last } = await startPeer(eventLogUrl);
  const joined = await startService({ eventLogUrl, viewsFrom: copies });
  const shown = await viewsOf(joined.url, last);
  // Each order is of as many rows.
  const perOrder = (await rowsWritten(peer)) / (ORDERS + TAIL);
  expect(perOrder).toBeGreaterThanOrEqual(1);
  expect(await rowsWritten(joined)).toBe(TAIL * perOrder);
  const replayed = await startService({ eventLogUrl });
  expect(shown).toEqual(await viewsOf(replayed.url, last));
  expect(shown).toEqual(await viewsOf(peer.url, last));
  for (const name of PROJECTIONS) {
    const { body } = await joined.gql(`mutation { verifyProjection(name: "${name}") { outcome } }`);
    expect(body.data.verifyProjection.outcome).toBe('IDENTICAL');
  }
  const done = await peer.gql('{ operations(first: 9) { nodes { name projection } } }');
  expect(done.body.data.operations.nodes).toContainEqual({ name: 'copyProjection', projection: 'sales' });
  // With files of its own it goes on from them, whatever there is to copy.
  await joined.stop();
  const again = await startService({ eventLogUrl, viewsFrom: copies, dataDir: joined.dataDir });
  await viewsOf(again.url, last);
  expect(await rowsWritten(again)).toBe(0);
});

test('A node builds from the log what has no copy that fits', async () => {
  const eventLogUrl = await server.newDatabase();
  const { copies, last } = await startPeer(eventLogUrl);
  const change = (name: string, statement: string): void => {
    const copy = new Database(join(copies, `${name}.sqlite`));
    copy.exec(statement);
    copy.close();
  };
  // Each in another way: of another end of the log, of another log, and no database at all.
  change('orders', `UPDATE tidemark_view SET lastCommand = '${newId()}'`);
  change('customers', `UPDATE tidemark_view SET logId = '${newId()}'`);
  writeFileSync(join(copies, 'sales.sqlite'), 'nonsense');
  const dataDir = tempDir();
  const joining = await startService({ eventLogUrl, viewsFrom: copies, dataDir });
  expect(await viewsOf(joining.url, last)).toEqual(
    await viewsOf((await startService({ eventLogUrl })).url, last),
  );
  expect(existsSync(join(dataDir, 'views', 'orders.1.sqlite.partial'))).toBe(false);
  const third = await startService({ eventLogUrl, viewsFrom: join(tempDir(), 'nowhere') });
  expect(await viewsOf(third.url, last)).toHaveLength(3 + ORDERS + TAIL);
});

test('A node that builds its views from the log is not ready until they can be read, and says so', async () => {
  const eventLogUrl = await server.newDatabase();
  const peer = await startService({ eventLogUrl });
  await createOrder(peer);
  // So that the view stays as it is at first: empty.
  await peer.gql('mutation { pauseProjection(name: "orders") { state } }');
  const joining = await startService({ eventLogUrl });
  const ready = await fetch(`${joining.url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain('"name":"orders","state":"PAUSED","healthy":false');
  expect((await fetch(`${peer.url}/readyz`)).status).toBe(200);
  await peer.gql('mutation { resumeProjection(name: "orders") { state } }');
  await until(async () => expect((await fetch(`${joining.url}/readyz`)).status).toBe(200));
});

test('Views that do not say what their last event was go on where they are, and say it from then on', async () => {
  const eventLogUrl = await server.newDatabase();
  const node = await startService({ eventLogUrl });
  await createOrder(node);
  await settled(node);
  await node.stop();
  // As versions before have made it.
  const file = new Database(join(node.dataDir, 'views', 'orders.1.sqlite'));
  file.exec('ALTER TABLE tidemark_view DROP COLUMN lastCommand');
  const again = await startService({ eventLogUrl, dataDir: node.dataDir });
  const { receipt } = await createOrder(again);
  await settled(again);
  expect(again.app.kernel.operations.status('orders').generation).toBe(1);
  expect(await rowsWritten(again)).toBeGreaterThan(0);
  const [last] = await again.app.kernel.log.read('all', { after: 1, limit: 1 });
  expect(file.prepare('SELECT checkpoint, lastCommand FROM tidemark_view').get()).toEqual({
    checkpoint: Number(receipt.position.split('-')[2]),
    lastCommand: last?.commandId,
  });
  file.close();
});
