import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserStartTimeoutMs, launchBrowser } from '../support/browser.js';
import { builtPages } from '../support/pages.js';
import { startService } from '../support/service.js';
import { expectClean, orderAfter, withShop } from '../support/shop.js';

let browser: Browser;
let webFolder: string;

beforeAll(async () => {
  browser = await launchBrowser();
  webFolder = await builtPages();
}, browserStartTimeoutMs);

afterAll(async () => {
  await browser.close();
});

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  'in light colours': { colorScheme: 'light' },
  'in dark colours': { colorScheme: 'dark' },
  'on a phone': { viewport: { width: 375, height: 812 }, hasTouch: true },
};

/** What axe has to say: rule and the elements it is about. */
async function findings(page: Page): Promise<readonly string[]> {
  // By the browser's debugger, which the page's policy does not concern.
  await page.evaluate(AXE);
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160))))`);
}

for (const [look, options] of Object.entries(LOOKS))
  describe(`The shop ${look}`, () => {
    test('has no page that axe finds fault with, that scrolls sideways, or that breaks the policy', async () => {
      const service = await startService({ webFolder });
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
        browser,
        service.url,
        '/orders',
        async (page, record) => {
          await page.getByRole('button', { name: 'Show the figures of consistency' }).click();
          for (const [place, text] of places) {
            await page.goto(`${service.url}/shop/#${place}`);
            await page.getByText(text, { exact: true }).first().waitFor();
            expect(await findings(page), place).toEqual([]);
            expect(
              await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
              place,
            ).toBeLessThanOrEqual(0);
          }
          await page.goto(`${service.url}/shop/#/orders/${draft}`);
          await page.getByRole('button', { name: 'Add item' }).click();
          await page.getByRole('dialog').getByLabel('SKU').waitFor();
          expect(await findings(page), 'dialog').toEqual([]);
          expectClean(record, service.url);
        },
        // Nothing fades in while it is looked at.
        { reducedMotion: 'reduce', ...options },
      );
    });
  });
