import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { announceService, serviceFile } from '../../src/settings/index.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import { startTidemark, tidemark, tidemarkJson } from './command-line.js';
import { fakeService, rebuildOf, refused, statusOf, token } from './fake-service.js';
import { byHand, ordersDir } from './orders-dir.js';

const UNKNOWN = refused('NOT_FOUND', 'There is no projection "oders". There are: orders, sales.');

describe('projections list', () => {
  it('is a table of what each is doing, with what is wrong below it', async () => {
    const { dataDir } = await fakeService({
      projections: () => [
        statusOf('orders', {
          ...{ generation: 12, version: 3, parked: 4, parkedEntities: 1, eventsPerSecond: 1_233.6 },
          ...{ checkpoint: token(180), lagEvents: 20, lagMs: 1_500.4, healthy: false },
          ...{ rebuild: rebuildOf(13, 85), kept: { generation: 11, version: 2, checkpoint: token(180) } },
        }),
        statusOf('sales', { state: 'FAILED', lastError: 'disk \u001b[31m full', healthy: false }),
        statusOf('customers'),
      ],
    });
    const { code, stdout } = await tidemark(['projections', 'list'], { dataDir });
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'projection  state   generation  version  position  lag  lag ms  events/s  parked  rebuild  kept',
      'orders      LIVE            12        3       180   20    1500      1234       4  42 %     generation 11',
      'sales       FAILED           1        1       200    0       0         0       0  -        -',
      'customers   LIVE             1        1       200    0       0         0       0  -        -',
      '',
      'orders is further behind than it may be.',
      '4 events of 1 entity are set aside in orders: see tidemark parked list orders.',
      'sales fails: disk \\u001b[31m full',
      '',
    ]);
  });

  it('is the data of the API with --json', async () => {
    const projections = [statusOf('orders', { rebuild: rebuildOf(2, 10) })];
    const { dataDir } = await fakeService({ projections: () => projections });
    expect(await tidemarkJson(['projections', 'list'], { dataDir })).toEqual({ projections });
  });
});

