import type { BrowserContextOptions } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { axeFindings, expectClean } from '../support/browser.js';
import { pagesInBrowser } from '../support/pages.js';
import { startService } from '../support/service.js';
import { orderAfter, withShop } from '../support/shop.js';

const pages = pagesInBrowser();

const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  'in light colours': { colorScheme: 'light' },
  'in dark colours': { colorScheme: 'dark' },
  'on a phone': { viewport: { width: 375, height: 812 }, hasTouch: true },
};

for (const [look, options] of Object.entries(LOOKS))
  describe(`The shop ${look}`, () => {
    test('has no page that axe finds fault with, that scrolls sideways, or that breaks the policy', async () => {
      const service = await startService({ webFolder: pages.webFolder });
      const draft = await orderAfter(service, [], { reference: 'A-1' });
      const sold = await orderAfter(service, ['placeOrder', 'payOrder'], { reference: 'A-2' });
      const places: readonly [string, string][] = [
        ['/orders', 'A-2'],
        ['/orders?country=Nowhere', 'No order passes these filters'],
        [`/orders/${draft}`, 'Timeline'],
        [`/orders/${sold}`, 'Timeline'],
        ['/orders/nonsense', 'Try again'],
        ['/new', 'Ship to'],
        ['/customers', 'Maria Anders'],
        ['/sales', 'Net'],
        ['/compare', 'Does not'],
      ];
      await withShop(
        pages.browser,
        service.url,
        '/orders',
        async (page, record) => {
          await page.getByRole('button', { name: 'Show the figures of consistency' }).click();
          for (const [place, text] of places) {
            await page.goto(`${service.url}/shop/#${place}`);
            await page.getByText(text, { exact: true }).first().waitFor();
            expect(await axeFindings(page), place).toEqual([]);
            expect(
              await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
              place,
            ).toBeLessThanOrEqual(0);
          }
          await page.goto(`${service.url}/shop/#/orders/${draft}`);
          await page.getByRole('button', { name: 'Add item' }).click();
          await page.getByRole('dialog').getByLabel('SKU').waitFor();
          expect(await axeFindings(page), 'dialog').toEqual([]);
          expectClean(record, service.url);
        },
        // Nothing fades in while it is looked at.
        { reducedMotion: 'reduce', ...options },
      );
    });
  });
