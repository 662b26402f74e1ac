import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createKernel, readAfter, type Kernel, type Projection } from '../../src/kernel/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import { migrationsOf } from '../support/migrations.js';
import { openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import {
  halfBuilt,
  BY,
  SQL,
  accountQuery,
  accountsWith,
  deposit,
  replayed,
  start,
  write,
  type AccountsOptions,
} from './accounts.js';

const version = (number: number, change: AccountsOptions = {}): Projection =>
  accountsWith({ version: number, ...change });

/** A folder in which version 1 has applied a log, which has gone on since. */
async function before() {
  const folder = tempDir();
  const log = openFileLog();
  const first = await start(version(1), { log, folder });
  for (let n = 0; n < 50; n += 1) await write(log, deposit('a'));
  await first.caughtUp();
  await first.kernel.stop();
  await write(log, deposit('a'));
  return { folder, log };
}

const files = (folder: string): readonly string[] =>
  readdirSync(folder).filter((file) => file.endsWith('.sqlite'));

describe('a raised version of a projection', () => {
  it('is built beside the views of the older one, which are served as they are, and say how old', async () => {
    const { folder, log } = await before();
    const running = await start(version(2), { log, folder, started: false });
    const { status, kernel, projector } = running;
    expect(status()).toMatchObject({ version: 1, generation: 1, state: 'STOPPED', checkpoint: 50 });
    const old = await running.ask('a');
    expect(old.value).toMatchObject({ deposits: 50 });
    expect(old.consistency).toMatchObject({ position: 50, head: 51, stale: false });
    expect((await running.ask('a', 51, 20)).consistency).toMatchObject({ position: 50, stale: true });
    await expect(running.ask('a', 51, 20, 'ERROR')).rejects.toMatchObject({ code: 'STALE_READ' });
    const waits = running.ask('a', 51, 5_000, 'ERROR');
    const states = new Set([status().state]);
    kernel.start();
    expect(status()).toMatchObject({ state: 'BUILDING', rebuild: { generation: 2 }, lagEvents: 1 });
    await until(() => {
      states.add(status().state);
      expect(status()).toMatchObject({ state: 'LIVE', version: 2, generation: 2, rebuild: null });
    });
    expect((await waits).value.deposits).toBe(51);
    expect(status().kept).toMatchObject({ generation: 1, version: 1, checkpoint: 50 });
    expect(() => {
      projector.succession.rollback();
    }).toThrow(/made by another build, of version 1/);
    expect(running.rows()).toEqual(await replayed(version(2), log));
  });

  it('cannot be cancelled or overtaken while it is built, and nothing is retried in the older views', async () => {
    const { folder, log } = await before();
    await write(log, deposit('p', 1, { type: 'Forgotten' }));
    const old = await start(version(1), { log, folder });
    await old.caughtUp();
    await old.kernel.stop();
    const { kernel, status } = await start(version(2), { log, folder, started: false });
    const { operations } = kernel;
    expect(status()).toMatchObject({ parked: 1 });
    const refused = [
      operations.cancelRebuild('accounts', BY),
      operations.rebuild('accounts', BY),
      operations.rollback('accounts', BY),
      operations.retryParked('accounts', 52, BY),
      operations.skipParked('accounts', 52, 'a test', BY),
    ];
    for (const operation of refused) await expect(operation).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is built and switched to also where it is paused, and then stays paused', async () => {
    const { folder, log } = await before();
    const running = await start(version(2), { log, folder, started: false });
    await running.kernel.operations.pause('accounts', BY);
    running.kernel.start();
    expect(running.status().state).toBe('BUILDING');
    await until(() => {
      expect(running.status()).toMatchObject({ state: 'PAUSED', version: 2, generation: 2 });
    });
  });

  it('goes on where it was when it was half-built', async () => {
    const { folder, log } = await before();
    for (let n = 0; n < 2_000; n += 1) await write(log, deposit('b'));
    const first = await start(version(2), { log, folder });
    await halfBuilt(first.status);
    await first.kernel.stop();
    const half = first.status().rebuild?.checkpoint;
    const second = await start(version(2), { log, folder, started: false });
    expect(second.status()).toMatchObject({ version: 1, rebuild: { generation: 2, checkpoint: half } });
    expect((await second.ask('a')).value.deposits).toBe(50);
    second.kernel.start();
    await second.caughtUp();
    expect(second.rows()).toEqual(await replayed(version(2), log));
  });

  it('that is taken back finds its views again at once, and then the newer one, too', async () => {
    const { folder, log } = await before();
    const second = await start(version(2), { log, folder });
    await second.caughtUp();
    await second.kernel.stop();
    const first = await start(version(1), { log, folder, started: false });
    expect(first.status()).toMatchObject({ version: 1, generation: 1, checkpoint: 50, rebuild: null });
    expect((await first.ask('a')).value.deposits).toBe(50);
    first.kernel.start();
    await first.caughtUp();
    await first.kernel.stop();
    await write(log, deposit('a'));
    const again = await start(version(2), { log, folder, started: false });
    expect(again.status()).toMatchObject({ version: 2, generation: 2, checkpoint: 51, rebuild: null });
    again.kernel.start();
    await again.caughtUp();
  });
});

/** The tables of the older version lack a column. */
const NARROW = SQL.replace('balance integer NOT NULL, ', '');

/** A folder with views of a build whose table has no balance, and another projection's beside them. */
async function narrowBefore(number = 1) {
  const folder = tempDir();
  const log = openFileLog();
  const other = accountsWith({ name: 'other' });
  const full = accountsWith();
  const { accounts: wide, ...others } = full.tables;
  if (wide === undefined) throw new Error('There are accounts.');
  const narrow: Projection = {
    ...full,
    version: number,
    migrations: migrationsOf(NARROW),
    tables: others,
    on: new Map([
      [
        'Deposited',
        (rows, { data, position }) => {
          const { account } = data as { readonly account: string };
          rows['deposits']?.put({ position, account });
        },
      ],
    ]),
    degrade: undefined,
  };
  const kernel = await createKernel({
    log,
    views: sqliteViews(folder),
    modules: [{ name: 'm', projections: [narrow, other] }],
  });
  kernel.start();
  for (let n = 0; n < 20; n += 1) await write(log, deposit('a'));
  await until(() => {
    expect(kernel.status()).toMatchObject([
      { state: 'LIVE', checkpoint: 20 },
      { state: 'LIVE', checkpoint: 20 },
    ]);
  });
  await kernel.stop();
  return { folder, log, narrow, other };
}

async function both(
  folder: string,
  log: ReturnType<typeof openFileLog>,
  projection: Projection,
  other: Projection,
) {
  const [query, queryOther] = [accountQuery(projection), accountQuery(other)];
  const kernel: Kernel = await createKernel({
    log,
    views: sqliteViews(folder),
    modules: [{ name: 'm', projections: [projection, other], queries: [query, queryOther] }],
  });
  const ask = (asked: typeof query, position: number, timeoutMs = 5_000) =>
    kernel.queries.ask(asked, 'a', { readAfter: readAfter(position, timeoutMs, 'ERROR') });
  return { kernel, query, queryOther, ask };
}

describe('a raised version with more columns', () => {
  it('is UNAVAILABLE until it is built, and only that projection is; the older build finds its views again', async () => {
    const { folder, log, narrow, other } = await narrowBefore();
    const { kernel, query, queryOther, ask } = await both(folder, log, version(2), other);
    await expect(ask(query, 20, 20)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await ask(queryOther, 20)).value.row).toMatchObject({ balance: 20 });
    kernel.start();
    expect(kernel.status()).toMatchObject([{ state: 'BUILDING' }, { state: 'LIVE' }]);
    expect((await ask(query, 20)).value.row).toMatchObject({ balance: 20 });
    expect(kernel.status()[0]).toMatchObject({
      version: 2,
      generation: 2,
      kept: { generation: 1, version: 1 },
    });
    await kernel.stop();
    const back = await createKernel({
      log,
      views: sqliteViews(folder),
      modules: [{ name: 'm', projections: [narrow, other] }],
    });
    expect(back.status()[0]).toMatchObject({ version: 1, generation: 1, checkpoint: 20, rebuild: null });
    await back.stop();
  });
});

