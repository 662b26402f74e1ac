import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const DESKTOP = { width: 1440, height: 900 } as const;
/** How long the charts are fed before they are shown, in ms. */
const TRAFFIC_MS = 25_000;
const IN_FLIGHT_MAX = 12;

const CREATE = `mutation { createOrder(input: { customerId: "ALFKI"
  items: [{ sku: "CHAI", quantity: 2, unitPrice: "18.00" }]
  shippingAddress: { recipient: "Maria Anders", line1: "Obere Str. 57", city: "Berlin", country: "Germany" } }) {
  order { id } } }`;

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

/** The data of a query or a mutation. */
async function ask(url: string, query: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  // An answer of the service.
  return ((await answer.json()) as { readonly data: unknown }).data;
}

/** Orders, now more and now fewer at a time, so that the charts have something to show. */
async function traffic(url: string, ms: number): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    const size = 1 + Math.floor(Math.abs(Math.sin(Date.now() / 4_000)) * IN_FLIGHT_MAX);
    await Promise.all(Array.from({ length: size }, () => ask(url, CREATE)));
  }
}

async function shippedOrder(url: string): Promise<string> {
  const query = '{ orders(filter: { status: [SHIPPED] }, first: 1) { nodes { id } } }';
  // What the query selects.
  const data = (await ask(url, query)) as {
    readonly orders: { readonly nodes: readonly { readonly id: string }[] };
  };
  return data.orders.nodes[0]?.id ?? '';
}
