import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserStartTimeoutMs, launchBrowser, withPage } from '../support/browser.js';
import { createOrder } from '../support/order-operations.js';
import { startService, type Service } from '../support/service.js';
import { until } from '../support/until.js';
import { buildPage, servePage, type Files } from './support/page.js';

let browser: Browser;
let files: Files;

beforeAll(async () => {
  files = await buildPage();
  browser = await launchBrowser();
}, browserStartTimeoutMs);

afterAll(async () => {
  await browser.close();
});

/** A page of another origin than the service. */
async function open(): Promise<{
  readonly service: Service;
  readonly url: string;
  readonly orderId: string;
}> {
  const service = await startService({ origins: ['*'] });
  const { orderId } = await createOrder(service);
  return { service, url: await servePage(files), orderId };
}

const prepare = (page: Page, { service, orderId }: { service: Service; orderId: string }): Promise<unknown> =>
  page.addInitScript(
    `globalThis.test = { service: ${JSON.stringify(service.url)}, order: ${JSON.stringify(orderId)}, shown: [], renders: 0 }`,
  );

async function shows(page: Page, id: string, text: string): Promise<void> {
  await until(async () => expect(await page.textContent(`#${id}`)).toBe(text));
}

const shown = (page: Page): Promise<string[]> => page.evaluate('test.shown');

describe('A page with the hooks, in StrictMode', () => {
  test('shows a guess at once, then the real thing, and never anything older in between', async () => {
    const at = await open();
    await withPage(browser, async (page, record) => {
      await prepare(page, at);
      await page.goto(at.url);
      await shows(page, 'status', 'DRAFT');
      await shows(page, 'connection', 'open');
      const release = at.service.hold();
      await page.click('#place');
      await shows(page, 'status', 'PLACED');
      await shows(page, 'phase', 'accepted');
      expect(await page.textContent('#real')).toBe('DRAFT');
      release();
      await shows(page, 'phase', 'visible');
      await shows(page, 'real', 'PLACED');
      expect(await shown(page)).toEqual(['none', 'DRAFT', 'PLACED']);
      // StrictMode mounts everything twice; there is one socket, and one live view on it.
      expect(record.sockets).toHaveLength(1);
      expect(record.errors).toEqual([]);
      expect(await page.evaluate('test.renders')).toBeLessThan(30);
    });
  });

  test('takes the guess back when the command is refused', async () => {
    const at = await open();
    await withPage(browser, async (page, record) => {
      await prepare(page, at);
      await page.goto(at.url);
      await shows(page, 'status', 'DRAFT');
      // A refusal that the page cannot know of: the order is cancelled while its view stands still.
      at.service.hold();
      await at.service.gql(
        'mutation($id: ID!) { cancelOrder(input: { orderId: $id, reason: "mistake" }) { orderId } }',
        { id: at.orderId },
      );
      await page.click('#place');
      await shows(page, 'phase', 'refused');
      await shows(page, 'status', 'DRAFT');
      expect(await shown(page)).toEqual(expect.arrayContaining(['DRAFT', 'PLACED']));
      expect(record.errors).toEqual([]);
    });
  });

  test('reads again what it has written, and nothing twice', async () => {
    const at = await open();
    await withPage(browser, async (page, record) => {
      await prepare(page, at);
      await page.goto(at.url);
      await shows(page, 'count', '1');
      await page.click('#create');
      await shows(page, 'count', '2');
      await shows(page, 'created', 'visible');
      expect(await page.textContent('#stale')).toBe('false');
      const posts = record.requests.filter((request) => request.endsWith('/graphql'));
      // The count, the command, and the count again; preflights are not among what a page sees.
      expect(posts).toHaveLength(3);
    });
  });

  test('knows after a reload, and in another tab, what it has written', async () => {
    const at = await open();
    await withPage(browser, async (page) => {
      await prepare(page, at);
      await page.goto(at.url);
      await shows(page, 'count', '1');
      await page.click('#create');
      await shows(page, 'created', 'visible');
      const position = (await page.textContent('#position')) ?? '';
      // The views stand still now, so only what is remembered can tell.
      at.service.hold();
      await page.reload();
      await shows(page, 'position', position);
      const other = await page.context().newPage();
      await prepare(other, at);
      await other.goto(at.url);
      await shows(other, 'position', position);
      await page.click('#create');
      await shows(page, 'created', 'accepted');
      await until(async () => expect((await other.textContent('#position')) ?? '').not.toBe(position));
      expect(await other.textContent('#position')).toBe(await page.textContent('#position'));
    });
  });
});
