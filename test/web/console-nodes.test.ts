import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openPostgresLog } from '../../src/engines/postgres/index.js';
import { newId } from '../../src/kernel/index.js';
import { axeFindings } from '../support/browser.js';
import { visiting } from '../support/console.js';
import { createOrder } from '../support/order-operations.js';
import { pagesInBrowser } from '../support/pages.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { startService, type Service } from '../support/service.js';
import { until } from '../support/until.js';

const pages = pagesInBrowser();
let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

interface Three {
  readonly one: Service;
  readonly two: Service;
}

/** Two nodes, and a third one that has died. */
async function threeNodes(): Promise<Three> {
  const eventLogUrl = await server.newDatabase();
  const { webFolder } = pages;
  const one = await startService({ eventLogUrl, webFolder, nodeName: 'node-1' });
  const two = await startService({ eventLogUrl, webFolder, nodeName: 'node-2' });
  const log = await openPostgresLog({ url: eventLogUrl });
  onTestFinished(() => log.close());
  const id = newId();
  await log.nodes.announce(
    { id, name: 'node-3', url: 'http://127.0.0.1:9', version: '0.1.0' },
    { ready: true, reasons: [], head: 0, projections: one.app.kernel.status() },
    3_600_000,
  );
  await server.query(
    eventLogUrl,
    `UPDATE tidemark.nodes SET heard_at = heard_at - interval '12 s' WHERE id = $1`,
    [id],
  );
  return { one, two };
}

describe('The nodes', () => {
  test('are shown with how far the views of each are, which one this is, and which are silent', async () => {
    const { one, two } = await threeNodes();
    await visiting(pages.browser, one, {}, async (page) => {
      const line = page.getByRole('status', { name: 'Nodes' });
      await until(async () =>
        expect(await line.textContent()).toBe('3 nodes serve this log, 2 of them ready. This is node-1.'),
      );
      await line.getByRole('link', { name: '3 nodes' }).click();
      const card = (name: string) => page.getByRole('region', { name, exact: true });
      await card('node-1').getByText('This one').waitFor();
      const console = card('node-2').getByRole('link', { name: 'Console of node-2' });
      expect(await console.getAttribute('href')).toBe(`${two.url}/console/`);
      expect(await card('node-2').getByText('This one').count()).toBe(0);
      await card('node-3')
        .getByText(/Not heard of for 1\d\.\d s/)
        .waitFor();
      await card('node-3')
        .getByText(/It has ended, or cannot reach the log’s database/)
        .waitFor();
      await page.getByRole('navigation').getByLabel('1 not ready').waitFor();
      const release = two.hold();
      await createOrder(one);
      const row = card('node-2').getByRole('row', { name: /^orders/ });
      await until(async () => expect(await row.textContent()).toMatch(/Live#01 event, .* behind/));
      release();
      await until(async () => expect(await row.textContent()).toBe('ordersLive#1up to date'));
      await two.stop();
      await card('node-2').waitFor({ state: 'detached' });
    });
  });

  test('are as they were when the database is away, and the page says so', async () => {
    const { one } = await threeNodes();
    await visiting(pages.browser, one, { hash: '#/nodes' }, async (page) => {
      await page.getByRole('region', { name: 'node-2', exact: true }).waitFor();
      await server.halt('crash');
      try {
        await page.getByRole('alert').getByText('This list is old').waitFor();
        expect(await page.getByRole('region', { name: /^node-/ }).count()).toBe(3);
        expect(await axeFindings(page)).toEqual([]);
      } finally {
        await server.start();
      }
      await page.getByText('This list is old').waitFor({ state: 'detached' });
    });
  });

  for (const { how, options } of [
    { how: 'in light colours', options: { colorScheme: 'light' as const } },
    { how: 'in dark colours', options: { colorScheme: 'dark' as const } },
    { how: 'on a phone', options: { viewport: { width: 375, height: 812 }, hasTouch: true } },
  ]) {
    test(`are there for everybody ${how}`, async () => {
      const { one } = await threeNodes();
      const visit = { ...options, hash: '#/nodes', reducedMotion: 'reduce' as const };
      await visiting(pages.browser, one, visit, async (page) => {
        await page.getByRole('region', { name: 'node-3', exact: true }).waitFor();
        expect(await axeFindings(page)).toEqual([]);
        const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(over).toBeLessThanOrEqual(0);
      });
    });
  }
});
