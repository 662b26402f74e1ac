import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openPostgresLog } from '../../src/engines/postgres/index.js';
import { startChild } from '../support/child.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { startService } from '../support/service.js';
import { until } from '../support/until.js';

const WORKER = new URL('./support/once-worker.ts', import.meta.url);
// Long enough that a busy machine does not keep its holder from holding it on.
const LEASE_MS = 3_000;
const DAY_MS = 86_400_000;

let server: PostgresServer;
let url: string;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

beforeEach(async () => {
  url = await server.newDatabase();
  await (await openPostgresLog({ url })).close();
});

interface Worker {
  readonly child: ChildProcess;
  said(): string;
}

function startWorker(): Worker {
  const child = startChild(WORKER, url, String(LEASE_MS));
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, said: () => said };
}

async function tokens(): Promise<readonly number[]> {
  const rows = await server.query<{ token: string }>(url, 'SELECT token FROM effects ORDER BY n');
  return rows.map(({ token }) => Number(token));
}

async function holder(): Promise<{ owner: string; token: number } | undefined> {
  const [row] = await server.query<{ owner: string; token: string }>(
    url,
    'SELECT owner, token FROM tidemark.leases WHERE expires_at > clock_timestamp()',
  );
  return row && { owner: row.owner, token: Number(row.token) };
}

test('Of two nodes one does what must run once; while it stands still the other takes over, and what it does late is refused', async () => {
  await server.query(url, 'CREATE TABLE effects (n serial PRIMARY KEY, token bigint)');
  const first = startWorker();
  await until(() => expect(first.said()).toContain('done 1'));
  const second = startWorker();
  await until(async () => expect((await tokens()).length).toBeGreaterThan(20));
  expect(second.said()).toBe('');
  first.child.kill('SIGSTOP');
  await until(() => expect(second.said()).toContain('done 2'));
  const before = first.said();
  first.child.kill('SIGCONT');
  await until(() => expect(first.said().slice(before.length)).toContain('refused CONFLICT'));
  const now = (await tokens()).length;
  await until(async () => expect((await tokens()).length).toBeGreaterThan(now + 10));
  // In order: from the time that the second has done something, the first does nothing.
  const seen = await tokens();
  expect(seen).toEqual([...seen].sort((one, other) => one - other));
  // Told to stop, it lets the other one have it at once.
  second.child.kill('SIGTERM');
  await until(() => expect(first.said()).toContain('done 3'));
});

test('One node of a cluster forgets what operators did long ago, but for what matters still; when it stops another one does', async () => {
  const old = Date.now() - 10 * DAY_MS;
  const record = (name: string, projection: string, at = old): Promise<unknown> =>
    server.query(url, `SELECT tidemark.record_operation($1, $2, 'ann', 'c', $3, 1, NULL)`, [
      name,
      projection,
      at,
    ]);
  await record('rebuildProjection', 'orders');
  await record('pauseProjection', 'orders');
  await record('resumeProjection', 'orders');
  await record('pauseProjection', 'sales');
  await record('skipParked', 'sales');
  await record('rebuildProjection', 'sales', Date.now());
  await record('rebuildProjection', 'sales');
  const settings = { eventLogUrl: url, operationsKeptDays: 5 };
  const nodes = [await startService(settings), await startService(settings)] as const;
  await until(async () => {
    const rows = await server.query<{ seq: string }>(
      url,
      'SELECT seq FROM tidemark.log_operations ORDER BY seq',
    );
    expect(rows.map(({ seq }) => Number(seq))).toEqual([3, 4, 5, 6, 7]);
  });
  const third = await startService(settings);
  expect(third.app.kernel.operations.status('sales').state).toBe('PAUSED');
  expect(await holder()).toMatchObject({ token: 1 });
  for (const node of nodes) await node.stop();
  await until(async () => expect((await holder())?.token).toBeGreaterThan(1));
});
