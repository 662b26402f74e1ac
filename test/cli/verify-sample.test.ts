import { describe, expect, it } from 'vitest';
import { command } from '../../src/testing/contract/samples.js';
import { createOrder } from '../support/order-operations.js';
import { startService } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { tidemark, tidemarkJson } from './command-line.js';
import { byHand, ordersDir } from './orders-dir.js';

describe('verify --sample', () => {
  it('compares so many rows of each table that has an owner, and says what was not sampled', async () => {
    const dataDir = await ordersDir(9);
    const { code, stdout } = await tidemark(['verify', '--sample', '4'], { dataDir });
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^log: sound/),
      'views of orders: sampled 8 of 30 rows: identical',
      'views of customers: absent, no table says whose events make a row, so there is nothing to draw from',
      'views of sales: sampled 4 of 6 rows: identical',
      '  not sampled: byDay, labels',
      '',
    ]);
    expect(code).toBe(0);
    const one = await tidemark(['projections', 'verify', 'orders', '--sample=1000'], { dataDir });
    expect(one).toMatchObject({ code: 0, stdout: 'views of orders: sampled 30 of 30 rows: identical\n' });
  });

  it('shows the rows that differ', async () => {
    const dataDir = await ordersDir(9);
    byHand(
      dataDir,
      'views/orders.1.sqlite',
      `UPDATE orders SET customer_id = 'X' WHERE position = 1 OR rowid = 1`,
    );
    byHand(
      dataDir,
      'views/orders.1.sqlite',
      `UPDATE orders SET total = 7 WHERE rowid = (SELECT max(rowid) FROM orders)`,
    );
    const { code, stdout } = await tidemark(['verify', '--sample', '10000'], { dataDir });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /views of orders: sampled 30 of 30 rows: \d differs?\n {2}orders \{"id":"[^"]+"\}: /,
    );
    expect(stdout).toMatch(/total is 7, the log gives \d+/);
  });

  it('tells rows that wait for an event from those that differ', async () => {
    const service = await startService();
    const { orderId } = await createOrder(service);
    await createOrder(service);
    await service.app.kernel.log.append({
      events: [{ type: 'OrderEaten', schemaVersion: 1, data: {}, tags: [`order:${orderId}`] }],
      command: command(),
    });
    await settled(service);
    const { dataDir } = service;
    const { code, stdout } = await tidemark(['projections', 'verify', 'orders', '--sample', '9'], {
      dataDir,
    });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'views of orders: sampled 4 of 4 rows: identical, 2 of them set aside\n',
    });
  });

  it('works while the service runs and writes', async () => {
    const service = await startService();
    let going = true;
    const writing = (async () => {
      while (going) await createOrder(service);
    })();
    for (let round = 0; round < 5; round += 1) {
      const report = await tidemarkJson(['verify', '--sample', '20'], { dataDir: service.dataDir });
      expect(report).toMatchObject({ ok: true });
      for (const { outcome, sampled } of report.views) {
        expect(['identical', 'absent']).toContain(outcome);
        expect(sampled).toBeGreaterThanOrEqual(0);
      }
    }
    going = false;
    await writing;
    expect(service.logged).toEqual([]);
  });

  it('says what it expects', async () => {
    const dataDir = await ordersDir(1);
    for (const wrong of ['0', '10001', 'all', '-1', '1.5', '']) {
      const { code, stderr } = await tidemark(['verify', `--sample=${wrong}`], { dataDir });
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/--sample expects/) });
    }
    const folder = `${dataDir}-backup`;
    const { code, stderr } = await tidemark(['verify', folder, '--sample', '5'], { dataDir });
    expect({ code, stderr }).toEqual({ code: 2, stderr: '--sample is for views, and a backup has none.\n' });
  });
});
