import { describe, expect, it } from 'vitest';
import { tidemark, tidemarkJson } from './command-line.js';
import { fakeService, parkedEvent, refused, statusOf, token } from './fake-service.js';

const FIVE = [
  parkedEvent(10, 'order:a', 'no carrier\u001b[2J\nat all'),
  parkedEvent(11, 'order:b', 'no total'),
  parkedEvent(12, 'order:a', null),
  parkedEvent(13, 'order:a', null),
  parkedEvent(14, 'order:b', null),
];

/** A service whose orders have these events set aside; a retry or a skip works for the entities that are mended. */
async function parking(events: readonly ReturnType<typeof parkedEvent>[], mended: readonly string[]) {
  let left = [...events];
  const status = () =>
    statusOf('orders', {
      parked: left.length,
      parkedEntities: new Set(left.map(({ entity }) => entity)).size,
    });
  const release = (position: string, skipped: number) => {
    const event = left.find((one) => one.position === position);
    if (event === undefined) throw refused('NOT_FOUND', 'No event at this position is set aside in orders.');
    if (event.error === null) throw refused('CONFLICT', `It waits behind another event of ${event.entity}.`);
    const before = left.length;
    if (mended.includes(event.entity)) left = left.filter(({ entity }) => entity !== event.entity);
    return {
      applied: before - left.length - (before === left.length ? 0 : skipped),
      skipped,
      status: status(),
    };
  };
  const service = await fakeService(
    {
      projections: () => [statusOf('sales'), status()],
      projection: ({ name }) => (name === 'orders' ? status() : null),
      retryParked: ({ position = '' }) => release(position, 0),
      skipParked: ({ position = '' }) => release(position, 1),
    },
    (projection) => (projection === 'orders' ? left : []),
  );
  return service;
}

describe('parked list', () => {
  it('shows by entity what failed, why, and how many wait behind it', async () => {
    const { dataDir, asked } = await parking(FIVE, []);
    const { code, stdout } = await tidemark(['parked', 'list'], { dataDir });
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'orders: 5 events of 2 entities',
      '  order:a',
      '    10 OrderShipped, 5 attempts, set aside 2026-01-02T03:04:05.000Z',
      '      no carrier\\u001b[2J',
      '      at all',
      '    2 more wait behind it, up to 13',
      '  order:b',
      '    11 OrderShipped, 5 attempts, set aside 2026-01-02T03:04:05.000Z',
      '      no total',
      '    1 more waits behind it, up to 14',
      '',
    ]);
    // All pages of the one projection that has any.
    expect(asked.map(({ field, args }) => args['projection'] ?? field)).toEqual([
      ...['projections', 'orders', 'orders', 'orders'],
    ]);
  });

  it('shows where in the code it failed with --stack', async () => {
    const { dataDir } = await parking(FIVE, []);
    const { stdout } = await tidemark(['parked', 'list', 'orders', '--stack'], { dataDir });
    expect(stdout).toContain('        at shipped (orders.projection.ts:7:1)\n');
  });

  it('is the connection of each projection with --json', async () => {
    const { dataDir } = await parking(FIVE, []);
    const { parkedEvents } = await tidemarkJson(['parked', 'list', 'orders', '--stack'], { dataDir });
    expect(parkedEvents.orders.edges.map(({ node }: { node: object }) => node)).toEqual(FIVE);
    expect(parkedEvents.orders.pageInfo).toEqual({ hasNextPage: false, endCursor: '5' });
  });

  it('says that nothing is set aside', async () => {
    const { dataDir } = await parking([], []);
    expect((await tidemark(['parked', 'list'], { dataDir })).stdout).toBe('Nothing is set aside.\n');
    expect((await tidemark(['parked', 'list', 'orders'], { dataDir })).stdout).toBe(
      'Nothing is set aside in orders.\n',
    );
  });
});

describe('parked retry', () => {
  it('applies an event, by its plain number, and what waits behind it', async () => {
    const { dataDir, asked } = await parking(FIVE, ['order:a']);
    const { code, stdout } = await tidemark(['parked', 'retry', 'orders', '10'], { dataDir });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: '3 events were applied.\n2 events of 1 entity are set aside in orders.\n',
    });
    expect(asked).toContainEqual({
      field: 'retryParked',
      args: { projection: 'orders', position: token(10) },
      authorization: undefined,
    });
  });

  it('ends with 1 where it still fails, and says why', async () => {
    const { dataDir } = await parking(FIVE, []);
    expect(await tidemark(['parked', 'retry', 'orders', '11'], { dataDir })).toEqual({
      ...{ code: 1, stderr: '' },
      stdout:
        'Event 11 OrderShipped still cannot be applied: no total\n5 events of 2 entities are set aside in orders.\n',
    });
  });

  it.each([
    ['99', 'No event at this position is set aside in orders.'],
    ['12', 'It waits behind another event of order:a.'],
  ])('is refused for %s as the service does', async (position, message) => {
    const { dataDir } = await parking(FIVE, ['order:a']);
    expect(await tidemark(['parked', 'retry', 'orders', position], { dataDir })).toEqual({
      ...{ code: 1, stdout: '', stderr: `${message}\n` },
    });
  });

  it('is refused for a projection that there is not', async () => {
    const { dataDir } = await parking(FIVE, []);
    expect((await tidemark(['parked', 'retry', 'oders', '10'], { dataDir })).stderr).toBe(
      'There is no projection "oders".\n',
    );
  });

  it('tries the first event of each entity with --all, and says what is left', async () => {
    const { dataDir, asked } = await parking(FIVE, ['order:a']);
    const { code, stdout } = await tidemark(['parked', 'retry', 'orders', '--all'], { dataDir });
    expect({ code, stdout: stdout.split('\n') }).toEqual({
      code: 1,
      stdout: [
        '3 events were applied.',
        'order:b: Event 11 OrderShipped still cannot be applied: no total',
        '2 events of 1 entity are set aside in orders.',
        '',
      ],
    });
    const tried = asked.filter(({ field }) => field === 'retryParked').map(({ args }) => args['position']);
    expect(tried).toEqual([token(10), token(11)]);
  });

  it('ends with 0 where --all leaves nothing, or had nothing to do', async () => {
    const { dataDir } = await parking(FIVE, ['order:a', 'order:b']);
    const all = ['parked', 'retry', 'orders', '--all'];
    expect(await tidemarkJson(all, { dataDir })).toMatchObject({
      retryParked: { applied: 5, skipped: 0, status: { name: 'orders', parked: 0 } },
    });
    expect(await tidemark(all, { dataDir })).toMatchObject({
      ...{ code: 0, stdout: 'Nothing is set aside in orders.\n' },
    });
  });
});

describe('parked skip', () => {
  it('passes over an event with the reason, and says what was applied behind it', async () => {
    const { dataDir, asked } = await parking(FIVE, ['order:a']);
    const { code, stdout } = await tidemark(['parked', 'skip', 'orders', '10', '--reason', 'a test order'], {
      dataDir,
    });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        'Event 10 is skipped, 2 events behind it were applied.\n2 events of 1 entity are set aside in orders.\n',
    });
    expect(asked.at(-1)).toMatchObject({
      field: 'skipParked',
      args: { projection: 'orders', position: token(10), reason: 'a test order' },
    });
  });

  it('takes a reason that looks like a number', async () => {
    const { dataDir, asked } = await parking(FIVE, ['order:a']);
    await tidemarkJson(['parked', 'skip', 'orders', '10', '--reason', '4711'], { dataDir });
    expect(asked.at(-1)?.args['reason']).toBe('4711');
  });
});
