import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { Browser } from 'playwright-core';
import { service } from '../../src/app.js';
import { startService, type App } from '../../src/service/index.js';
import { readConfig } from '../../src/settings/index.js';
import { freePort, postgresFolder, queryPostgres, runPostgres } from '../embedded-postgres.js';
import { ask, traffic } from './traffic.js';

const NODES = 3;
const PAGE = { width: 1440, height: 560 } as const;
const TRAFFIC_MS = 12_000;
/** How far the views are held back that are shown to lag, in ms. */
const DELAY_MS = 4_000;

/** An image of the console of a cluster of three nodes, as `console-nodes.png` in the folder. */
export async function nodesScreenshot(browser: Browser, folder: string): Promise<void> {
  // Two of them: the database's is its user's, who may be another one.
  const own = mkdtempSync(join(tmpdir(), 'tidemark-nodes-'));
  const files = mkdtempSync(join(tmpdir(), 'tidemark-postgres-'));
  const server = await runPostgres(postgresFolder(files, { sync: false }), await freePort());
  const apps: App[] = [];
  try {
    await queryPostgres(server.urlOf('postgres'), 'CREATE DATABASE nodes');
    for (let number = 1; number <= NODES; number += 1)
      apps.push(await startNode(number, server.urlOf('nodes'), own));
    const [first, , last] = apps;
    if (first === undefined || last === undefined) return;
    await ask(last.url, `mutation { delayProjection(name: "sales", delayMs: ${DELAY_MS}) { name } }`);
    const writing = traffic(first.url, TRAFFIC_MS);
    const page = await browser.newPage({ viewport: PAGE, reducedMotion: 'reduce' });
    await page.goto(`${first.url}/console/#/nodes`);
    await page
      .getByText(/events?, .* behind/)
      .first()
      .waitFor();
    await page.screenshot({ path: join(folder, 'console-nodes.png') });
    await page.close();
    await writing;
  } finally {
    for (const app of apps) await app.stop();
    await server.halt('crash');
    for (const made of [own, files]) rmSync(made, { recursive: true, force: true });
  }
}

function startNode(number: number, eventLogUrl: string, folder: string): Promise<App> {
  const nodeName = `node-${number}`;
  const config = { ...readConfig({}), port: 0, dataDir: join(folder, nodeName), eventLogUrl, nodeName };
  return startService(service, config, pino({ level: 'error' }));
}
