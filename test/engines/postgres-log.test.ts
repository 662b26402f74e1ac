import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openPostgresLog, type PostgresLog } from '../../src/engines/postgres/index.js';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { newId, type Append, type EventLog } from '../../src/kernel/index.js';
import { expectWholeTail } from '../../src/testing/contract/shared-log.js';
import { logContract, operationLogContract, sharedLogContract } from '../../src/testing/index.js';
import { append, command, event } from '../../src/testing/contract/samples.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { networkBefore } from '../support/network.js';
import { until } from '../support/until.js';

const BREAK_CONNECTIONS =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

async function open(url?: string): Promise<PostgresLog> {
  const log = await openPostgresLog({ url: url ?? (await server.newDatabase()) });
  onTestFinished(() => log.close());
  return log;
}

async function openSeveral(count: number): Promise<readonly PostgresLog[]> {
  const url = await server.newDatabase();
  return Promise.all(Array.from({ length: count }, () => open(url)));
}

/** Keeps the thread busy for so long, in ms. */
function work(ms: number): void {
  const started = performance.now();
  while (performance.now() - started < ms);
}

const runner = { describe, test: it };
logContract({ name: 'postgres', open: () => open() }, runner);
operationLogContract({ name: 'postgres', open: async () => (await open()).operations }, runner);
sharedLogContract({ name: 'postgres', open: openSeveral }, runner);

