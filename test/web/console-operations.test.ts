import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { axeFindings } from '../support/browser.js';
import { visiting } from '../support/console.js';
import { accepted, createOrder } from '../support/order-operations.js';
import { auditOf, breakHandler, statusOf, untilParked } from '../support/operators.js';
import { pagesInBrowser } from '../support/pages.js';
import { startService, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { until } from '../support/until.js';

const pages = pagesInBrowser();

/** Presses a button of the card of `orders`. */
async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('group', { name: 'Operations on orders' }).getByRole('button', { name }).click();
}

/** Presses it, and confirms what is asked then. */
async function confirmed(page: Page, name: string): Promise<string> {
  await press(page, name);
  const dialog = page.getByRole('dialog', { name: `${name}: orders` });
  const said = (await dialog.textContent()) ?? '';
  await dialog.getByRole('button', { name, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  return said;
}

describe('A projection', () => {
  test('is rebuilt and watched to its end, rolled back and pruned, each after a word of what will happen', async () => {
    const service = await startService({ webFolder: pages.webFolder, dawdleMs: 20 });
    await Promise.all(Array.from({ length: 400 }, () => createOrder(service)));
    await settled(service);
    await visiting(pages.browser, service, { hash: '#/projections' }, async (page) => {
      const card = page.getByRole('region', { name: 'orders', exact: true });
      await card.getByText('1 (version 1)').waitFor();
      await card.getByText('It is up to date').waitFor();
      const release = service.hold();
      const said = await confirmed(page, 'Rebuild');
      expect(said).toContain('Generation 2 of orders will be built beside generation 1');
      expect(said).toContain('Readers are served what they are served now');
      const progress = card.getByRole('progressbar', { name: 'Rebuild of orders' });
      await progress.waitFor({ state: 'attached' });
      expect(Number(await progress.getAttribute('aria-valuenow'))).toBeLessThan(100);
      expect(await card.getByRole('button', { name: 'Rebuild', exact: true }).count()).toBe(0);
      release();
      await progress.waitFor({ state: 'detached' });
      await card.getByText('2 (version 1)').waitFor();
      expect(await confirmed(page, 'Roll back')).toContain('will be served at once instead of generation 2');
      await until(async () => expect(await statusOf(service, 'orders')).toMatchObject({ generation: 1 }));
      await confirmed(page, 'Rebuild');
      await card.getByText('3 (version 1)').waitFor();
      expect(await confirmed(page, 'Prune')).toContain('There will be nothing to roll back to.');
      await until(async () => expect(await card.getByRole('button', { name: 'Roll back' }).count()).toBe(0));
    });
    expect((await auditOf(service)).map(({ name }) => name)).toEqual([
      'rebuildProjection',
      'rollbackProjection',
      'rebuildProjection',
      'pruneProjection',
    ]);
  });

  test('has a rebuild given up', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await createOrder(service);
    await settled(service);
    await visiting(pages.browser, service, { hash: '#/projections' }, async (page) => {
      const release = service.hold();
      await confirmed(page, 'Rebuild');
      await press(page, 'Cancel rebuild');
      const dialog = page.getByRole('dialog', { name: 'Cancel rebuild: orders' });
      expect(await dialog.textContent()).toContain('Generation 2, of which 0 % is built, will be deleted');
      await dialog.getByRole('button', { name: 'Cancel rebuild' }).click();
      // It ends after the batch at hand.
      await until(async () => expect((await auditOf(service)).at(-1)?.name).toBe('cancelRebuild'));
      release();
      await page.getByRole('progressbar').waitFor({ state: 'detached' });
    });
    expect(await statusOf(service, 'orders')).toMatchObject({ generation: 1, rebuild: null });
  });

  test('is paused and resumed, and falls behind in between', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await visiting(pages.browser, service, { hash: '#/projections' }, async (page) => {
      const card = page.getByRole('region', { name: 'orders', exact: true });
      expect(await confirmed(page, 'Pause')).toContain('also after a restart');
      await card.getByText('Paused', { exact: true }).waitFor();
      await createOrder(service);
      await card.getByText(/It is 1 event behind/).waitFor();
      await press(page, 'Resume');
      await card.getByText('Live', { exact: true }).waitFor();
      await card.getByText(/It is up to date/).waitFor();
    });
  });

  test('is held back by a delay, and is verified in whole and by a sample', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    await createOrder(service);
    await settled(service);
    await visiting(pages.browser, service, { hash: '#/projections' }, async (page) => {
      await press(page, 'Delay…');
      const delay = page.getByRole('dialog', { name: 'Delay: orders' });
      await delay.getByLabel('Delay in milliseconds').fill('250');
      await delay.getByRole('button', { name: 'Set the delay' }).click();
      await page.getByRole('button', { name: 'Delayed by 250 ms…' }).waitFor();
      await press(page, 'Verify…');
      const verify = page.getByRole('dialog', { name: 'Verify: orders' });
      await verify.getByRole('button', { name: 'Verify', exact: true }).click();
      await verify.getByText(/Compared 2 rows at #1; none differ/).waitFor();
      await verify.getByRole('switch', { name: 'Draw a sample' }).check();
      await verify.getByLabel('Rows of each table').fill('1');
      await verify.getByRole('button', { name: 'Verify', exact: true }).click();
      await verify.getByText(/Compared 2 of 2 rows at #1; none differ/).waitFor();
      expect(await axeFindings(page)).toEqual([]);
    });
  });

  test('shows the rows that are not what the log makes of them', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const { orderId } = await createOrder(service);
    await settled(service);
    const store = service.app.kernel.projectors.get('orders')?.store();
    store?.commit(store.checkpoint(), ({ rows }) => {
      // As a bug in a handler would.
      (rows['orders'] as { patch(key: object, change: object): void }).patch(
        { id: orderId },
        { reference: 'bent' },
      );
    });
    await visiting(pages.browser, service, { hash: '#/projections' }, async (page) => {
      await press(page, 'Verify…');
      const verify = page.getByRole('dialog', { name: 'Verify: orders' });
      await verify.getByRole('button', { name: 'Verify', exact: true }).click();
      await verify.getByText('Different').waitFor();
      await verify.getByRole('cell', { name: /bent/ }).waitFor();
    });
  });
});

