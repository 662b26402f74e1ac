import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectClean } from '../support/browser.js';
import { pagesInBrowser } from '../support/pages.js';
import { startService } from '../support/service.js';
import { delayOrders, withShop } from '../support/shop.js';
import { until } from '../support/until.js';

const pages = pagesInBrowser();

const COMMANDS = 5;

async function figure(page: Page, pane: string, name: string): Promise<string> {
  return page.locator(`[data-pane="${pane}"] [data-figure="${name}"]`).innerText();
}

describe('Two panes', () => {
  test('get the same commands; with a slow view only the one that threads no positions misses its own writes', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await delayOrders(service, 300);
    await withShop(pages.browser, service.url, '/compare', async (page, record) => {
      const send = page.getByRole('button', { name: 'Send a command' });
      for (let command = 1; command <= COMMANDS; command += 1) {
        await send.click();
        await until(async () => {
          for (const pane of ['threaded', 'unthreaded'])
            expect(await figure(page, pane, 'Reads')).toBe(String(command));
        });
      }
      expect(await figure(page, 'threaded', 'Reads that missed their own write')).toBe('0');
      expect(await figure(page, 'threaded', 'Read back')).toBe(String(COMMANDS));
      const missed = await figure(page, 'unthreaded', 'Reads that missed their own write');
      expect(Number.parseInt(missed, 10)).toBeGreaterThan(0);
      expect(Number(await figure(page, 'unthreaded', 'Written'))).toBe(COMMANDS);
      expectClean(record, service.url);
    });
  });

  test('keep going by themselves until they are stopped', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await withShop(pages.browser, service.url, '/compare', async (page) => {
      await page.getByLabel('Commands a second').selectOption('20');
      await page.getByRole('button', { name: 'Keep going' }).click();
      await until(async () => expect(Number(await figure(page, 'threaded', 'Reads'))).toBeGreaterThan(4));
      await page.getByRole('button', { name: 'Stop' }).click();
      await until(async () =>
        expect(await page.getByRole('button', { name: 'Start over' }).isEnabled()).toBe(true),
      );
      expect(await figure(page, 'threaded', 'Read back')).toBe(await figure(page, 'threaded', 'Written'));
      expect(await figure(page, 'threaded', 'Reads that missed their own write')).toBe('0');
      await page.getByRole('button', { name: 'Start over' }).click();
      expect(await figure(page, 'threaded', 'Reads')).toBe('0');
    });
  });
});
