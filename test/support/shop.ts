import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { withPage, type PageRecord } from './browser.js';
import { createOrder, accepted } from './order-operations.js';
import type { Service } from './service.js';

/** Opens the shop at a place, such as `/orders?status=PAID`, in a browser profile of its own. */
export function withShop<Result>(
  browser: Browser,
  url: string,
  place: string,
  use: (page: Page, record: PageRecord) => Promise<Result>,
  options: BrowserContextOptions = {},
): Promise<Result> {
  return withPage(
    browser,
    async (page, record) => {
      await page.goto(`${url}/shop/#${place}`);
      return use(page, record);
    },
    options,
  );
}

/** An order that has gone through these commands. */
export async function orderAfter(
  service: Service,
  commands: readonly string[],
  change: object = {},
): Promise<string> {
  const { orderId } = await createOrder(service, change);
  for (const name of commands) await accepted(service, name, { orderId, ...INPUTS[name] });
  return orderId;
}

const INPUTS: Readonly<Record<string, object>> = {
  payOrder: { paymentReference: 'PAY-1' },
  shipOrder: { carrier: 'Post' },
  cancelOrder: { reason: 'Not wanted' },
};

/** Holds the views of orders back. */
export async function delayOrders(service: Service, delayMs: number): Promise<void> {
  const { body } = await service.gql(
    'mutation($ms: Int!) { delayProjection(name: "orders", delayMs: $ms) { delayMs } }',
    { ms: delayMs },
  );
  expect(body.errors).toBeUndefined();
}
