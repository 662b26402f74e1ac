import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openPostgresLog } from '../../src/engines/postgres/index.js';
import { buildService, type Build } from '../durability/support/build.js';
import { tempDirOfFile } from '../durability/support/temp-dir-of-file.js';
import { expectOnce, viewsOf } from '../support/cluster-load.js';
import { networkBefore } from '../support/network.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { post, startService } from '../support/service.js';
import { until } from '../support/until.js';
import { startCrowd, type Crowd } from './support/crowd.js';
import { startNode, type Node, type NodeOptions } from './support/nodes.js';

const MINUTE_MS = 60_000;
const PROJECTIONS = ['orders', 'customers', 'sales'] as const;
const VERIFY = `mutation Verify($name: String!) { verifyProjection(name: $name) { outcome differing } }`;

const folder = tempDirOfFile();
let server: PostgresServer;
let build: Build;

beforeAll(async () => {
  build = buildService(folder);
  server = await startPostgres();
});

afterAll(() => server.stop());

interface Cluster {
  readonly url: string;
  readonly nodes: readonly Node[];
  readonly urls: readonly string[];
}

/** Three nodes of a new log, each as `options` wants it. */
async function startCluster(
  options: (at: number, url: string) => Partial<NodeOptions> | Promise<Partial<NodeOptions>> = () => ({}),
): Promise<Cluster> {
  const url = await server.newDatabase();
  const nodes: Node[] = [];
  for (const at of [0, 1, 2]) nodes.push(startNode(build, { eventLogUrl: url, ...(await options(at, url)) }));
  return { url, nodes, urls: await Promise.all(nodes.map((node) => node.url())) };
}

/** Waits until so many more commands have been acknowledged. */
async function more(crowd: Crowd, commands: number): Promise<void> {
  const before = crowd.count();
  await until(() => expect(crowd.count()).toBeGreaterThan(before + commands), 40_000);
}

/**
 * Every acknowledged command once in the log and nothing else; no session guarantee broken; each node ready, its views
 * what a replay makes of the log, row by row, and those that a new node shows. Prints what was counted.
 */
async function expectAllWell(
  what: string,
  { url, urls }: Omit<Cluster, 'nodes'>,
  crowd: Crowd,
): Promise<void> {
  await crowd.finish();
  const log = await openPostgresLog({ url });
  onTestFinished(() => log.close());
  const heard = await crowd.heldAgainst(log);
  const head = await log.head();
  const retried = [...crowd.retried].map(([code, times]) => `${times} ${code}`).join(', ') || 'none';
  // The figures are half of what these tests are for.
  process.stdout.write(
    `  ${what} (seed ${crowd.seed}): acknowledged ${heard.acknowledged.size}, retried ${retried}, ` +
      `lost ${heard.acknowledged.size - head + heard.doubled.length}, doubled ${heard.doubled.length}, ` +
      `reads ${heard.reads}, stale unannounced ${heard.broken.length}, announced ${heard.announced}\n`,
  );
  expect(heard.broken).toEqual([]);
  expect(heard.doubled).toEqual([]);
  expect(heard.failed).toBe(0);
  await expectOnce(log, heard.acknowledged);
  for (const node of urls)
    await until(async () => {
      const ready = await fetch(`${node}/readyz`);
      expect(await ready.text()).toContain('"status":"ok"');
    }, 40_000);
  const last = [...heard.acknowledged.values()].sort().at(-1) ?? '';
  const replayed = await viewsOf((await startService({ eventLogUrl: url })).url, last);
  for (const node of urls) {
    expect(await viewsOf(node, last)).toEqual(replayed);
    for (const name of PROJECTIONS) {
      const { body } = await post(node, JSON.stringify({ query: VERIFY, variables: { name } }));
      expect(body.data?.verifyProjection).toEqual({ outcome: 'IDENTICAL', differing: 0 });
    }
  }
}

