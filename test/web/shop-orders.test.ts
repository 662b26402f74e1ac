import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectClean } from '../support/browser.js';
import { networkBefore } from '../support/network.js';
import { accepted, createOrder } from '../support/order-operations.js';
import { pagesInBrowser } from '../support/pages.js';
import { startService, type Service } from '../support/service.js';
import { orderAfter, withShop } from '../support/shop.js';
import { until } from '../support/until.js';

const pages = pagesInBrowser();

/** References of the rows, from top to bottom. */
function rows(page: Page): Promise<readonly string[]> {
  return page.locator('tr[data-order] td:first-child a').allInnerTexts();
}

async function showing(page: Page, references: readonly string[]): Promise<void> {
  await until(async () => expect(await rows(page)).toEqual(references));
}

async function someOrders(service: Service, count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1)
    await createOrder(service, { reference: `A-${number}`, customerId: number % 2 ? 'odd' : 'even' });
}

describe('The list of orders', () => {
  test('keeps its rows where they are: a change shows in its row, a new order is told and comes when asked for', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await someOrders(service, 3);
    const changing = await createOrder(service, { reference: 'B-1' });
    await createOrder(service, { reference: 'B-2' });
    await withShop(pages.browser, service.url, '/orders', async (page, record) => {
      await showing(page, ['B-2', 'B-1', 'A-3', 'A-2', 'A-1']);
      await accepted(service, 'placeOrder', { orderId: changing.orderId });
      const row = page.locator(`tr[data-order="${changing.orderId}"]`);
      await row.getByText('Placed', { exact: true }).waitFor();
      await row.getByText('Changed just now').waitFor();
      await createOrder(service, { reference: 'C-1' });
      const news = page.getByRole('button', { name: '1 new order: show it' });
      await news.waitFor();
      await page.getByText('6 orders').waitFor();
      expect(await rows(page)).toEqual(['B-2', 'B-1', 'A-3', 'A-2', 'A-1']);
      await news.click();
      await showing(page, ['C-1', 'B-2', 'B-1', 'A-3', 'A-2', 'A-1']);
      await until(async () => expect(await news.count()).toBe(0));
      expectClean(record, service.url);
    });
  });

  test('marks a row that leaves the list, and brings new ones at once where the reader wants that', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const orderId = await orderAfter(service, [], { reference: 'A-1' });
    await withShop(pages.browser, service.url, '/orders?status=DRAFT&follow=1', async (page) => {
      await showing(page, ['A-1']);
      await createOrder(service, { reference: 'A-2' });
      await showing(page, ['A-2', 'A-1']);
      await accepted(service, 'placeOrder', { orderId });
      await page.getByText('Not in this list any more').waitFor();
      await page.getByText('1 order', { exact: true }).waitFor();
      expect(await rows(page)).toEqual(['A-2', 'A-1']);
    });
  });

  test('is what its link says: filters, sort, page and page size, also after a reload', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await someOrders(service, 25);
    await withShop(pages.browser, service.url, '/orders?size=10&sort=CREATED_AT&dir=asc', async (page) => {
      const ten = (from: number) => Array.from({ length: 10 }, (_, index) => `A-${from + index}`);
      await showing(page, ten(1));
      await page.getByRole('button', { name: 'Next' }).click();
      await showing(page, ten(11));
      await page.reload();
      await showing(page, ten(11));
      await page.getByRole('button', { name: 'Previous' }).click();
      await showing(page, ten(1));
      await page.goBack();
      await showing(page, ten(11));
      await page.getByRole('textbox', { name: 'Search orders' }).fill('A-2');
      await showing(page, ['A-2', 'A-20', 'A-21', 'A-22', 'A-23', 'A-24', 'A-25']);
      await page.getByRole('button', { name: 'Filters' }).click();
      await page.getByLabel('Customer id').fill('even');
      await showing(page, ['A-2', 'A-20', 'A-22', 'A-24']);
      expect(page.url()).toContain('search=A-2&customer=even');
      await page.getByRole('button', { name: 'Clear' }).click();
      await showing(page, ten(1));
      await page.getByText('Shipped', { exact: true }).click();
      await page.getByText('No order passes these filters').waitFor();
    });
  });

  test('catches up after the connection was lost, and tells once what happened meanwhile', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const changing = await createOrder(service, { reference: 'A-1' });
    const network = await networkBefore(Number(new URL(service.url).port));
    await withShop(pages.browser, network.url, '/orders', async (page) => {
      await showing(page, ['A-1']);
      await createOrder(service, { reference: 'A-2' });
      await page.getByRole('button', { name: '1 new order: show it' }).waitFor();
      network.cut();
      await page.getByText('Connecting again…').waitFor();
      await createOrder(service, { reference: 'A-3' });
      await accepted(service, 'placeOrder', { orderId: changing.orderId });
      network.mend();
      await page.getByRole('button', { name: '2 new orders: show them' }).waitFor();
      await page.getByText('3 orders').waitFor();
      const row = page.locator(`tr[data-order="${changing.orderId}"]`);
      await row.getByText('Placed', { exact: true }).waitFor();
      await until(async () => expect(await page.getByText('Connecting again…').count()).toBe(0));
      await page.getByRole('button', { name: '2 new orders: show them' }).click();
      await showing(page, ['A-3', 'A-2', 'A-1']);
    });
  });

  test('reads its page again where the service cannot tell what happened meanwhile', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const changing = await createOrder(service, { reference: 'A-1' });
    await withShop(pages.browser, service.url, '/nowhere', async (page) => {
      await page.getByText('There is no such page').waitFor();
      let sockets = 0;
      let drop: () => Promise<void> = () => Promise.resolve();
      await page.routeWebSocket('**/graphql', (socket) => {
        const server = socket.connectToServer();
        sockets += 1;
        drop = async () => {
          await server.close();
          // What a service says that stops; clients come again.
          await socket.close({ code: 1012 });
        };
        // Nothing to go on from, so that the service begins with a snapshot.
        socket.onMessage((message) =>
          server.send(String(message).replace(/"after":"[^"]*"/, '"after":null')),
        );
      });
      await page.goto(`${service.url}/shop/#/orders`);
      // Routes are for pages that are loaded after them.
      await page.reload();
      await showing(page, ['A-1']);
      await until(() => expect(sockets).toBe(1));
      await createOrder(service, { reference: 'A-2' });
      await page.getByRole('button', { name: '1 new order: show it' }).waitFor();
      await drop();
      await createOrder(service, { reference: 'A-3' });
      await accepted(service, 'placeOrder', { orderId: changing.orderId });
      await page.getByRole('button', { name: '2 new orders: show them' }).waitFor();
      await page.getByText('3 orders').waitFor();
      const row = page.locator(`tr[data-order="${changing.orderId}"]`);
      await row.getByText('Placed', { exact: true }).waitFor();
      expect(sockets).toBeGreaterThan(1);
    });
  });
});
