import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expectClean, withPage, type PageRecord } from './browser.js';
import type { Service } from './service.js';

/** What a visitor of the console is. */
export interface Visit extends BrowserContextOptions {
  /** Where in the console; the overview when left out. */
  readonly hash?: string;
  /** The token of who is signed in. */
  readonly token?: string;
  /** Errors that belong to the test: a socket that is cut is one to the browser. */
  readonly mayFail?: boolean;
}

/** Opens the console, and afterwards holds it against its promises: no errors, no violations, nothing leaves the machine. */
export function visiting<Result>(
  browser: Browser,
  service: Pick<Service, 'url'>,
  { hash = '', token, mayFail = false, ...options }: Visit,
  use: (page: Page, record: PageRecord) => Promise<Result>,
): Promise<Result> {
  return withPage(
    browser,
    async (page, record) => {
      if (token !== undefined)
        // As text: the script runs in the page.
        await page.addInitScript(`sessionStorage.setItem('tidemark.token', ${JSON.stringify(token)})`);
      await page.goto(`${service.url}/console/${hash}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const result = await use(page, record);
      expectClean(mayFail ? { ...record, errors: [] } : record, service.url);
      return result;
    },
    options,
  );
}
