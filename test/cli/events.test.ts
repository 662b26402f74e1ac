import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOrder } from '../support/order-operations.js';
import { startService } from '../support/service.js';
import { until } from '../support/until.js';
import { startTidemark, tidemark, tidemarkJson } from './command-line.js';
import { ask, byHand, openOrders, ordersDir, writeOrders } from './orders-dir.js';

const ID = '[0-9a-f-]{36}';
const TIME = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z';

/** The positions of what was printed. */
function positions(stdout: string): readonly number[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => Number.parseInt(line, 10));
}

/** Follows a log; what it printed so far, and how it is ended as by Ctrl-C. */
function following(dataDir: string, ...words: readonly string[]) {
  const child = startTidemark(['events', 'tail', '--follow', ...words], { dataDir });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  return {
    stdout: () => stdout,
    child,
    interrupt: async () => {
      child.kill('SIGINT');
      return (await once(child, 'close')) as [number | null, string | null];
    },
  };
}

describe('events tail', () => {
  it('shows the last ten events, aligned', async () => {
    const dataDir = await ordersDir(5);
    const { code, stdout } = await tidemark(['events', 'tail'], { dataDir });
    expect(code).toBe(0);
    expect(positions(stdout)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(new RegExp(`^ 3  ${TIME}  OrderCancelled  order:${ID}.*  by `));
    expect(lines[1]).toMatch(new RegExp(`^ 4  ${TIME}  OrderCreated    order:${ID}.*  by user 1$`));
  });

  it('shows as many as are wanted, and no more than there are', async () => {
    const dataDir = await ordersDir(3);
    const shown = async (...words: readonly string[]) =>
      positions((await tidemark(['events', 'tail', ...words], { dataDir })).stdout);
    expect(await shown('-n', '2')).toEqual([6, 7]);
    expect(await shown('--count', '1')).toEqual([7]);
    expect(await shown('-n', '100')).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect((await tidemarkJson(['events', 'tail', '-n', '0'], { dataDir })).events).toEqual([]);
  });

  it('shows the events of a type, of a tag, or of both', async () => {
    const dataDir = await ordersDir(4);
    const { events } = await tidemarkJson(['events', 'tail', '-n', '100'], { dataDir });
    const tag: string = events[0].tags.find((one: string) => one.startsWith('order:'));
    const shown = async (...words: readonly string[]) =>
      positions((await tidemark(['events', 'tail', ...words], { dataDir })).stdout);
    expect(await shown('--type', 'OrderPlaced')).toEqual([2, 5, 7, 9]);
    expect(await shown('--type', 'OrderPlaced', '-n', '1')).toEqual([9]);
    expect(await shown('--tag', tag)).toEqual([1, 2, 3]);
    expect(await shown('--tag', tag, '-n', '2')).toEqual([2, 3]);
    expect(await shown('--tag', tag, '--type', 'OrderPlaced')).toEqual([2]);
    const none = await tidemark(['events', 'tail', '--type', 'OrderLost'], { dataDir });
    expect(none).toMatchObject({ code: 0, stdout: 'No event is like that.\n' });
  });

  it('finds the last of a type far back in the log', async () => {
    const dataDir = await ordersDir(1);
    const { kernel, close } = await openOrders(dataDir);
    await writeOrders(kernel, 500);
    await close();
    // Positions 1 to 3 are of the first order; only there is it of this type.
    byHand(
      dataDir,
      'log.sqlite',
      `INSERT INTO names (name) VALUES ('OrderLost')`,
      `UPDATE events SET type = (SELECT id FROM names WHERE name = 'OrderLost') WHERE position = 2`,
    );
    const { events, head } = await tidemarkJson(['events', 'tail', '--type', 'OrderLost'], { dataDir });
    expect(events.map(({ position }: { position: number }) => position)).toEqual([2]);
    expect(head).toBe(ask(dataDir, 'SELECT max(position) FROM events'));
    const all = await tidemarkJson(['events', 'tail', '-n', '10000'], { dataDir });
    expect(all.events).toHaveLength(head);
  });

  it('says that the log is empty', async () => {
    const dataDir = await ordersDir(0);
    expect((await tidemark(['events', 'tail'], { dataDir })).stdout).toBe('The log is empty.\n');
  });

  it('lets no text of an event move the terminal’s cursor', async () => {
    const dataDir = await ordersDir(1);
    byHand(dataDir, 'log.sqlite', `UPDATE commands SET actor = 'ann' || char(27) || '[2J' || char(10)`);
    const { stdout } = await tidemark(['events', 'tail', '-n', '1'], { dataDir });
    expect(stdout).toMatch(/by ann\\u001b\[2J\\u000a\n$/);
  });
});

describe('events tail --follow', () => {
  it('goes on with what a running service writes, until Ctrl-C', async () => {
    const service = await startService();
    await createOrder(service);
    const tail = following(service.dataDir);
    await until(() => expect(positions(tail.stdout())).toEqual([1]));
    for (let count = 0; count < 5; count += 1) await createOrder(service);
    await until(() => expect(positions(tail.stdout())).toEqual([1, 2, 3, 4, 5, 6]));
    expect(await tail.interrupt()).toEqual([0, null]);
    expect(tail.stdout().endsWith('\n')).toBe(true);
    expect(service.logged).toEqual([]);
  });

  it('outlives a stop and a start of the service, and misses nothing', async () => {
    const dataDir = await ordersDir(1);
    const tail = following(dataDir, '-n', '1', '--type', 'OrderCreated', '--json');
    await until(() => expect(tail.stdout()).toContain('\n'));
    for (let round = 0; round < 3; round += 1) {
      const { kernel, close } = await openOrders(dataDir);
      await writeOrders(kernel, 40);
      await close();
    }
    const shown = () =>
      tail
        .stdout()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { position: number; type: string });
    const typed = `FROM events WHERE type = (SELECT id FROM names WHERE name = 'OrderCreated')`;
    await until(() => expect(shown()).toHaveLength(121));
    expect(new Set(shown().map(({ type }) => type))).toEqual(new Set(['OrderCreated']));
    expect(shown().at(-1)?.position).toBe(ask(dataDir, `SELECT max(position) ${typed}`));
    expect(await tail.interrupt()).toEqual([0, null]);
  });

  it('ends when nobody reads it any more', async () => {
    const service = await startService();
    const tail = following(service.dataDir);
    await createOrder(service);
    await until(() => expect(positions(tail.stdout())).toEqual([1]));
    tail.child.stdout.destroy();
    const ended = once(tail.child, 'close');
    let writing = true;
    const write = async (): Promise<void> => {
      while (writing) await createOrder(service);
    };
    const written = write();
    expect(await ended).toEqual([0, null]);
    writing = false;
    await written;
  });
});

describe('events show', () => {
  it('shows all of one event', async () => {
    const dataDir = await ordersDir(2);
    const { code, stdout } = await tidemark(['events', 'show', '2'], { dataDir });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        [
          '^position     2',
          'type         OrderPlaced, version \\d',
          `tags         .*order:${ID}.*`,
          `recorded     ${TIME}`,
          `issued       ${TIME}`,
          'actor        .+',
          `command      ${ID}`,
          `correlation  ${ID}`,
          'data',
          '  \\{',
          `[^]*"orderId": "${ID}"[^]*\n  \\}\n$`,
        ].join('\n'),
      ),
    );
    expect(await tidemarkJson(['events', 'show', '1'], { dataDir })).toMatchObject({
      position: 1,
      type: 'OrderCreated',
      recordedAt: expect.stringMatching(TIME),
      data: { customerId: 'C0' },
    });
  });

  it('says how far the log goes where there is no such event', async () => {
    const dataDir = await ordersDir(1);
    expect(await tidemark(['events', 'show', '9'], { dataDir })).toEqual({
      ...{ code: 1, stdout: '', stderr: 'The log has no event at position 9; its last one is at 3.\n' },
    });
  });
});
