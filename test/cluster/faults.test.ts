import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { newId } from '../../src/kernel/index.js';
import { openPostgresLog } from '../../src/engines/postgres/index.js';
import { expectOnce, startLoad, viewsOf, type Load } from '../support/cluster-load.js';
import { runMain } from '../support/main-process.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { startService } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

/** Every acknowledged command once, in the log and in the views of all nodes. */
async function expectAllWell(url: string, nodes: readonly string[], load: Load): Promise<void> {
  const log = await openPostgresLog({ url });
  onTestFinished(() => log.close());
  await expectOnce(log, load.acknowledged);
  const last = [...load.acknowledged.values()].sort().at(-1) ?? '';
  // A node that was refused a while ago tries again in a while.
  const views: (readonly unknown[])[] = [];
  await until(async () => {
    views.length = 0;
    for (const node of nodes) views.push(await viewsOf(node, last));
  }, 40_000);
  expect(views[0]?.[2]).toBe(load.acknowledged.size);
  for (const view of views) expect(view).toEqual(views[0]);
}

test('A node whose database becomes that of another log ends, and says why', async () => {
  const url = await server.newDatabase();
  const node = runMain({ EVENT_LOG_URL: url, DATA_DIR: tempDir() });
  await node.url();
  await server.query(url, `UPDATE tidemark.log_head SET log_id = '${newId()}'`);
  expect(await node.ended).toBe(1);
  expect(node.output()).toMatch(
    /cannot start\. The views in .* are of the log .*Correct EVENT_LOG_URL or DATA_DIR/,
  );
});

describe('Under load, with clients that ask again with the same key,', () => {
  test('connections that are cut again and again lose nothing and double nothing', async () => {
    const url = await server.newDatabase();
    const nodes = [await startService({ eventLogUrl: url }), await startService({ eventLogUrl: url })];
    const urls = nodes.map((node) => node.url);
    const load = startLoad(urls, 8);
    let cut = 0;
    for (let round = 0; round < 40; round += 1) {
      await sleep(Math.random() * 60);
      const [row] = await server.query<{ count: number }>(
        url,
        `SELECT count(pg_terminate_backend(pid))::integer AS count FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE 'tidemark %' AND random() < 0.5`,
      );
      cut += row?.count ?? 0;
    }
    const before = load.count();
    await until(() => expect(load.count()).toBeGreaterThan(before + 20));
    await load.finish();
    expect(cut).toBeGreaterThan(40);
    await expectAllWell(url, urls, load);
  });
});
