import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectClean } from '../support/browser.js';
import { ADDRESS, accepted } from '../support/order-operations.js';
import { breakHandler, untilParked } from '../support/operators.js';
import { pagesInBrowser } from '../support/pages.js';
import { startService, type Service } from '../support/service.js';
import { delayOrders, orderAfter, withShop } from '../support/shop.js';
import { until } from '../support/until.js';

const pages = pagesInBrowser();

const ALL = [
  'Add item',
  'Change address',
  'Place order',
  'Note payment',
  'Ship',
  'Mark as delivered',
  'Cancel order',
];

async function buttons(page: Page): Promise<readonly string[]> {
  const names = await page.getByRole('button').allInnerTexts();
  return ALL.filter((name) => names.includes(name));
}

async function status(page: Page, text: string): Promise<void> {
  await page.getByRole('status').getByText(text, { exact: true }).waitFor();
}

function dialog(page: Page) {
  return page.getByRole('dialog');
}

async function statusOf(service: Service, id: string): Promise<string> {
  const { body } = await service.gql('query($id: ID!) { order(id: $id) { status } }', { id });
  return body.data.order.status as string;
}

describe('The page of an order', () => {
  test('has a button for what is legal, and for nothing else', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const orderId = await orderAfter(service, []);
    await withShop(pages.browser, service.url, `/orders/${orderId}`, async (page, record) => {
      await status(page, 'Draft');
      expect(await buttons(page)).toEqual(['Add item', 'Change address', 'Place order', 'Cancel order']);
      const steps: readonly [string, object, string, readonly string[]][] = [
        ['placeOrder', {}, 'Placed', ['Change address', 'Note payment', 'Cancel order']],
        ['payOrder', { paymentReference: 'P' }, 'Paid', ['Change address', 'Ship', 'Cancel order']],
        ['shipOrder', { carrier: 'Post' }, 'Shipped', ['Mark as delivered']],
        ['deliverOrder', {}, 'Delivered', []],
      ];
      for (const [command, input, text, legal] of steps) {
        // By somebody else: the page is live.
        await accepted(service, command, { orderId, ...input });
        await status(page, text);
        expect(await buttons(page)).toEqual(legal);
      }
      await until(async () => expect(await page.getByText('Delivered').count()).toBeGreaterThan(1));
      expectClean(record, service.url);
    });
  });

  test('takes an order through its life by its buttons, while the view is slowed down by the slider', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const orderId = await orderAfter(service, []);
    await withShop(pages.browser, service.url, `/orders/${orderId}`, async (page, record) => {
      await status(page, 'Draft');
      await page.getByRole('button', { name: 'Show the figures of consistency' }).click();
      const slider = page.getByRole('slider', { name: 'Delay of the orders view' });
      await slider.focus();
      for (let stop = 0; stop < 7; stop += 1) await slider.press('ArrowRight');
      await until(async () => {
        const { body } = await service.gql('{ projection(name: "orders") { delayMs } }');
        expect(body.data.projection.delayMs).toBe(2_000);
      });
      await page.getByRole('button', { name: 'Add item' }).click();
      await dialog(page).getByLabel('SKU').fill('TEA');
      await dialog(page).getByLabel('Unit price').fill('3.50');
      await dialog(page).getByRole('button', { name: 'Add' }).click();
      await page.locator('tr[data-sku="TEA"]').waitFor();
      await page.getByText('View catching up').waitFor();
      // The view has nothing of it yet: what shows is what was written.
      await page.getByRole('button', { name: 'Place order' }).click();
      await status(page, 'Placed');
      expect(await statusOf(service, orderId)).toBe('DRAFT');
      await page.getByRole('button', { name: 'Note payment' }).click();
      await dialog(page).getByLabel('Payment reference').fill('PAY-7');
      await dialog(page).getByRole('button', { name: 'Note payment' }).click();
      await status(page, 'Paid');
      await delayOrders(service, 0);
      await until(async () => expect(await statusOf(service, orderId)).toBe('PAID'));
      await until(async () => expect(await page.getByText('View catching up').count()).toBe(0));
      await status(page, 'Paid');
      await page.getByText('Paid by PAY-7').waitFor();
      expectClean(record, service.url);
    });
  });

  test('never shows an older state again once it has shown a newer one', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const orderId = await orderAfter(service, []);
    await delayOrders(service, 700);
    await withShop(pages.browser, service.url, `/orders/${orderId}`, async (page) => {
      await status(page, 'Draft');
      // Every text that the status ever has.
      await page.evaluate(`window.seen = []; new MutationObserver(() => {
        const now = document.querySelector('h1')?.parentElement?.innerText.split('\\n')[1];
        if (now !== undefined && window.seen.at(-1) !== now) window.seen.push(now);
      }).observe(document.body, { subtree: true, childList: true, characterData: true })`);
      await page.getByRole('button', { name: 'Place order' }).click();
      await status(page, 'Placed');
      await page.getByRole('button', { name: 'Note payment' }).click();
      await dialog(page).getByLabel('Payment reference').fill('PAY-7');
      await dialog(page).getByRole('button', { name: 'Note payment' }).click();
      await page.getByText('Paid by PAY-7').waitFor();
      await until(async () => expect(await page.getByText('View catching up').count()).toBe(0));
      expect(await page.evaluate('window.seen')).toEqual(['Placed', 'Paid']);
    });
  });

  test('says a refusal where it belongs, and takes back what it had shown', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const orderId = await orderAfter(service, []);
    await withShop(pages.browser, service.url, `/orders/${orderId}`, async (page, record) => {
      await page.getByRole('button', { name: 'Add item' }).click();
      await dialog(page).getByLabel('SKU').fill('CHAI');
      await dialog(page).getByLabel('Unit price').fill('99');
      await dialog(page).getByRole('button', { name: 'Add' }).click();
      await dialog(page).getByText('CHAI is in the order at another price or discount.').waitFor();
      expect(await dialog(page).getByLabel('Unit price').getAttribute('aria-invalid')).toBe('true');
      await dialog(page).getByLabel('Quantity').fill('many');
      await dialog(page).getByRole('button', { name: 'Add' }).click();
      await dialog(page).getByText('Must be 1 at least.').waitFor();
      expect(await dialog(page).getByLabel('Quantity').getAttribute('aria-invalid')).toBe('true');
      await page.keyboard.press('Escape');
      expect(await page.locator('tr[data-sku]').count()).toBe(1);
      // A refusal that concerns no field.
      await page.getByRole('button', { name: 'Cancel order' }).click();
      for (const [name, input] of [
        ['placeOrder', {}],
        ['payOrder', { paymentReference: 'P' }],
        ['shipOrder', { carrier: 'Post' }],
      ] as const)
        await accepted(service, name, { orderId, ...input });
      await dialog(page).getByText('this can no longer be done').waitFor();
      await dialog(page).getByLabel('Reason').fill('Too late');
      await dialog(page).getByRole('button', { name: 'Cancel the order' }).click();
      await dialog(page).getByText('The order is SHIPPED, so it cannot be cancelled').waitFor();
      expectClean(record, service.url);
    });
  });

  test('does not overwrite what somebody else has changed: it explains, and starts again from what holds now', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const orderId = await orderAfter(service, []);
    await withShop(pages.browser, service.url, `/orders/${orderId}`, async (page) => {
      await page.getByRole('button', { name: 'Change address' }).click();
      await dialog(page).getByLabel('City').fill('Bonn');
      await accepted(service, 'changeShippingAddress', {
        orderId,
        shippingAddress: { ...ADDRESS, recipient: 'Somebody Else' },
      });
      await page.locator('address').getByText('Somebody Else').waitFor();
      await dialog(page).getByRole('button', { name: 'Save address' }).click();
      await dialog(page).getByText('changed by somebody else').waitFor();
      await dialog(page).getByRole('button', { name: 'Reload and try again' }).click();
      await until(async () =>
        expect(await dialog(page).getByLabel('Recipient').inputValue()).toBe('Somebody Else'),
      );
      await dialog(page).getByLabel('City').fill('Bonn');
      await dialog(page).getByRole('button', { name: 'Save address' }).click();
      await page.locator('address').getByText('12209 Bonn').waitFor();
      await page.locator('address').getByText('Somebody Else').waitFor();
    });
  });

  test('says that it may be out of date while an event of the order is set aside', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const orderId = await orderAfter(service, []);
    await withShop(pages.browser, service.url, `/orders/${orderId}`, async (page) => {
      await status(page, 'Draft');
      breakHandler(service, 'orders', 'OrderPlaced', orderId);
      await accepted(service, 'placeOrder', { orderId });
      await untilParked(service, 'orders', 1);
      await page.getByText('May be out of date').waitFor();
    });
  });

  test('of an id that nobody has says so', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await withShop(
      pages.browser,
      service.url,
      '/orders/01890a5d-ac96-774b-bcce-b302099a8057',
      async (page) => {
        await page.getByText('There is no such order').waitFor();
      },
    );
  });
});
