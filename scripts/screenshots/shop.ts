import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const DESKTOP = { width: 1280, height: 720 } as const;
const PHONE = { width: 375, height: 720 } as const;

/** Images of the shop, as `shop-….png` in the folder. */
export async function shopScreenshots(browser: Browser, url: string, folder: string): Promise<void> {
  const shot = async (
    name: string,
    place: string,
    act: (page: Page) => Promise<void>,
    options: BrowserContextOptions = {},
  ): Promise<void> => {
    const page = await browser.newPage({ viewport: DESKTOP, reducedMotion: 'reduce', ...options });
    await page.goto(`${url}/shop/#${place}`);
    await act(page);
    await page.screenshot({ path: join(folder, `shop-${name}.png`) });
    await page.close();
  };
  await shot('orders', '/orders', async (page) => {
    await page.getByRole('button', { name: 'Show the figures' }).click();
    await page.getByText('830 orders').waitFor();
    await page.getByRole('slider').waitFor();
  });
  await shot('order', '/orders?search=NW-10988', (page) => openOrder(page, 'NW-10988'), {
    colorScheme: 'dark',
  });
  await shot('phone', '/orders?search=NW-11019', (page) => openOrder(page, 'NW-11019'), { viewport: PHONE });
  await shot('two-panes', '/compare', race);
  await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'mutation { delayProjection(name: "orders", delayMs: 0) { name } }' }),
  });
}

async function openOrder(page: Page, reference: string): Promise<void> {
  await page.getByRole('link', { name: reference }).click();
  await page.getByText('Timeline').waitFor();
}

/** With the view held back, some commands on both sides. */
async function race(page: Page): Promise<void> {
  const slider = page.getByRole('slider');
  await slider.focus();
  for (let stop = 0; stop < 4; stop += 1) await slider.press('ArrowRight');
  await page.getByRole('button', { name: 'Keep going' }).click();
  await page.locator('[data-pane="threaded"] [data-figure="Reads"]', { hasText: /^2\d$/ }).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
}
