import { describe, expect, test } from 'vitest';
import { expectClean, withPage } from '../support/browser.js';
import { pagesInBrowser } from '../support/pages.js';
import { startService, type Service } from '../support/service.js';

const pages = pagesInBrowser();

function get({ url }: Service, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}${path}`, { redirect: 'manual', ...init });
}

describe('The pages', () => {
  for (const name of ['shop', 'console']) {
    test(`/${name}/ is served under a policy without exceptions, and draws itself with files of ours alone`, async () => {
      const service = await startService({ webFolder: pages.webFolder });
      await withPage(pages.browser, async (page, record) => {
        await page.goto(`${service.url}/${name}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        expect(page.url()).toMatch(new RegExp(`^${service.url}/${name}/`));
        expectClean(record, service.url);
      });
    });
  }

  test('have a nonce of their own in each response, and are never stored', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const policies = [];
    for (let request = 0; request < 2; request += 1) {
      const response = await get(service, '/shop/');
      const policy = response.headers.get('content-security-policy') ?? '';
      const [, nonce = ''] = /'nonce-([^']+)'/.exec(policy) ?? [];
      expect(await response.text()).toContain(`nonce="${nonce}"`);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(policy).not.toContain('unsafe');
      policies.push(policy);
    }
    expect(policies[0]).not.toBe(policies[1]);
  });

  test('load files that may be kept for ever, and nothing else of the folder', async () => {
    const service = await startService({ webFolder: pages.webFolder });
    const html = await (await get(service, '/shop/')).text();
    const [, script = ''] = /src="\.\.(\/web\/[^"]+\.js)"/.exec(html) ?? [];
    const file = await get(service, script);
    expect(file.status).toBe(200);
    expect(file.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(file.headers.get('cache-control')).toContain('immutable');
    for (const path of ['/web/', '/web/nothing.js', '/web/../shop/index.html', '/web/%2e%2e/shop/index.html'])
      expect((await get(service, path)).status, path).toBe(404);
    expect((await get(service, '/shop/', { method: 'POST' })).status).toBe(404);
  });

  test('are not there where they are switched off', async () => {
    const service = await startService({ webFolder: pages.webFolder, shop: false, console: false });
    for (const path of ['/shop', '/shop/', '/console/']) expect((await get(service, path)).status).toBe(404);
    const shopOnly = await startService({ webFolder: pages.webFolder, console: false });
    expect((await get(shopOnly, '/console/')).status).toBe(404);
    expect((await get(shopOnly, '/shop/')).status).toBe(200);
  });

  test('are left out where they have not been built', async () => {
    const service = await startService({ webFolder: null });
    expect((await get(service, '/shop/')).status).toBe(404);
    expect((await get(service, '/livez')).status).toBe(200);
  });
});
