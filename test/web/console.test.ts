import { describe, expect, test } from 'vitest';
import { axeFindings } from '../support/browser.js';
import { visiting } from '../support/console.js';
import { networkBefore } from '../support/network.js';
import { accepted, createOrder } from '../support/order-operations.js';
import { operate } from '../support/operators.js';
import { pagesInBrowser } from '../support/pages.js';
import { startService, type Service } from '../support/service.js';
import { settled, someOrders } from '../support/some-orders.js';
import { AUTH, tokenOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const pages = pagesInBrowser();

/** A service with an order that was created and placed. */
async function withOrder(): Promise<{ readonly service: Service; readonly orderId: string }> {
  const service = await startService({ webFolder: pages.webFolder });
  const { orderId } = await createOrder(service);
  await accepted(service, 'placeOrder', { orderId });
  await settled(service);
  return { service, orderId };
}

describe('Who is no operator', () => {
  for (const { who, token, says } of [
    { who: 'nobody', token: undefined, says: /sign in with a token that has the role admin/ },
    {
      who: 'a customer',
      token: { roles: ['customer'], customerId: 'ALFKI' },
      says: /not as an operator: the console needs a token with the role admin/,
    },
    { who: 'staff', token: { roles: ['staff'] }, says: /not as an operator/ },
    {
      who: 'someone with an old token',
      token: { roles: ['admin'], expiresIn: -60 },
      says: /wrong or its time is up/,
    },
  ]) {
    test(`${who} is shown the sign-in, and gets nothing`, async () => {
      const service = await startService({ webFolder: pages.webFolder, auth: AUTH });
      const visit = { ...(token && { token: await tokenOf(token) }), mayFail: true };
      await visiting(pages.browser, service, visit, async (page, record) => {
        await page.getByLabel(/^Token/).waitFor();
        await page.getByText(says).waitFor();
        expect(record.framesReceived.filter((frame) => frame.includes('"next"'))).toEqual([]);
      });
    });
  }

  test('is let in with the token of an admin', async () => {
    const service = await startService({ webFolder: pages.webFolder, auth: AUTH });
    await visiting(pages.browser, service, { mayFail: true }, async (page) => {
      await page.getByLabel(/^Token/).fill(await tokenOf({ roles: ['admin'] }));
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel(/^Token/).waitFor();
    });
  });
});

describe('The overview', () => {
  test('says that the service is ready, counts what is done, and says in words when it is not', async () => {
    const { service } = await withOrder();
    await visiting(pages.browser, service, {}, async (page) => {
      await page.getByText('Ready.').waitFor();
      const commands = page.getByText('since the start').locator('..');
      await until(async () => expect(await commands.textContent()).toContain('Commands2'));
      await createOrder(service);
      await until(async () => expect(await commands.textContent()).toContain('Commands3'));
      const rows = page.getByRole('table', { name: /^Commands, in/ }).getByRole('row');
      await until(async () => expect(await rows.count()).toBeGreaterThan(1));
      const { projection } = service.app.kernel.projectors.get('sales') ?? {};
      const acceptableLag = projection?.acceptableLag;
      Object.assign(projection ?? {}, { acceptableLag: { events: 0, ms: 1_000_000 } });
      await operate(service, 'pauseProjection', 'sales');
      await createOrder(service);
      await page
        .getByRole('alert')
        .getByText(/The projection sales is 1 event .* behind and paused/)
        .waitFor();
      Object.assign(projection ?? {}, { acceptableLag });
    });
  });
});

describe('The tail of the log', () => {
  test('shows new events by itself, stands still when it is paused, and catches up without a gap', async () => {
    const { service } = await withOrder();
    await visiting(pages.browser, service, { hash: '#/events' }, async (page) => {
      const rows = page.getByRole('table', { name: 'Events' }).locator('tbody tr');
      await until(async () => expect(await rows.count()).toBe(2));
      await page.getByText(/following the log/).waitFor();
      await createOrder(service);
      await until(async () => expect(await rows.count()).toBe(3));
      expect(await rows.first().textContent()).toContain('OrderCreated');
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByText(/standing still/).waitFor();
      for (let more = 0; more < 3; more += 1) await createOrder(service);
      expect(await rows.count()).toBe(3);
      await page.getByRole('button', { name: 'Follow' }).click();
      await until(async () => expect(await rows.count()).toBe(6));
    });
  });

  test('is narrowed by a link, goes back page by page, and shows one event with all that is known of it', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const orders = [];
    for (let n = 0; n < 60; n += 1) orders.push(await createOrder(service));
    const [first] = orders;
    await accepted(service, 'placeOrder', { orderId: first?.orderId });
    await visiting(pages.browser, service, { hash: '#/events?types=OrderCreated' }, async (page) => {
      const rows = page.getByRole('table', { name: 'Events' }).locator('tbody tr');
      await until(async () => expect(await rows.count()).toBe(50));
      await page.getByRole('button', { name: 'Older' }).click();
      await until(async () => expect(await rows.count()).toBe(60));
      await rows.last().getByRole('link').first().click();
      const detail = page.getByRole('dialog');
      await detail.getByText('Create order by developer').waitFor();
      await detail.getByRole('link', { name: 'All of this command' }).click();
      await until(async () => expect(await rows.count()).toBe(1));
      expect(page.url()).toContain(`command=${first?.receipt.commandId ?? ''}`);
      await page.getByLabel('Types').fill('OrderPlaced');
      await page.getByLabel('Command id').fill('');
      await page.getByRole('button', { name: 'Narrow' }).click();
      await until(async () =>
        expect(await rows.allTextContents()).toEqual([expect.stringContaining('OrderPlaced')]),
      );
    });
  });

  test('goes on where it was when the socket has dropped', async () => {
    const { service } = await withOrder();
    const network = await networkBefore(Number(new URL(service.url).port));
    const visit = { hash: '#/events', mayFail: true };
    await visiting(pages.browser, network, visit, async (page, record) => {
      const rows = page.getByRole('table', { name: 'Events' }).locator('tbody tr');
      await page.getByText(/following the log/).waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      network.cut();
      await page.getByText('Offline', { exact: true }).waitFor();
      for (let more = 0; more < 3; more += 1) await createOrder(service);
      expect(await rows.count()).toBe(2);
      network.mend();
      await until(async () => expect(await rows.count()).toBe(5));
      await page.getByText('Live', { exact: true }).waitFor();
      expect(record.sockets.length).toBeGreaterThan(1);
    });
  });
});

