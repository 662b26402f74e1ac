import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { browserStartTimeoutMs, launchBrowser } from './browser.js';
import { ROOT, builtOnce } from './built-once.js';

const VITE = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');

/** The folder of the pages as their sources are now. */
export function builtPages(): Promise<string> {
  return builtOnce({
    name: 'pages',
    sources: ['web', 'src/client', 'package-lock.json'],
    // In a process of its own, as the tests' NODE_ENV would make it a build for development.
    build: async (folder) => {
      await promisify(execFile)(process.execPath, [VITE, 'build', '--config', 'web/vite.config.ts'], {
        cwd: ROOT,
        env: { ...process.env, NODE_ENV: 'production', WEB_OUT: folder },
      });
    },
  });
}

/** A browser, and the pages as their sources are now, for all tests of a file. */
export interface PagesInBrowser {
  readonly browser: Browser;
  readonly webFolder: string;
}

/** Starts a browser and builds the pages before a file's tests, and closes it after them; to be read in tests only. */
export function pagesInBrowser(): PagesInBrowser {
  let ready: PagesInBrowser | undefined;
  const started = (): PagesInBrowser => {
    if (ready === undefined)
      throw new Error('The browser is started before the first test, not before that.');
    return ready;
  };
  beforeAll(async () => {
    const browser = await launchBrowser();
    ready = { browser, webFolder: await builtPages() };
  }, browserStartTimeoutMs);
  afterAll(() => ready?.browser.close());
  return {
    get browser() {
      return started().browser;
    },
    get webFolder() {
      return started().webFolder;
    },
  };
}
