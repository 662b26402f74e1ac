import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgresLog, parseTarget } from '../../src/engines/postgres/index.js';
import { createOrder } from '../support/order-operations.js';
import { runMain } from '../support/main-process.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { startService } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';
import { ended, startChild } from '../support/child.js';

const PASSWORD = 'correct-horse';
const CLI = new URL('../../src/cli.ts', import.meta.url);

let server: PostgresServer;
let url: string;

beforeAll(async () => {
  server = await startPostgres();
  url = await server.newDatabase();
  await server.query(url, `CREATE ROLE ann LOGIN PASSWORD '${PASSWORD}'`);
  // From here on users need their password.
  await server.requirePasswords('ann');
});

afterAll(() => server.stop());

/** What a start with this URL says, which must be a sentence for operators without the password. */
async function refusalOf(eventLogUrl: string, dataDir = tempDir()): Promise<string> {
  const service = runMain({ EVENT_LOG_URL: eventLogUrl, DATA_DIR: dataDir });
  expect(await service.ended).toBe(1);
  const output = service.output();
  expect(output).toMatch(/^Tidemark cannot start\. /);
  expect(output).not.toMatch(/\n +at |node_modules/);
  expect(output).not.toContain(PASSWORD);
  return output;
}

const as = (user: string, change: (text: string) => string = (text) => text): string =>
  change(url.replace('postgres@', `${user}@`));

describe('A start with EVENT_LOG_URL', () => {
  test.each<[string, () => string, RegExp]>([
    ['that is no URL', () => `postgres://ann:${PASSWORD}@/`, /cannot be read\. Expected postgres:/],
    [
      'with a password that is not escaped',
      () => `postgres://ann:${PASSWORD}%@127.0.0.1/db`,
      /written as %xx/,
    ],
    [
      'where nobody listens',
      () => `postgres://ann:${PASSWORD}@127.0.0.1:1/shop`,
      /127\.0\.0\.1:1\/shop cannot be used\. No server listens there/,
    ],
    [
      'of a host that does not exist',
      () => `postgres://ann:${PASSWORD}@no-such-host.invalid/shop`,
      /no host of this name|cannot be looked up/,
    ],
    ['with a wrong password', () => as(`ann:${PASSWORD}!`), /refuses the user or the password/],
    ['without a password', () => as('ann'), /wants a password/],
    [
      'of a database that does not exist',
      () => url.replace(/\/log_\d+$/, '/nowhere'),
      /no database of this name\. Create it/,
    ],
    ['of a user who may not make tables', () => as(`ann:${PASSWORD}`), /lacks a right there/],
    [
      'that wants TLS where there is none',
      () => `${as(`ann:${PASSWORD}`)}?sslmode=verify-full`,
      /does not speak TLS/,
    ],
  ])('%s says so, and what to do', async (_what, make, message) => {
    expect(await refusalOf(make())).toMatch(message);
  });

  test('refuses tables of a newer version, and changes nothing', async () => {
    const newer = await server.newDatabase();
    await (await openPostgresLog({ url: newer })).close();
    await server.query(newer, `INSERT INTO tidemark.migrations (hash, created_at) VALUES ('later', 1)`);
    expect(await refusalOf(newer)).toMatch(/another version of Tidemark.*Nothing was changed/s);
  });

  test('refuses a server that is too old', async () => {
    const old = await server.newDatabase();
    await server.query(old, 'CREATE SCHEMA pretending');
    await server.query(
      old,
      `CREATE FUNCTION pretending.current_setting(text) RETURNS text LANGUAGE sql AS
       $$ SELECT CASE $1 WHEN 'server_version_num' THEN '140011' ELSE pg_catalog.current_setting($1) END $$`,
    );
    const name = old.slice(old.lastIndexOf('/') + 1);
    await server.query(old, `ALTER DATABASE ${name} SET search_path = pretending, pg_catalog`);
    expect(await refusalOf(old)).toMatch(
      /is on PostgreSQL 14, which is too old\. Tidemark needs PostgreSQL 15/,
    );
  });

  test('refuses a server that takes no writes', async () => {
    const standby = await server.newDatabase();
    const name = standby.slice(standby.lastIndexOf('/') + 1);
    await server.query(standby, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    expect(await refusalOf(standby)).toMatch(/takes no writes: it is a standby/);
  });

  test('refuses views of another log, and leaves them as they are', async () => {
    const dataDir = tempDir();
    const first = await startService({ eventLogUrl: await server.newDatabase(), dataDir });
    await createOrder(first);
    await first.stop();
    const views = join(dataDir, 'views', 'orders.1.sqlite');
    const before = readFileSync(views);
    expect(await refusalOf(await server.newDatabase(), dataDir)).toMatch(/are of the log [0-9a-f-]{36}, but/);
    expect(readFileSync(views).equals(before)).toBe(true);
  });

  test('refuses a folder that has an embedded log', async () => {
    const dataDir = tempDir();
    const embedded = await startService({ dataDir });
    await createOrder(embedded);
    await embedded.stop();
    expect(await refusalOf(await server.newDatabase(), dataDir)).toMatch(/There is an embedded log/);
    expect(existsSync(join(dataDir, 'log.sqlite'))).toBe(true);
  });

  test('goes to the host that takes writes, whichever it is', async () => {
    const several = (await server.newDatabase()).replace('@127.0.0.1', '@127.0.0.1:1,127.0.0.1');
    const log = await openPostgresLog({ url: `${several}?target_session_attrs=read-write` });
    expect(await log.health()).toEqual({ writable: true });
    await log.close();
  });
});

describe('The command line', () => {
  test.each([
    ['verify'],
    ['backup', 'x'],
    ['export'],
    ['events', 'tail'],
    ['projections', 'verify', 'orders'],
  ])(
    'says of `%s %s %s` that it is for the embedded log, where EVENT_LOG_URL says that there is none',
    async (...words) => {
      process.env['EVENT_LOG_URL'] = `postgres://ann:${PASSWORD}@db/shop`;
      const child = startChild(CLI, ...words.filter((word) => word !== undefined));
      delete process.env['EVENT_LOG_URL'];
      const { output, code } = await ended(child);
      expect(code).toBe(2);
      expect(output).toMatch(/^This is for the embedded log/);
      expect(output).not.toContain(PASSWORD);
    },
  );
});

describe('A URL of a log', () => {
  test.each([
    ['postgres://a:b@one/db', ['postgres://a:b@one/db'], 'one/db'],
    ['postgresql://one:1/db?sslmode=disable', ['postgresql://one:1/db?sslmode=disable'], 'one:1/db'],
    [
      'postgres://a:b@one:1,two:2/db?target_session_attrs=read-write&sslmode=disable',
      ['postgres://a:b@one:1/db?sslmode=disable', 'postgres://a:b@two:2/db?sslmode=disable'],
      'one:1,two:2/db',
    ],
    ['postgres://a:b@[::1]:1/db', ['postgres://a:b@[::1]:1/db'], '[::1]:1/db'],
  ])('%s is read the way libpq does', (text, urls, name) => {
    expect(parseTarget(text)).toEqual({ urls, name });
  });

  test.each([
    '',
    'db',
    'http://one/db',
    'postgres://one',
    'postgres://one/',
    'postgres://a@b@c/db',
    'postgres://one:x/db',
  ])('%j is refused', (text) => {
    expect(parseTarget(text)).toBeUndefined();
  });
});
