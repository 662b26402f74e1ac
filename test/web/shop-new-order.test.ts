import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectClean } from '../support/browser.js';
import { pagesInBrowser } from '../support/pages.js';
import { startService, type Service } from '../support/service.js';
import { delayOrders, withShop } from '../support/shop.js';
import { until } from '../support/until.js';

const pages = pagesInBrowser();

const TYPED: Readonly<Record<string, string>> = {
  'Customer id': 'ALFKI',
  SKU: 'CHAI',
  'Unit price': '18.00',
  'Discount in %': '2.5',
  Recipient: 'Maria Anders',
  'Street and number': 'Obere Str. 57',
  City: 'Berlin',
  Country: 'Germany',
};

async function fill(page: Page): Promise<void> {
  for (const [label, text] of Object.entries(TYPED))
    await page.getByRole('textbox', { name: label }).fill(text);
}

async function total(service: Service): Promise<number> {
  const { body } = await service.gql('{ orders { totalCount } }');
  return body.data.orders.totalCount as number;
}

describe('A new order', () => {
  test('is put together and placed by keyboard alone', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await withShop(pages.browser, service.url, '/orders', async (page, record) => {
      const { keyboard } = page;
      await page.getByText('No orders yet').waitFor();
      const focused = (): Promise<string> =>
        page.evaluate(`(() => { const it = document.activeElement;
          return it.labels?.[0]?.innerText.replace(' *', '') || it.innerText || it.getAttribute('aria-label') || ''; })()`);
      const tabTo = async (name: string): Promise<void> => {
        for (let press = 0; (await focused()).trim() !== name; press += 1) {
          if (press > 60) throw new Error(`Tab never reached ${name}; it is at ${await focused()}.`);
          await keyboard.press('Tab');
        }
      };
      await tabTo('Skip to the content');
      await keyboard.press('Enter');
      await tabTo('New order');
      await keyboard.press('Enter');
      await page.getByRole('heading', { name: 'New order' }).waitFor();
      for (const [label, text] of Object.entries(TYPED)) {
        await tabTo(label);
        await keyboard.type(text);
      }
      await tabTo('Place order');
      await keyboard.press('Enter');
      await page.getByRole('status').getByText('Placed', { exact: true }).waitFor();
      await page.getByText('$17.55').first().waitFor();
      expect(await total(service)).toBe(1);
      expectClean(record, service.url);
    });
  });

  test('shows up at once for whoever placed it, while the view is behind, and live for others', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await withShop(pages.browser, service.url, '/orders', async (other) => {
      await other.getByText('No orders yet').waitFor();
      await delayOrders(service, 1_000);
      await withShop(pages.browser, service.url, '/new', async (page, record) => {
        await fill(page);
        await page.getByRole('button', { name: 'Place order' }).click();
        await page.getByRole('status').getByText('Placed', { exact: true }).waitFor();
        await page.getByRole('link', { name: 'Orders', exact: true }).first().click();
        await page.getByRole('heading', { name: 'Orders' }).waitFor();
        await page.locator('tr[data-order]').waitFor();
        expectClean(record, service.url);
      });
      await other.getByRole('button', { name: '1 new order: show it' }).click();
      await other.locator('tr[data-order]').getByText('Placed', { exact: true }).waitFor();
    });
  });

  test('says what is wrong at the field that is wrong, and keeps what was typed over a reload', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await withShop(pages.browser, service.url, '/new', async (page) => {
      await fill(page);
      await page.getByRole('textbox', { name: 'Country' }).fill(' ');
      await page.getByRole('textbox', { name: 'Quantity' }).fill('lots');
      await page.getByRole('button', { name: 'Add another item' }).click();
      await page.getByRole('textbox', { name: 'SKU' }).nth(1).fill('CHAI');
      await page.getByRole('textbox', { name: 'Unit price' }).nth(1).fill('-1');
      await page.getByRole('button', { name: 'Place order' }).click();
      const wrong = page.locator('[aria-invalid="true"]');
      await until(async () => expect(await wrong.count()).toBeGreaterThan(2));
      const labels = await wrong.evaluateAll((fields) =>
        fields.map(
          (field) => (field as { labels?: ArrayLike<{ innerText: string }> }).labels?.[0]?.innerText,
        ),
      );
      expect(labels).toEqual(['Quantity *', 'Unit price *', 'Country *']);
      expect(
        await page.evaluate(`document.activeElement === document.querySelector('[aria-invalid="true"]')`),
      ).toBe(true);
      await page.reload();
      await page.getByRole('textbox', { name: 'Customer id' }).waitFor();
      expect(await page.getByRole('textbox', { name: 'Recipient' }).inputValue()).toBe('Maria Anders');
      expect(await page.getByRole('textbox', { name: 'SKU' }).nth(1).inputValue()).toBe('CHAI');
      expect(await total(service)).toBe(0);
    });
  });

  test('is one order where it is submitted twice', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await withShop(pages.browser, service.url, '/new', async (page, record) => {
      await fill(page);
      await page.evaluate(`(() => {
        const button = [...document.querySelectorAll('button')].find((one) => one.innerText === 'Save as draft');
        button.click();
        button.click();
      })()`);
      await page.getByRole('status').getByText('Draft', { exact: true }).waitFor();
      expect(await total(service)).toBe(1);
      expectClean(record, service.url);
    });
  });

  test('is one order where the answer is lost and it is sent again, even after a reload', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await withShop(pages.browser, service.url, '/new', async (page) => {
      await fill(page);
      let lost = 0;
      let silent = true;
      await page.route('**/graphql', async (route) => {
        if (!silent || !(route.request().postData() ?? '').includes('createOrder')) return route.continue();
        lost += 1;
        // The service does it, and nobody hears of that.
        await route.fetch();
        return route.abort();
      });
      await page.getByRole('button', { name: 'Save as draft' }).click();
      await until(() => expect(lost).toBeGreaterThan(1));
      await page.reload();
      silent = false;
      await page.getByRole('button', { name: 'Save as draft' }).click();
      await page.getByRole('status').getByText('Draft', { exact: true }).waitFor();
      expect(await total(service)).toBe(1);
    });
  });
});
