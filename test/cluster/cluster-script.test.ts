import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { startProxy } from '../../scripts/cluster/proxy.js';
import { freePort } from '../../scripts/embedded-postgres.js';
import { buildService } from '../durability/support/build.js';
import { ORDER, mutation } from '../support/order-operations.js';
import { builtPages } from '../support/pages.js';
import { post, type Answer } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/cluster.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
const CLUSTER = '{ cluster { nodes { name url silent ready self projections { name } } } }';
const READ = 'query Read($id: ID!) { order(id: $id) { id status position } }';
let build: string;
let main: string;

beforeAll(async () => {
  build = mkdtempSync(join(tmpdir(), 'tidemark-test-'));
  main = buildService(build).main;
  cpSync(await builtPages(), join(build, 'src', 'web'), { recursive: true });
});

afterAll(() => {
  rmSync(build, { recursive: true, force: true });
});

/** A folder for a cluster, which root's PostgreSQL may go through as nobody. */
function clusterDir(): string {
  const folder = tempDir();
  chmodSync(folder, 0o755);
  return folder;
}

interface ClusterProcess {
  output(): string;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<number | null>;
}

function runCluster(environment: Readonly<Record<string, string>>): ClusterProcess {
  const child = spawn(process.execPath, ['--import', TSX, SCRIPT], {
    // Not where a .env may be.
    cwd: tempDir(),
    env: { PATH: process.env['PATH'], PORT: '0', CLUSTER_MAIN: main, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return { output: () => output, signal: (name) => child.kill(name), ended };
}

/** The URLs that it prints: the proxy's, then the nodes'. */
async function urlsOf(cluster: ClusterProcess): Promise<readonly string[]> {
  await until(() => expect(cluster.output()).toMatch(/Ctrl-C stops everything|cannot run/), 60_000);
  const [proxy = ''] = /http:\S+(?=\/graphql)/.exec(cluster.output()) ?? [];
  const nodes = [...cluster.output().matchAll(/node-\d +(http:\S+)\/console\//g)].map(([, url]) => url ?? '');
  expect(nodes, cluster.output()).toHaveLength(3);
  return [proxy, ...nodes];
}

interface WireNode {
  readonly name: string;
  readonly url: string;
  readonly silent: boolean;
  readonly ready: boolean;
  readonly self: boolean;
}

async function nodesSeenBy(url: string): Promise<readonly WireNode[]> {
  const { body } = await post(url, JSON.stringify({ query: CLUSTER }));
  return body.data.cluster.nodes as readonly WireNode[];
}

/** Asks again, with the same id, where the proxy cannot tell what a node that ended did with it. */
async function create(url: string): Promise<Answer> {
  const input = { ...ORDER, options: { commandId: randomUUID() } };
  const body = JSON.stringify({ query: mutation('createOrder'), variables: { input } });
  const answer = await post(url, body);
  return answer.body.errors?.[0]?.extensions.code === 'OUTCOME_UNKNOWN' ? post(url, body) : answer;
}

/** The processes that have this text in their command or their environment. */
function processesWith(text: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => {
      try {
        return ['cmdline', 'environ'].some((file) =>
          readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(text),
        );
      } catch {
        // It has ended meanwhile.
        return false;
      }
    });
}

/** The process of the node that listens there. */
function pidOf(folder: string, name: string): number {
  const service = JSON.parse(readFileSync(join(folder, 'cluster', name, 'service.json'), 'utf8')) as {
    pid: number;
  };
  return service.pid;
}

describe('npm run cluster', () => {
  test('starts three nodes behind a proxy, outlives one of them, and leaves nothing behind', async () => {
    const folder = clusterDir();
    const cluster = runCluster({ DATA_DIR: folder });
    const [proxy = '', ...nodes] = await urlsOf(cluster);
    await until(async () => {
      const seen = await nodesSeenBy(proxy);
      expect(seen.map(({ name, url, ready }) => ({ name, url, ready }))).toEqual(
        nodes.map((url, index) => ({ name: `node-${index + 1}`, url, ready: true })),
      );
    });
    for (const path of ['/', '/shop/', '/console/', '/readyz'])
      expect((await fetch(`${proxy}${path}`)).status, path).toBe(200);

    // What is written through the proxy is read on each node with the position.
    const created = (await create(proxy)).body.data.createOrder;
    const variables = { id: created.orderId };
    for (const node of nodes) {
      const headers = { 'tidemark-read-after': created.receipt.position as string };
      const { body } = await post(node, JSON.stringify({ query: READ, variables }), headers);
      expect(body.data.order).toEqual({
        id: created.orderId,
        status: 'DRAFT',
        position: created.receipt.position,
      });
    }
    const asked = new Set<string | undefined>();
    for (let n = 0; n < 6; n += 1) asked.add((await nodesSeenBy(proxy)).find(({ self }) => self)?.name);
    expect(asked).toEqual(new Set(['node-1', 'node-2', 'node-3']));

    // WebSockets go through, too.
    const sockets = createClient({ url: `${proxy.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const frames = sockets.iterate<{ cluster: { nodes: readonly WireNode[] } }>({
      query: `subscription ${CLUSTER}`,
    });
    expect((await frames.next()).value.data.cluster.nodes).toHaveLength(3);
    await sockets.dispose();

    // A node that cannot be started again stays away: its folder is not its own for a while.
    process.kill(pidOf(folder, 'node-2'), 'SIGKILL');
    for (let n = 0; n < 12; n += 1) expect((await create(proxy)).body.errors).toBeUndefined();
    await until(() => expect(cluster.output()).toContain('node-2 ended (SIGKILL) and is started again.'));
    await until(() =>
      expect(cluster.output()).toMatch(/node-2 is not ready and gets no requests[^]*node-2 is ready/),
    );
    await until(async () => {
      // The one that was killed is forgotten for the one that has its place.
      const seen = await nodesSeenBy(nodes[1] ?? '');
      expect(seen.map(({ name, silent }) => [name, silent])).toEqual([
        ['node-1', false],
        ['node-2', false],
        ['node-3', false],
      ]);
    });

    // One that hangs is told by the others, and gets no requests; then everything stops all the same.
    process.kill(pidOf(folder, 'node-3'), 'SIGSTOP');
    await until(async () => {
      const seen = await nodesSeenBy(nodes[0] ?? '');
      expect(seen.find(({ name }) => name === 'node-3')).toMatchObject({ silent: true, ready: false });
    });
    expect((await create(proxy)).body.errors).toBeUndefined();
    process.kill(pidOf(folder, 'node-3'), 'SIGCONT');
    cluster.signal('SIGINT');
    expect(await cluster.ended).toBe(0);
    expect(processesWith(folder)).toEqual([]);

    // The second start goes on from there.
    const again = runCluster({ DATA_DIR: folder });
    const [proxyAgain = ''] = await urlsOf(again);
    const { body } = await post(proxyAgain, JSON.stringify({ query: READ, variables }));
    expect(body.data.order.id).toBe(created.orderId);
    const other = runCluster({ DATA_DIR: folder });
    expect(await other.ended).toBe(1);
    expect(other.output()).toMatch(
      /The cluster cannot run\. Another cluster uses .*: its PostgreSQL is process \d+\./,
    );
    again.signal('SIGTERM');
    expect(await again.ended).toBe(0);
    expect(processesWith(folder)).toEqual([]);
  }, 180_000);

  test('says what is in the way, and leaves nothing behind', async () => {
    const folder = clusterDir();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    for (const [environment, says] of [
      [{ PORT: 'often' }, /PORT=often is no port that has ten more behind it/],
      [{ CLUSTER_MAIN: '/nowhere/main.js' }, /The service has not been built\. Run npm run build\./],
      [{ PORT: String(port - 10) }, new RegExp(`Another program listens on port ${port}\\.`)],
      [{ PORT: String(port - 2) }, /node-\d did not start\. [^]*another program listens there/],
      [{ PORT: String(port) }, /address already in use .*Set PORT to another port/],
      [{ NODE_ENV: 'production' }, /node-\d did not start\. [^]*Without authentication the service is open/],
    ] as const) {
      const cluster = runCluster({ DATA_DIR: folder, ...environment });
      expect(await cluster.ended, cluster.output()).toBe(1);
      expect(cluster.output()).toMatch(/The cluster cannot run\. /);
      expect(cluster.output()).toMatch(says);
    }
    expect(processesWith(folder)).toEqual([]);
  }, 120_000);

  test('stops in order where it is told to while it starts', async () => {
    const folder = clusterDir();
    const cluster = runCluster({ DATA_DIR: folder });
    await until(() =>
      expect(existsSync(join(folder, 'cluster', 'postgres', 'data', 'postmaster.pid'))).toBe(true),
    );
    cluster.signal('SIGINT');
    expect(await cluster.ended).toBe(0);
    expect(processesWith(folder)).toEqual([]);
  });
});

describe('The proxy', () => {
  /** A node that answers with its name, and is ready or not. */
  async function fakeNode(name: string, port = 0) {
    const state = { ready: true };
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        response.statusCode = request.url === '/readyz' && !state.ready ? 503 : 200;
        response.end(`${name} ${request.method} ${body}`);
      });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const stop = async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    onTestFinished(() => void server.close());
    return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, state, stop };
  }

  async function proxyOf(...nodes: readonly string[]) {
    const proxy = await startProxy({ port: 0, nodes });
    onTestFinished(() => proxy.close());
    const ask = async (body = 'hello'): Promise<string> =>
      (await fetch(proxy.url, { method: 'POST', body })).text();
    return { proxy, ask };
  }

  test('takes the nodes in turn, leaves out who is not ready, and takes it in again', async () => {
    const [one, two] = [await fakeNode('one'), await fakeNode('two')];
    const { proxy, ask } = await proxyOf(one.url, two.url);
    expect(new Set([await ask(), await ask()])).toEqual(new Set(['one POST hello', 'two POST hello']));
    two.state.ready = false;
    await until(() => expect(proxy.ready()).toEqual([one.url]));
    expect([await ask(), await ask()]).toEqual(['one POST hello', 'one POST hello']);
    two.state.ready = true;
    await until(() => expect(proxy.ready()).toHaveLength(2));
    expect(new Set([await ask(), await ask()]).size).toBe(2);
  });

  test('hands to the next node what could not be connected, the body included', async () => {
    const [one, two] = [await fakeNode('one'), await fakeNode('two')];
    const { ask } = await proxyOf(one.url, two.url);
    await two.stop();
    const body = 'x'.repeat(300_000);
    for (let n = 0; n < 4; n += 1) expect(await ask(body)).toBe(`one POST ${body}`);
  });

  test('says so where no node is ready, and where a node ends before it answers', async () => {
    const { proxy } = await proxyOf(`http://127.0.0.1:${await freePort()}`);
    const none = await fetch(proxy.url);
    expect([none.status, none.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await none.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    const dying = createServer((request, response) => {
      if (request.url === '/readyz') response.end();
      else request.socket.destroy();
    });
    dying.listen(0, '127.0.0.1');
    await once(dying, 'listening');
    onTestFinished(() => void dying.close());
    const address = dying.address();
    const { proxy: other } = await proxyOf(
      `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    );
    const lost = await fetch(other.url, { method: 'POST', body: '{}' });
    expect(lost.status).toBe(502);
    expect(await lost.json()).toMatchObject({ errors: [{ extensions: { code: 'OUTCOME_UNKNOWN' } }] });
  });
});