describe('The causation of an order', () => {
  test('is a graph of commands, events and rows, and the same as a list, with rows as of then', async () => {
    const { service, orderId } = await withOrder();
    await visiting(pages.browser, service, { hash: `#/causation/order:${orderId}` }, async (page) => {
      const graph = page.getByRole('group', { name: /^Causation graph/ });
      await graph.getByRole('button', { name: /^Command Create order: developer/ }).waitFor();
      await graph.getByRole('button', { name: /^Event OrderPlaced/ }).waitFor();
      const row = graph.getByRole('button', { name: /^Rows of orders.orders: status/ });
      await row.focus();
      await page.keyboard.press('Enter');
      const detail = page.getByRole('region', { name: 'What was chosen' });
      const status = detail.getByRole('row', { name: /^status/ }).first();
      expect(await status.textContent()).toBe('statusDRAFTPLACED');
      await detail.getByText('The row as of this event').click();
      await detail.getByText('Made by OrderCreated, OrderPlaced.').waitFor();
      await page.getByRole('tab', { name: 'List' }).click();
      const list = page.getByRole('tabpanel', { name: 'List' });
      expect(await list.getByRole('button', { name: 'OrderPlaced' }).count()).toBe(1);
      await accepted(service, 'payOrder', { orderId, paymentReference: 'P' });
      await list.getByRole('button', { name: 'OrderPaid' }).waitFor();
    });
  });
});

describe('Everybody can use it', () => {
  const places = ['overview', 'nodes', 'projections', 'parked', 'events', 'causation', 'operations'];
  for (const { how, options } of [
    { how: 'in light colours', options: { colorScheme: 'light' as const } },
    { how: 'in dark colours', options: { colorScheme: 'dark' as const } },
    { how: 'on a phone', options: { viewport: { width: 375, height: 812 }, hasTouch: true } },
  ]) {
    test(`axe finds nothing ${how}, and nothing runs out of the page`, async () => {
      const service = await startService({ webFolder: pages.webFolder });
      const [order] = await someOrders(service);
      await operate(service, 'pauseProjection', 'sales');
      await visiting(pages.browser, service, { ...options, reducedMotion: 'reduce' }, async (page) => {
        for (const name of places) {
          const hash = name === 'causation' ? `${name}/order:${order?.id ?? ''}` : name;
          await page.goto(`${service.url}/console/#/${hash}`);
          await page.getByRole('status').first().waitFor();
          await until(async () => expect(await page.getByLabel('Loading').count()).toBe(0));
          expect(await axeFindings(page), name).toEqual([]);
          const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect(over, `${name} is wider than the page`).toBeLessThanOrEqual(0);
        }
      });
    }, 60_000);
  }

  test('a dialog has a name, takes the focus and gives it back; the menu skips to the content', async () => {
    const { service } = await withOrder();
    await visiting(pages.browser, service, { hash: '#/projections' }, async (page) => {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('content');
      const rebuild = page
        .getByRole('group', { name: 'Operations on orders' })
        .getByRole('button', { name: 'Rebuild' });
      await rebuild.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Rebuild: orders' });
      await dialog.waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await until(async () =>
        expect(await page.evaluate('document.activeElement.textContent')).toBe('Rebuild'),
      );
    });
  });
});
