import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { pagesInBrowser } from '../support/pages.js';
import { startService, type Service } from '../support/service.js';
import { orderAfter, withShop } from '../support/shop.js';
import { AUTH, actingAs, signedIn, tokenOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const pages = pagesInBrowser();

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function guarded(): Promise<Service> {
  return startService({ webFolder: pages.webFolder, auth: AUTH });
}

describe('A shop that wants to know who asks', () => {
  test('asks for a token, takes one that is good, and forgets it when the visitor leaves', async () => {
    const service = await guarded();
    await withShop(pages.browser, service.url, '/orders', async (page) => {
      await page.getByText('Sign in with a token of this service').waitFor();
      await signIn(page, 'nonsense');
      await page.getByRole('heading', { name: 'Tidemark shop' }).waitFor();
      await signIn(page, await tokenOf({ roles: ['staff'] }));
      await page.getByText('No orders yet').waitFor();
      await page.getByRole('button', { name: 'ann' }).click();
      await page.getByText('Signed in as staff').waitFor();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByText('Sign in with a token of this service').waitFor();
      expect(await page.evaluate('sessionStorage.getItem("tidemark.token")')).toBe(null);
    });
  });

  test('shows customers their own orders, and no buttons for staff', async () => {
    const service = await guarded();
    const staff = actingAs(service, await signedIn());
    const own = await orderAfter(staff, ['placeOrder', 'payOrder'], { reference: 'OWN' });
    const foreign = await orderAfter(staff, ['placeOrder', 'payOrder'], {
      customerId: 'BONAP',
      reference: 'NOT',
    });
    await withShop(pages.browser, service.url, '/orders', async (page) => {
      await signIn(page, await tokenOf({ subject: 'alfki', roles: ['customer'], customerId: 'ALFKI' }));
      await page.getByRole('link', { name: 'OWN' }).click();
      await page.getByRole('button', { name: 'Cancel order' }).waitFor();
      expect(await page.getByRole('button', { name: 'Ship', exact: true }).count()).toBe(0);
      expect(await page.getByRole('link', { name: 'Customers' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Show the figures of consistency' }).click();
      await page.getByText('Position served').waitFor();
      expect(await page.getByRole('slider').count()).toBe(0);
      await page.goto(`${service.url}/shop/#/orders/${foreign}`);
      await page.getByText('There is no such order').waitFor();
      await page.goto(`${service.url}/shop/#/orders`);
      await until(async () => expect(await page.locator('tr[data-order]').count()).toBe(1));
      await page.goto(`${service.url}/shop/#/new`);
      expect(await page.getByLabel('Customer id').inputValue()).toBe('ALFKI');
      expect(own).not.toBe(foreign);
    });
  });
});

describe('What goes wrong', () => {
  test('is tried again while the service is busy, and nobody notices', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await orderAfter(service, [], { reference: 'A-1' });
    let busy = 2;
    await withShop(pages.browser, service.url, '/nowhere', async (page) => {
      await page.getByText('There is no such page').waitFor();
      await page.route('**/graphql', async (route) => {
        if (busy-- <= 0) return route.continue();
        const error = { message: 'busy', extensions: { code: 'OVERLOADED' } };
        return route.fulfill({ status: 503, json: { errors: [error] } });
      });
      await page.goto(`${service.url}/shop/#/orders`);
      await page.getByRole('link', { name: 'A-1' }).waitFor();
      expect(busy).toBeLessThan(0);
    });
  });

  test('inside the service is told with an id by which it is found in the log, and can be tried again', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const orderId = await orderAfter(service, []);
    await withShop(pages.browser, service.url, `/orders/${orderId}`, async (page) => {
      await page.getByRole('button', { name: 'Place order' }).waitFor();
      const { log } = service.app.kernel;
      const append = log.append.bind(log);
      Object.assign(log, { append: () => Promise.reject(new Error('secret: the disk is on fire')) });
      await page.getByRole('button', { name: 'Place order' }).click();
      await page.getByText('Correlation id:').waitFor();
      const id = await page.getByRole('alert').locator('code').innerText();
      expect(service.logged.join()).toContain(id);
      expect(await page.getByText('secret').count()).toBe(0);
      Object.assign(log, { append });
      await page.getByRole('button', { name: 'Place order' }).click();
      await page.getByRole('status').getByText('Placed', { exact: true }).waitFor();
    });
  });
});
