import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { CHROMIUM_ARGUMENTS, chromiumPath } from '../../scripts/chromium.js';

/** Everything that a page did that a test may want to forbid, in the order in which it happened. */
export interface PageRecord {
  /** URLs of all HTTP requests, `data:` included. */
  readonly requests: string[];
  /** URLs of all WebSockets. */
  readonly sockets: string[];
  /** Text frames that arrived over any WebSocket. */
  readonly framesReceived: string[];
  /** Console errors and uncaught errors. */
  readonly errors: string[];
  /** `directive blocked-uri` of each violation of the page's Content-Security-Policy. */
  readonly violations: string[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const browserArguments = [
  ...CHROMIUM_ARGUMENTS,
  // A request that would leave the machine fails at once and is seen as an error.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
];

/** How long to allow for a first browser: it may have to be installed. */
export const browserStartTimeoutMs = 600_000;

/** Starts a headless Chromium with a fresh profile; the caller closes it. Throws if there is none to be had. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: browserArguments });
}

/** Opens a page in a fresh context (its own storage), records what it does, and closes it after `use`. */
export async function withPage<Result>(
  browser: Browser,
  use: (page: Page, record: PageRecord) => Promise<Result>,
  options: BrowserContextOptions = {},
): Promise<Result> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  try {
    const page = await context.newPage();
    return await use(page, await recordPage(page));
  } finally {
    await context.close();
  }
}

async function recordPage(page: Page): Promise<PageRecord> {
  const record: PageRecord = {
    requests: [],
    sockets: [],
    framesReceived: [],
    errors: [],
    violations: [],
  };
  page.on('request', (request) => record.requests.push(request.url()));
  page.on('websocket', (socket) => {
    record.sockets.push(socket.url());
    socket.on('framereceived', ({ payload }) => record.framesReceived.push(payload.toString()));
  });
  page.on('pageerror', (error) => record.errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') record.errors.push(message.text());
  });
  await page.exposeFunction('recordViolation', (violation: string) => record.violations.push(violation));
  // As text: the script runs in the page, where the names of the browser exist.
  await page.addInitScript(`addEventListener('securitypolicyviolation', (event) =>
    recordViolation(event.effectiveDirective + ' ' + event.blockedURI));`);
  return record;
}

/** Nothing was forbidden, nothing failed, and nothing left the machine. */
export function expectClean({ violations, errors, requests, sockets }: PageRecord, url: string): void {
  expect(violations).toEqual([]);
  expect(errors).toEqual([]);
  const own = [`${url}/`, `${url.replace('http', 'ws')}/`, 'data:'];
  const foreign = [...requests, ...sockets].filter((one) => !own.some((start) => one.startsWith(start)));
  expect(foreign).toEqual([]);
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
