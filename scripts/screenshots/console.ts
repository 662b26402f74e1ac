import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { ask, traffic } from './traffic.js';

const DESKTOP = { width: 1440, height: 900 } as const;
/** How long the charts are fed before they are shown, in ms. */
const TRAFFIC_MS = 25_000;

/** Images of the console, as `console-….png` in the folder. */
export async function consoleScreenshots(browser: Browser, url: string, folder: string): Promise<void> {
  const open = (options: BrowserContextOptions = {}): Promise<Page> =>
    browser.newPage({ viewport: DESKTOP, reducedMotion: 'reduce', ...options });
  const save = (page: Page, name: string) => page.screenshot({ path: join(folder, `console-${name}.png`) });

  const page = await open();
  await page.goto(`${url}/console/`);
  await page.getByText('Ready.').waitFor();
  await traffic(url, TRAFFIC_MS);
  await save(page, 'overview');
  await ask(url, 'mutation { pauseProjection(name: "sales") { name } }');
  await traffic(url, TRAFFIC_MS / 5);
  await ask(url, 'mutation { rebuildProjection(name: "customers") { name } }');
  await page.goto(`${url}/console/#/projections`);
  await page.getByRole('progressbar').waitFor();
  await save(page, 'projections');
  await ask(url, 'mutation { resumeProjection(name: "sales") { name } }');

  const dark = await open({ colorScheme: 'dark' });
  await dark.goto(`${url}/console/#/causation/order:${await shippedOrder(url)}`);
  const row = dark.getByRole('button', { name: /^Rows of orders.orders: status/ });
  await row.first().press('Enter');
  await dark.getByRole('region', { name: 'What was chosen' }).waitFor();
  await dark.getByText('Ready', { exact: true }).waitFor();
  await save(dark, 'causation');
}

async function shippedOrder(url: string): Promise<string> {
  const query = '{ orders(filter: { status: [SHIPPED] }, first: 1) { nodes { id } } }';
  // What the query selects.
  const data = (await ask(url, query)) as {
    readonly orders: { readonly nodes: readonly { readonly id: string }[] };
  };
  return data.orders.nodes[0]?.id ?? '';
}