describe('a changed projection whose version is the same', () => {
  it.each([
    ['other migrations', () => ({ migrations: migrationsOf(`${SQL}\n-- changed`) })],
    ['other handlers', () => ({ handlesNotes: true })],
  ])('(%s) is built anew, with a notice, while the older views are served', async (_what, change) => {
    const { folder, log } = await before();
    const notices: string[] = [];
    const running = await start(version(1, change()), {
      log,
      folder,
      started: false,
      onProjectionNotice: (projection, notice) => notices.push(`${projection}: ${notice}`),
    });
    expect(notices).toEqual([expect.stringMatching(/^accounts: .* but the version is still 1$/)]);
    expect((await running.ask('a')).value.deposits).toBe(50);
    running.kernel.start();
    await running.caughtUp();
    expect(running.status()).toMatchObject({ version: 1, generation: 2 });
  });

  it('(more columns) is built anew, with a notice', async () => {
    const { folder, log } = await narrowBefore(1);
    const notices: string[] = [];
    const onProjectionNotice = (_: string, notice: string) => notices.push(notice);
    const running = await start(version(1), { log, folder, onProjectionNotice });
    expect(notices).toEqual([expect.stringMatching(/the version is still 1$/)]);
    await running.caughtUp();
    expect(running.rows()).toEqual(await replayed(version(1), log));
  });

  it('(nothing changed) has no notice', async () => {
    const { folder, log } = await before();
    const onProjectionNotice = () => expect.fail('There is nothing to notice.');
    await start(version(1), { log, folder, onProjectionNotice });
  });
});

describe('views of another log', () => {
  it.each([
    ['another log', async () => openFileLog()],
    [
      'the same log after a restore',
      async (log: ReturnType<typeof openFileLog>) => ({
        ...log,
        identity: { ...log.identity, epoch: 2 },
      }),
    ],
  ])('(%s) are removed, never served', async (_what, other) => {
    const { folder, log } = await before();
    const foreign = await other(log);
    await write(foreign, deposit('z'));
    const running = await start(version(1), { log: foreign, folder, started: false });
    await expect(running.ask('a', 1, 20)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(files(folder)).toEqual(['accounts.2.sqlite']);
    running.kernel.start();
    await running.caughtUp();
    expect(running.rows()).toEqual(await replayed(version(1), foreign));
  });
});