describe('Three nodes under load, with clients that hop between them,', () => {
  test('lose nothing when one is killed, and it comes back with the files that it left behind', async () => {
    const cluster = await startCluster();
    const crowd = startCrowd(cluster.urls);
    await more(crowd, 100);
    const [dying] = cluster.nodes;
    dying?.signal('SIGKILL');
    await dying?.ended;
    await more(crowd, 100);
    // On the port on which clients look for it.
    const PORT = new URL(cluster.urls[0] ?? '').port;
    const again = startNode(build, {
      eventLogUrl: cluster.url,
      dataDir: dying?.dataDir ?? '',
      env: { PORT },
    });
    await again.url();
    await more(crowd, 100);
    expect(crowd.retried.get('LOST')).toBeGreaterThan(0);
    await expectAllWell('a node killed', cluster, crowd);
  });

  test.each([
    ['killed', 'crash'],
    ['stopped', 'orderly'],
  ] as const)('wait for a server that is %s, and lose nothing', async (what, how) => {
    const cluster = await startCluster();
    const crowd = startCrowd(cluster.urls);
    await more(crowd, 100);
    await server.halt(how);
    await until(() => expect(crowd.retried.get('UNAVAILABLE')).toBeGreaterThan(20));
    await server.start();
    await more(crowd, 100);
    await expectAllWell(`the server ${what}`, cluster, crowd);
  });

  test('lose nothing on a network that drops, delays and swallows', async () => {
    const networks: Awaited<ReturnType<typeof networkBefore>>[] = [];
    const cluster = await startCluster(async (_, url) => {
      const network = await networkBefore(server.port);
      networks.push(network);
      return { eventLogUrl: url.replace(`:${server.port}/`, `:${network.port}/`) };
    });
    const crowd = startCrowd(cluster.urls);
    await more(crowd, 100);
    for (let round = 0; round < 12; round += 1) {
      const network = networks[round % 3];
      network?.delay(round % 2 === 0 ? 30 : 0);
      if (round % 4 === 3) network?.freeze();
      else network?.cut();
      await sleep(round % 4 === 3 ? 700 : 150);
      network?.mend();
      await sleep(100);
    }
    for (const network of networks) network.delay(0);
    await more(crowd, 100);
    await expectAllWell('a bad network', cluster, crowd);
  });

  test('lose nothing when one stands still for ten seconds and goes on', async () => {
    const cluster = await startCluster();
    const crowd = startCrowd(cluster.urls);
    await more(crowd, 100);
    cluster.nodes[1]?.signal('SIGSTOP');
    const started = performance.now();
    await more(crowd, 100);
    await sleep(10_000 - (performance.now() - started));
    cluster.nodes[1]?.signal('SIGCONT');
    await more(crowd, 100);
    await expectAllWell('a node paused', cluster, crowd);
  });

  test('work together with clocks that are minutes apart, and know how far behind they are all the same', async () => {
    const cluster = await startCluster((at) => ({ clockMs: (at - 1) * 5 * MINUTE_MS }));
    const crowd = startCrowd(cluster.urls);
    const lags: number[] = [];
    for (let round = 0; round < 40; round += 1) {
      for (const node of cluster.urls) {
        const { body } = await post(node, JSON.stringify({ query: '{ projections { lagMs lagEvents } }' }));
        lags.push(...(body.data.projections as { lagMs: number }[]).map(({ lagMs }) => lagMs));
      }
      await sleep(20);
    }
    await more(crowd, 100);
    expect(Math.max(...lags)).toBeLessThan(MINUTE_MS);
    await expectAllWell('clocks apart', cluster, crowd);
  });

  test('show old rows to clients that do not send their positions along: the checker works', async () => {
    const { url, urls } = await startCluster();
    // So long that no client, however slow its machine, is spared.
    const hold = `mutation Hold($name: String!) { delayProjection(name: $name, delayMs: 2000) { delayMs } }`;
    for (const name of PROJECTIONS)
      await post(urls[2] ?? '', JSON.stringify({ query: hold, variables: { name } }));
    const crowd = startCrowd(urls, { threading: false });
    await more(crowd, 200);
    await crowd.finish();
    const log = await openPostgresLog({ url });
    onTestFinished(() => log.close());
    const { broken, doubled } = await crowd.heldAgainst(log);
    const found = new Set(broken.map(({ guarantee }) => guarantee));
    process.stdout.write(
      `  without positions: stale unannounced ${broken.length} (${[...found].join(', ')})\n`,
    );
    expect(found).toContain('read your writes');
    expect(found).toContain('monotonic reads');
    expect(doubled).toEqual([]);
  });
});