describe('the log in PostgreSQL', () => {
  it('goes on with the same identity, positions and stored results when it is opened again', async () => {
    const url = await server.newDatabase();
    const before = await open(url);
    const once = append([event(), event('thing:2')], { command: command({ result: '{"subject":"x"}' }) });
    await before.append(once);
    const written = await before.read('all', { after: 0, limit: 10 });
    await before.close();
    const after = await open(url);
    expect(after.identity).toEqual(before.identity);
    expect(await after.read('all', { after: 0, limit: 10 })).toEqual(written);
    expect(await after.append(once)).toMatchObject({ kind: 'duplicate', position: 2 });
    expect(await after.append(append([event()]))).toEqual({ kind: 'appended', position: 3 });
  });

  it('sends what is waiting when it is closed, then takes no more', async () => {
    const url = await server.newDatabase();
    const log = await open(url);
    const waiting = Array.from({ length: 600 }, () => log.append(append([event()])));
    await log.close();
    expect(new Set((await Promise.all(waiting)).map(({ kind }) => kind))).toEqual(new Set(['appended']));
    await expect(log.append(append([event()]))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await (await open(url)).head()).toBe(600);
  });

  it('judges appends of one call by those before them in it, as if they had come one by one', async () => {
    const log = await open();
    const on = (tag: string, after: number) => ({ condition: { boundary: [{ tags: [tag] }], after } });
    const once = append([event('a:1')]);
    // All of one turn of the event loop, so of one call.
    const outcomes = await Promise.all([
      log.append(once),
      log.append(append([event('a:1')], on('a:1', 0))),
      log.append(once),
      log.append(append([event('b:1')], on('b:1', 0))),
      log.append(append([], on('b:2', 0))),
      log.append(append([event('a:2')])),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      ...['appended', 'conflict', 'duplicate', 'appended', 'appended', 'appended'],
    ]);
    expect(outcomes.map(({ position }) => position)).toEqual([1, 1, 1, 2, 2, 3]);
  });

  it.each([1, 2, 3])('answers any appends as the log in memory does (sequence %i)', async (seed) => {
    const log = await open();
    const memory = createMemoryLog();
    const random = lots(seed);
    const ids = Array.from({ length: 40 }, () => newId());
    for (let n = 0; n < 150; n += 1) {
      const next = anyAppend(random, ids, await memory.head());
      expect(await log.append(next)).toEqual(await memory.append(next));
    }
    expect((await everythingOf(log)).map(timeless)).toEqual((await everythingOf(memory)).map(timeless));
  });

  it('holds every condition where appends of three nodes come together in calls', async () => {
    const logs = await openSeveral(3);
    const random = lots(7);
    const accepted: (Append & { position: number })[] = [];
    for (let round = 0; round < 15; round += 1) {
      const head = (await logs[0]?.head()) ?? 0;
      const appends = logs.flatMap((log) =>
        Array.from({ length: 20 }, async () => {
          const next = anyAppend(random, [newId()], head);
          const { kind, position } = await log.append(next);
          if (kind === 'appended' && next.events.length > 0) accepted.push({ ...next, position });
        }),
      );
      await Promise.all(appends);
    }
    const events = await everythingOf(logs[1]!);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
    expect(accepted.filter(({ condition }) => condition !== undefined).length).toBeGreaterThan(20);
    for (const { condition, events: own, position } of accepted) {
      const between = events.slice(condition?.after, position - own.length);
      const hit = between.filter(({ tags, type }) =>
        condition?.boundary.some(
          (criterion) =>
            criterion.tags.every((tag) => tags.includes(tag)) && (criterion.types?.includes(type) ?? true),
        ),
      );
      expect(hit).toEqual([]);
    }
  });

  it('has two groups take turns where much follows from the answers, and tells everybody once and in order', async () => {
    const calls: number[] = [];
    const log = await openPostgresLog({
      url: await server.newDatabase(),
      measure: ({ commands }) => calls.push(commands),
    });
    onTestFinished(() => log.close());
    const positions: number[] = [];
    const client = async (): Promise<void> => {
      for (let n = 0; n < 20; n += 1) {
        positions.push((await log.append(append([event()]))).position);
        work(2);
      }
    };
    await Promise.all(Array.from({ length: 32 }, client));
    expect(positions).toEqual(Array.from({ length: 640 }, (_, index) => index + 1));
    expect(await log.head()).toBe(640);
    // All 32 went together at first; were it so all the time, the server would rest whenever this side works.
    expect(Math.max(...calls)).toBe(32);
    expect(calls.filter((commands) => commands <= 16).length).toBeGreaterThan(10);
  });

  it('shows a tailing reader everything beside a transaction of somebody else that stays open', async () => {
    const url = await server.newDatabase();
    const [reader, one, two] = [await open(url), await open(url), await open(url)];
    const foreign = new Client({ connectionString: url });
    await foreign.connect();
    onTestFinished(() => foreign.end());
    await foreign.query('BEGIN');
    await foreign.query('CREATE TABLE theirs (n int)');
    await foreign.query('INSERT INTO theirs VALUES (1)');
    await expectWholeTail(reader, [one, two]);
    const { rows } = await foreign.query('SELECT pg_current_xact_id_if_assigned() AS id');
    expect(rows).toEqual([{ id: expect.any(String) }]);
  });

  it('tells a node of what another one has written, also where the signal was lost', async () => {
    const url = await server.newDatabase();
    const [writer, reader] = [await open(url), await open(url)];
    const heads: number[] = [];
    reader.onAppend((head) => heads.push(head));
    await writer.append(append([event()]));
    await until(() => expect(heads).toEqual([1]));
    const [definition] = await server.query<{ text: string }>(
      url,
      `SELECT pg_get_functiondef('tidemark.append_batch'::regproc) AS text`,
    );
    const silent = definition?.text.replace(/PERFORM pg_notify[^;]*;/, '') ?? '';
    expect(silent).not.toContain('pg_notify');
    await server.query(url, silent);
    await writer.append(append([event()]));
    await until(() => expect(heads).toEqual([1, 2]));
  });

  it('knows without asking how far the log goes at least: its own writes, and those it has heard of', async () => {
    const [one, two] = await openSeveral(2);
    if (one === undefined || two === undefined) throw new Error('Two were asked for.');
    const { position } = await one.append(append([event(), event()]));
    expect(one.knownHead?.()).toBe(position);
    await until(() => expect(two.knownHead?.()).toBe(position));
    expect(await two.head()).toBe(position);
  });

  it('answers in bounded time while the network carries nothing, and goes on by itself afterwards', async () => {
    const url = await server.newDatabase();
    const network = await networkBefore(server.port);
    const log = await open(url.replace(String(server.port), String(network.port)));
    await log.append(append([event()]));
    const before = Date.now();
    network.freeze();
    const once = append([event()]);
    const [appended, read, head] = await Promise.allSettled([
      log.append(once),
      log.read('all', { after: 0, limit: 9 }),
      log.head(),
    ]);
    // It may have got there before the answer was lost.
    expect(appended).toMatchObject({ status: 'rejected', reason: { code: 'OUTCOME_UNKNOWN' } });
    for (const outcome of [read, head])
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
    expect(log.silentSince()).toBeGreaterThanOrEqual(before);
    expect(log.silentSince()).toBeLessThan(before + 2_000);
    // By then nothing is sent any more, so nothing is unknown.
    await expect(log.append(append([event()]))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    network.mend();
    await until(async () => expect(['appended', 'duplicate']).toContain((await log.append(once)).kind));
    await until(() => expect(log.silentSince()).toBeUndefined());
    expect(await log.read('all', { after: 0, limit: 9 })).toHaveLength(2);
  });

  it('refuses to go on in a database that has become another log', async () => {
    const url = await server.newDatabase();
    const log = await open(url);
    await log.append(append([event()]));
    await server.query(url, 'UPDATE tidemark.log_head SET log_id = $1', [newId()]);
    await expect(log.append(append([event()]))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await until(async () => {
      expect(await log.health()).toEqual({ writable: false, reason: expect.stringMatching(/another log/) });
      await expect(log.read('all', { after: 0, limit: 9 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    });
    await server.query(url, 'UPDATE tidemark.log_head SET epoch = 7');
    expect((await open(url)).identity.epoch).toBe(7);
    expect(await server.query(url, 'SELECT position FROM tidemark.log_events')).toHaveLength(1);
  });

  it('notices a log that has lost its end, and makes what others hold of the lost end useless', async () => {
    const url = await server.newDatabase();
    const log = await open(url);
    for (let n = 0; n < 3; n += 1) await log.append(append([event()]));
    // What a failover to a standby that was behind does: another event in the place of the last.
    await server.query(url, 'UPDATE tidemark.log_events SET command_id = $1 WHERE position = 3', [newId()]);
    await server.query(url, BREAK_CONNECTIONS);
    await until(async () =>
      expect(await log.health()).toEqual({ writable: false, reason: expect.stringMatching(/another log/) }),
    );
    expect((await open(url)).identity).toEqual({ id: log.identity.id, epoch: 2 });
  });

  it('notices that, too, where it has only heard of the end that is lost', async () => {
    const url = await server.newDatabase();
    const [listening, writing] = [await open(url), await open(url)];
    await writing.append(append([event(), event()]));
    await until(() => expect(listening.knownHead?.()).toBe(2));
    await writing.close();
    await server.query(url, 'DELETE FROM tidemark.log_events WHERE position = 2');
    await server.query(url, 'UPDATE tidemark.log_head SET position = 1');
    await server.query(url, BREAK_CONNECTIONS);
    await until(async () =>
      expect(await listening.health()).toEqual({
        writable: false,
        reason: expect.stringMatching(/another log/),
      }),
    );
    expect((await open(url)).identity).toEqual({ id: listening.identity.id, epoch: 2 });
  });
});

function lots(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    // A linear congruential generator is random enough, and the same each time.
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

const TAGS = ['a:1', 'a:2', 'b:1', 'b:2', 'c:1'];
const TYPES = ['Done', 'Undone', 'Other'];

function anyAppend(random: (below: number) => number, ids: readonly string[], head: number): Append {
  const some = (from: readonly string[]) => from.filter(() => random(3) === 0);
  const tagged = () => [TAGS[random(TAGS.length)] ?? 'a:1', ...some(TAGS)];
  const events = Array.from({ length: random(4) }, () =>
    event('', { type: TYPES[random(3)] ?? 'Done', tags: tagged() }),
  );
  const criterion = () => {
    const types = some(TYPES);
    return { tags: tagged(), ...(types.length > 0 && { types }) };
  };
  const condition = {
    boundary: Array.from({ length: 1 + random(2) }, criterion),
    after: Math.max(0, head - random(12)),
  };
  return append(events, {
    command: command({ id: ids[random(ids.length)] ?? newId(), result: random(2) === 0 ? null : '{"n":1}' }),
    ...(random(4) > 0 && { condition }),
  });
}

function everythingOf(log: EventLog) {
  return log.read('all', { after: 0, limit: 10_000 });
}

function timeless(read: Awaited<ReturnType<typeof everythingOf>>[number]) {
  return { ...read, recordedAt: 0 };
}
