import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openLeases, openPostgresLog, type Leases } from '../../src/engines/postgres/index.js';
import { startChild } from '../support/child.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { until } from '../support/until.js';

const HOLDER = new URL('./support/lease-holder.ts', import.meta.url);
const LONG_MS = 60_000;
const SHORT_MS = 300;

let server: PostgresServer;
let url: string;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

beforeEach(async () => {
  url = await server.newDatabase();
  await (await openPostgresLog({ url })).close();
  await server.query(url, 'CREATE TABLE effects (n serial PRIMARY KEY, token bigint)');
});

function open(): Leases {
  const leases = openLeases(url);
  onTestFinished(() => {
    leases.close();
  });
  return leases;
}

async function tokens(): Promise<readonly number[]> {
  const rows = await server.query<{ token: string }>(url, 'SELECT token FROM effects ORDER BY n');
  return rows.map(({ token }) => Number(token));
}

/** Acquires as soon as it can be had. */
async function acquired(leases: Leases, ttlMs = LONG_MS) {
  let lease: Awaited<ReturnType<Leases['acquire']>>;
  await until(async () => {
    lease = await leases.acquire('work', ttlMs);
    expect(lease).toBeDefined();
  });
  return lease!;
}

describe('A lease', () => {
  it('is held by one, whoever asks at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => open().acquire('work', LONG_MS)));
    expect(all.filter((lease) => lease !== undefined)).toEqual([{ name: 'work', token: 1 }]);
    expect(await open().acquire('other', LONG_MS)).toEqual({ name: 'other', token: 1 });
  });

  it('goes to the next with a greater token, when it is released or has expired', async () => {
    const [one, two] = [open(), open()];
    const first = await acquired(one);
    expect(await two.acquire('work', SHORT_MS)).toBeUndefined();
    await one.release(first);
    expect(await acquired(two, SHORT_MS)).toEqual({ name: 'work', token: 2 });
    expect(await acquired(one)).toEqual({ name: 'work', token: 3 });
  });

  it('is held on by renewing, and not once it has expired', async () => {
    const [one, two] = [open(), open()];
    const lease = await acquired(one, SHORT_MS);
    expect(await one.renew(lease, LONG_MS)).toBe(true);
    expect(await two.acquire('work', LONG_MS)).toBeUndefined();
    await one.release(lease);
    expect(await one.renew(lease, LONG_MS)).toBe(false);
  });

  it('lets nothing happen under an old token, and takes back what was done on the way', async () => {
    const [one, two] = [open(), open()];
    const old = await acquired(one, SHORT_MS);
    const next = await acquired(two);
    let begun = false;
    const late = one.fenced(old, async (run) => {
      begun = true;
      await run('INSERT INTO effects (token) VALUES ($1)', [old.token]);
    });
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(begun).toBe(false);
    const failing = two.fenced(next, async (run) => {
      await run('INSERT INTO effects (token) VALUES ($1)', [next.token]);
      throw new Error('in the middle');
    });
    await expect(failing).rejects.toThrow('in the middle');
    const wrong = two.fenced(next, (run) => run('INSERT INTO effects (nonsense) VALUES (1)'));
    await expect(wrong).rejects.toThrow(/column "nonsense"/);
    expect(await tokens()).toEqual([]);
    await two.fenced(next, (run) => run('INSERT INTO effects (token) VALUES ($1)', [next.token]));
    expect(await tokens()).toEqual([2]);
  });

  it('is not given to the next while an effect of the last one is on its way', async () => {
    const [one, two] = [open(), open()];
    const old = await acquired(one, SHORT_MS);
    let taken: unknown;
    await one.fenced(old, async (run) => {
      await until(async () => {
        const rows = await run('SELECT 1 FROM tidemark.leases WHERE expires_at <= clock_timestamp()');
        expect(rows).toHaveLength(1);
      });
      const taking = two.acquire('work', LONG_MS).then((lease) => (taken = lease));
      onTestFinished(async () => void (await taking));
      // It waits for the row that the fence holds.
      await until(async () => {
        const waiting = await server.query(url, 'SELECT 1 FROM pg_locks WHERE NOT granted');
        expect(waiting).toHaveLength(1);
      });
      expect(taken).toBeUndefined();
      await run('INSERT INTO effects (token) VALUES ($1)', [old.token]);
    });
    await until(() => expect(taken).toEqual({ name: 'work', token: 2 }));
    expect(await tokens()).toEqual([1]);
  });

  it('keeps a process that was paused past it from doing anything when it wakes up', async () => {
    const holder = startChild(HOLDER, url, String(SHORT_MS));
    let output = '';
    holder.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until(() => expect(output).toContain('working'));
    holder.kill('SIGSTOP');
    const two = open();
    const lease = await acquired(two);
    for (let n = 0; n < 5; n += 1)
      await two.fenced(lease, (run) => run('INSERT INTO effects (token) VALUES ($1)', [lease.token]));
    holder.kill('SIGCONT');
    await until(() => expect(output).toMatch(/refused CONFLICT|refused UNAVAILABLE/));
    await two.fenced(lease, (run) => run('INSERT INTO effects (token) VALUES ($1)', [lease.token]));
    const all = await tokens();
    expect(all).toContain(1);
    expect(all.slice(-6)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(all).toEqual([...all].sort((a, b) => a - b));
  });
});