describe('an operation on a projection', () => {
  it.each([
    ['cancel', 'cancelRebuild', 'The rebuild of orders is cancelled.'],
    ['rollback', 'rollbackProjection', 'orders is served from generation 1 again.'],
    ['prune', 'pruneProjection', 'The generation of orders before this one is removed.'],
    ['pause', 'pauseProjection', 'orders is paused. To go on: tidemark projections resume orders'],
    ['resume', 'resumeProjection', 'orders goes on.'],
  ] as const)('%s is the mutation %s, and says what is now', async (action, field, said) => {
    const status = statusOf('orders', { state: action === 'pause' ? 'PAUSED' : 'LIVE' });
    const { dataDir, asked } = await fakeService({ [field]: () => status });
    const { code, stdout } = await tidemark(['projections', action, 'orders'], { dataDir });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${said}\norders: ${status.state}, generation 1, version 1, at position 200 of 200\n`,
    });
    expect(asked).toEqual([{ field, args: { name: 'orders' }, authorization: undefined }]);
    expect(await tidemarkJson(['projections', action, 'orders'], { dataDir })).toEqual({ [field]: status });
  });

  it('that the service refuses fails with its words, and its code with --json', async () => {
    const { dataDir } = await fakeService({
      rollbackProjection: () => {
        throw refused('CONFLICT', 'There is no generation to go back to.');
      },
      pauseProjection: () => {
        throw UNKNOWN;
      },
    });
    expect(await tidemark(['projections', 'rollback', 'orders'], { dataDir })).toEqual({
      ...{ code: 1, stdout: '', stderr: 'There is no generation to go back to.\n' },
    });
    const unknown = await tidemark(['projections', 'pause', 'oders', '--json'], { dataDir });
    expect(unknown).toMatchObject({ code: 1, stderr: `${UNKNOWN.message}\n` });
    expect(JSON.parse(unknown.stdout)).toEqual({ ok: false, error: UNKNOWN.message, code: 'NOT_FOUND' });
  });
});

/** A service in which a rebuild of the orders takes so many looks, and ends like that. */
function rebuilding(after: number, end: object) {
  let looks = 0;
  const going = (at: number) => statusOf('orders', { rebuild: rebuildOf(2, at) });
  return fakeService({
    rebuildProjection: () => going(0),
    projection: () => {
      looks += 1;
      return looks < after ? going(50 * looks) : statusOf('orders', end);
    },
  });
}

describe('projections rebuild', () => {
  it('waits until the new generation is served', async () => {
    const kept = { generation: 1, version: 1, checkpoint: token(200) };
    const { dataDir, asked } = await rebuilding(3, { generation: 2, kept, parked: 1, parkedEntities: 1 });
    const { code, stdout } = await tidemark(['projections', 'rebuild', 'orders'], { dataDir });
    expect(stdout.split('\n')).toEqual([
      'orders is served from generation 2.',
      'orders: LIVE, generation 2, version 1, at position 200 of 200',
      'Generation 1 is kept: tidemark projections rollback orders',
      '1 event of 1 entity is set aside in orders.',
      '',
    ]);
    expect(code).toBe(0);
    expect(asked.map(({ field }) => field)).toEqual([
      'rebuildProjection',
      ...Array.from({ length: 3 }, () => 'projection'),
    ]);
  });

  it('prints the last status with --json', async () => {
    const { dataDir } = await rebuilding(2, { generation: 2 });
    expect(await tidemarkJson(['projections', 'rebuild', 'orders'], { dataDir })).toEqual({
      rebuildProjection: statusOf('orders', { generation: 2 }),
    });
  });

  it('shows how far it is where nobody looks at a terminal, too', async () => {
    const { dataDir } = await rebuilding(12, { generation: 2 });
    const { stderr } = await tidemark(['projections', 'rebuild', 'orders'], { dataDir });
    expect(stderr).toMatch(/^rebuild of orders: \d+ %, \d+ of 200 events, 1235 a second, 2 s left\n/);
  });

  it('ends with 1 where it fails, and says why', async () => {
    const failing = rebuildOf(2, 50, { state: 'FAILED', lastError: 'the disk is full' });
    const { dataDir } = await rebuilding(2, { rebuild: failing });
    expect(await tidemark(['projections', 'rebuild', 'orders'], { dataDir })).toMatchObject({
      code: 1,
      stdout:
        'The rebuild of orders (generation 2) fails: the disk is full\n' +
        'The service tries again by itself, and serves generation 1. To give up: tidemark projections cancel orders\n',
    });
  });

  it('ends with 1 where somebody cancels it', async () => {
    const { dataDir } = await rebuilding(2, {});
    expect(await tidemark(['projections', 'rebuild', 'orders'], { dataDir })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Generation 2 of orders was cancelled before it was done.\n'),
    });
  });

  it('returns at once with --no-wait', async () => {
    const { dataDir, asked } = await rebuilding(Infinity, {});
    const { code, stdout } = await tidemark(['projections', 'rebuild', 'orders', '--no-wait'], { dataDir });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Generation 2 of orders is being built in the service.*\nTo look: .*\n$/);
    expect(asked).toHaveLength(1);
  });

  it('is left running by Ctrl-C, and says so', async () => {
    const { dataDir, asked } = await rebuilding(Infinity, {});
    const child = startTidemark(['projections', 'rebuild', 'orders'], { dataDir });
    onTestFinished(() => void child.kill('SIGKILL'));
    const stdout = text(child.stdout);
    await until(() => expect(asked.length).toBeGreaterThan(2));
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(await stdout).toMatch(/^Generation 2 of orders is being built in the service; until it is done/);
    expect(asked.map(({ field }) => field)).not.toContain('cancelRebuild');
  });
});

describe('projections verify', () => {
  it('compares the views of one projection with the log, whether the service runs or not', async () => {
    const dataDir = await ordersDir(3);
    const call = ['projections', 'verify', 'customers'];
    expect(await tidemark(call, { dataDir })).toMatchObject({
      code: 0,
      stdout: 'views of customers: identical, 3 rows\n',
    });
    byHand(dataDir, 'views/customers.1.sqlite', `UPDATE customers SET name = 'Nobody' WHERE id = 'C1'`);
    expect(await tidemark(call, { dataDir })).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^views of customers: 1 row of 3 differs .*\n.*"Nobody", the log gives/),
    });
    expect(await tidemark(['projections', 'verify', 'sales'], { dataDir })).toMatchObject({ code: 0 });
  });

  it('knows which events an operator has skipped', async () => {
    const dataDir = await ordersDir(3);
    // The placement of the first order: no code can apply it now.
    byHand(dataDir, 'log.sqlite', `UPDATE events SET data = '{}' WHERE position = 2`);
    const call = ['projections', 'verify', 'customers'];
    const { stdout } = await tidemark(call, { dataDir });
    expect(stdout).toContain('cannot be applied');
    byHand(
      dataDir,
      'log.sqlite',
      `INSERT INTO operations (name, projection, actor, correlation_id, at, position, reason)
       VALUES ('skipParked', 'customers', 'ann', 'c', 0, 2, 'poison')`,
    );
    expect((await tidemark(call, { dataDir })).stdout).not.toContain('cannot be applied');
  });

  it('says which projections there are', async () => {
    const dataDir = await ordersDir(1);
    expect(await tidemark(['projections', 'verify', 'oders'], { dataDir })).toEqual({
      ...{ code: 1, stdout: '' },
      stderr: 'There is no projection "oders". There are: orders, customers, sales.\n',
    });
  });
});

describe('the service', () => {
  it('is found by --url, then TIDEMARK_URL, then the data directory', async () => {
    const [one, two, three] = await Promise.all(
      ['one', 'two', 'three'].map((name) => fakeService({ projections: () => [statusOf(name)] })),
    );
    const env = { TIDEMARK_URL: two?.url ?? '' };
    const found = async (words: readonly string[], variables: Readonly<Record<string, string>>) => {
      const options = { dataDir: three?.dataDir ?? '', env: variables };
      const { projections } = await tidemarkJson(['projections', 'list', ...words], options);
      return projections[0].name;
    };
    expect(await found(['--url', `${one?.url}/`], env)).toBe('one');
    expect(await found(['--url', `${one?.url}/graphql`], env)).toBe('one');
    expect(await found([], env)).toBe('two');
    expect(await found([], { TIDEMARK_URL: '' })).toBe('three');
  });

  it('is sent the token of --token, or of TIDEMARK_TOKEN', async () => {
    const { dataDir, asked } = await fakeService({ projections: () => [] });
    const env = { TIDEMARK_TOKEN: 'of.environment' };
    await tidemark(['projections', 'list'], { dataDir, env });
    await tidemark(['projections', 'list', '--token', 'of.option'], { dataDir, env });
    expect(asked.map(({ authorization }) => authorization)).toEqual([
      'Bearer of.environment',
      'Bearer of.option',
    ]);
  });

  it('says how to sign in where it wants to know who asks, or that this one may not', async () => {
    const { dataDir } = await fakeService({
      projections: () => {
        throw refused('UNAUTHENTICATED', 'Sign in first.');
      },
      pauseProjection: () => {
        throw refused('FORBIDDEN', 'You may not use Mutation.pauseProjection.');
      },
    });
    expect((await tidemark(['projections', 'list'], { dataDir })).stderr).toMatch(
      /^Sign in first\. .*--token or TIDEMARK_TOKEN.*npm run token -- --role admin --subject you/,
    );
    expect((await tidemark(['projections', 'pause', 'x'], { dataDir })).stderr).toBe(
      'You may not use Mutation.pauseProjection.\n',
    );
  });

  it('is not running where it has left no word', async () => {
    const dataDir = tempDir();
    const { code, stdout, stderr } = await tidemark(['projections', 'list', '--json'], { dataDir });
    const error = `The service is not running (it has no ${serviceFile(dataDir)}): start it, or name it with --url.`;
    expect({ code, stderr }).toEqual({ code: 1, stderr: `${error}\n` });
    expect(JSON.parse(stdout)).toEqual({ ok: false, error, code: 'NOT_RUNNING' });
  });

  it('is not running where its word is stale', async () => {
    const dataDir = tempDir();
    const url = await nobodyListens();
    announceService(dataDir, url);
    expect((await tidemark(['projections', 'list'], { dataDir })).stderr).toBe(
      `The service is not running (${serviceFile(dataDir)} names ${url}, where nobody listens): start it, or name it with --url.\n`,
    );
    expect((await tidemark(['projections', 'list', '--url', url], { dataDir })).stderr).toBe(
      `The service is not running at ${url}, which --url names: start it, or name another.\n`,
    );
  });

  it('is not what answers something else, or sends the token elsewhere', async () => {
    const other = createServer((_, response) => response.writeHead(302, { location: 'http://x.test' }).end());
    const page = createServer((_, response) => response.end('<h1>Hello</h1>'));
    const urls = await Promise.all([other, page].map(listen));
    const said = await Promise.all(
      urls.map(async (url) => (await tidemark(['projections', 'list', '--url', url])).stderr),
    );
    expect(said[0]).toMatch(/cannot be asked \(unexpected redirect\)/);
    expect(said[1]).toMatch(/^What answers at .* is not Tidemark’s GraphQL API \(HTTP 200\)\.\n$/);
  });
});

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function nobodyListens(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