describe('Parked events', () => {
  /** Two orders whose OrderPlaced cannot be applied, the first with an OrderPaid behind it. */
  async function withPoison(service: Service) {
    const heals: (() => void)[] = [];
    const orders = [];
    for (const each of ['one', 'other']) {
      const { orderId } = await createOrder(service, { reference: each });
      await settled(service);
      heals.push(breakHandler(service, 'orders', 'OrderPlaced', orderId));
      await accepted(service, 'placeOrder', { orderId });
      orders.push(orderId);
    }
    await accepted(service, 'payOrder', { orderId: orders[0], paymentReference: 'P' });
    await untilParked(service, 'orders', 3);
    return {
      orders,
      heal: () =>
        heals.toReversed().forEach((heal) => {
          heal();
        }),
    };
  }

  test('are shown by entity with the error and what waits behind; a retry that fails says so, one that works clears them', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const { orders, heal } = await withPoison(service);
    await visiting(pages.browser, service, { hash: '#/projections' }, async (page) => {
      await page.getByRole('link', { name: '3 events of 2 entities' }).click();
      const first = page.getByRole('region', { name: `order:${orders[0] ?? ''}`, exact: true });
      await first.getByText('secret: cannot read the price of undefined', { exact: true }).waitFor();
      await first.getByText('1 event waits behind it').click();
      await first.getByText('Order paid').waitFor();
      await first.getByText('Stack', { exact: true }).click();
      await first.getByText(/at /).first().waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await first.getByRole('button', { name: 'Retry' }).click();
      await page.getByText('It still fails: nothing was applied.').waitFor();
      await first.getByText(/tried 4 times/).waitFor();
      heal();
      await page.getByRole('button', { name: 'Retry all' }).click();
      await page.getByText('Nothing is set aside').waitFor();
    });
    expect(await statusOf(service, 'orders')).toMatchObject({ parked: 0, state: 'LIVE' });
  });

  test('are skipped with a reason, after a word of what cannot be undone; the operations tell who did it', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const { orders } = await withPoison(service);
    await visiting(pages.browser, service, { hash: '#/parked/orders' }, async (page) => {
      const first = page.getByRole('region', { name: `order:${orders[0] ?? ''}`, exact: true });
      await first.getByRole('button', { name: 'Skip…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText(/This cannot be undone/).waitFor();
      const skip = dialog.getByRole('button', { name: 'Skip it for good' });
      expect(await skip.isDisabled()).toBe(true);
      await dialog.getByLabel(/^Why it may be passed over/).fill('Known bug 42');
      await skip.click();
      await first.waitFor({ state: 'detached' });
      await page.getByText('1 event of 1 entity').waitFor();
      await page.getByRole('link', { name: 'Operations' }).click();
      const row = page.getByRole('row', { name: /Skip parked/ });
      expect(await row.textContent()).toMatch(/developer.*orders.*Known bug 42/);
    });
    expect((await auditOf(service)).at(-1)).toMatchObject({ name: 'skipParked', reason: 'Known bug 42' });
  });
});

describe('The operations', () => {
  test('appear by themselves, whoever does them, and go back page by page', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const { operations } = service.app.kernel;
    const by = { actor: 'night shift', correlationId: 'nightly' };
    for (let n = 0; n < 35; n += 1) {
      await operations.pause('sales', by);
      await operations.resume('sales', by);
    }
    await visiting(pages.browser, service, { hash: '#/operations' }, async (page) => {
      const rows = page.locator('tbody tr');
      await until(async () => expect(await rows.count()).toBe(50));
      await operations.pause('orders', { actor: 'root', correlationId: 'incident-7' });
      await until(async () =>
        expect(await rows.first().textContent()).toMatch(/root.*Pause projection.*orders/),
      );
      await page.getByRole('button', { name: 'Older' }).click();
      await page.getByRole('button', { name: 'Older' }).click();
      await until(async () => expect(await rows.count()).toBe(71));
      await page.getByRole('button', { name: 'Older' }).waitFor({ state: 'detached' });
    });
  });
});
