import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { browserStartTimeoutMs, launchBrowser } from './browser.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VITE = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
const BUILDS = join(ROOT, 'node_modules', '.cache', 'tidemark-pages');
/** All that a build is made of. */
const SOURCES = ['web', 'src/client', 'package-lock.json'] as const;

function filesOf(source: string): readonly string[] {
  const path = join(ROOT, source);
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function digestOfSources(): string {
  const digest = createHash('sha256');
  for (const source of SOURCES) {
    const files = source.endsWith('.json') ? [join(ROOT, source)] : [...filesOf(source)].sort();
    for (const file of files) digest.update(file).update(readFileSync(file));
  }
  return digest.digest('hex').slice(0, 16);
}

/** The folder of the pages as their sources are now; built once, whichever test asks first. */
export async function builtPages(): Promise<string> {
  const folder = join(BUILDS, digestOfSources());
  if (existsSync(folder)) return folder;
  const draft = `${folder}-${process.pid}`;
  mkdirSync(BUILDS, { recursive: true });
  // In a process of its own, as the tests' NODE_ENV would make it a build for development.
  await promisify(execFile)(process.execPath, [VITE, 'build', '--config', 'web/vite.config.ts'], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production', WEB_OUT: draft },
  });
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another test file was faster; its build is of the same sources.
    if (!existsSync(folder)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
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
