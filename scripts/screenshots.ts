import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { chromium } from 'playwright-core';
import { importNorthwind } from '../examples/northwind/import-northwind.js';
import { service } from '../src/app.js';
import { startService } from '../src/service/index.js';
import { readConfig } from '../src/settings/index.js';
import { CHROMIUM_ARGUMENTS, chromiumPath } from './chromium.js';
import { consoleScreenshots } from './screenshots/console.js';
import { nodesScreenshot } from './screenshots/nodes.js';
import { shopScreenshots } from './screenshots/shop.js';

const IN_FLIGHT = 16;

/** Makes the images of `docs/images`, of the built pages over the data of Northwind: `npm run screenshots`. */
async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidemark-screenshots-'));
  const app = await startService(
    service,
    { ...readConfig({}), port: 0, dataDir, durability: 'normal' },
    pino({ level: 'error' }),
  );
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [...CHROMIUM_ARGUMENTS],
  });
  try {
    await importNorthwind({ url: app.url, inFlight: IN_FLIGHT });
    const folder = fileURLToPath(new URL('../docs/images', import.meta.url));
    await shopScreenshots(browser, app.url, folder);
    await consoleScreenshots(browser, app.url, folder);
    await nodesScreenshot(browser, folder);
  } finally {
    await browser.close();
    await app.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
