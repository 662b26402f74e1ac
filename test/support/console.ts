import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { withPage, type PageRecord } from './browser.js';
import type { Service } from './service.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

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
      expect(record.violations).toEqual([]);
      if (!mayFail) expect(record.errors).toEqual([]);
      const own = [service.url, service.url.replace('http', 'ws'), 'data:', 'blob:'];
      const foreign = [...record.requests, ...record.sockets].filter(
        (url) => !own.some((start) => url.startsWith(start)),
      );
      expect(foreign).toEqual([]);
      return result;
    },
    options,
  );
}

/** What axe finds wrong with the page as it is now, each as `rule: where`. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  // Playwright runs it by the debugger, which the page's policy does not concern.
  await page.evaluate(AXE);
  const found =
    await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ': ' + target + ' ' + failureSummary)))`);
  // What the expression above makes.
  return found as readonly string[];
}
