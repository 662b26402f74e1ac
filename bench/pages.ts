import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM_ARGUMENTS, chromiumPath } from '../scripts/chromium.js';
import { bench, compare, type Sample, type Variant } from './harness.js';
import { createHttpClient } from './http-client.js';
import { operations } from './operations.js';
import { orderOf } from './workload.js';

/** The service as users start it; `npm run build` makes it. */
const MAIN = resolve('dist/main.js');
const ORDERS = 50;
const PAGES = { playground: '/', shop: '/shop/', console: '/console/' } as const;
/** A page is drawn when its heading, or the editor, is. */
const DRAWN = 'h1, .graphiql-container';

await bench('pages', async ({ quick, scratch }) => {
  const service = await start(scratch());
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGUMENTS] });
  try {
    const variants = Object.entries(PAGES).map(([name, path]) => [name, load(browser, service.url + path)]);
    const section = await compare({
      title: `Pages in headless Chromium, nothing in the cache, ${ORDERS} orders`,
      rounds: quick ? 1 : 5,
      compare: { metric: 'first paint ms', reference: 'playground' },
      variants: Object.fromEntries(variants) as Record<string, Variant>,
    });
    return [section];
  } finally {
    await browser.close();
    await service.stop();
  }
});

async function start(folder: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [MAIN], {
    // Away from the repository, whose .env file is not for benches.
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressOf(child);
  const http = createHttpClient(url, 1);
  for (let n = 0; n < ORDERS; n += 1) await http.send(operations.createOrder, { input: orderOf(n) });
  http.close();
  return {
    url,
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  let output = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    output += chunk.toString();
    const [, url] = /GraphQL +(http:\S+)\/graphql\n/.exec(output) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`The service did not start: ${output}`);
}

/** Opens the page as somebody who has never been there. */
function load(browser: Browser, url: string): Variant {
  return async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    try {
      const page = await context.newPage();
      await page.goto(url);
      await page.locator(DRAWN).first().waitFor();
      // As text: it runs in the page.
      return await page.evaluate<Sample>(`(async () => {
        const drawn = performance.now();
        const paint = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
        while (paint() === undefined) await new Promise(requestAnimationFrame);
        const files = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
        const sum = (of) => files.filter(of).reduce((bytes, file) => bytes + file.encodedBodySize, 0) / 1_000;
        return {
          'first paint ms': paint(),
          'drawn ms': drawn,
          'files': files.length,
          'kB in all': sum(() => true),
          'kB of scripts': sum(({ name }) => name.endsWith('.js')),
          'kB of styles': sum(({ name }) => name.endsWith('.css')),
        };
      })()`);
    } finally {
      await context.close();
    }
  };
}
