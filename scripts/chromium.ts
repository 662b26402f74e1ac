import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What a headless Chromium is started with, as root, too: it asks nobody for updates. */
export const CHROMIUM_ARGUMENTS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const knownPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] as const;
const aptGet = '/usr/bin/apt-get';
const stderrDescriptor = 2;
const installTimeoutMs = 600_000;

/**
 * The path of a Chromium: CHROMIUM_PATH, one of the usual places, or one that is installed now with apt-get when the
 * process is root on Debian. Throws an Error that says what to install when none of these works.
 */
export function chromiumPath(): string {
  const configured = process.env['CHROMIUM_PATH'];
  if (configured) {
    if (existsSync(configured)) return configured;
    throw new Error(`CHROMIUM_PATH names ${configured}, which does not exist.`);
  }
  const path = installedPath() ?? installWithAptGet();
  if (path) return path;
  throw new Error(
    'No Chromium found. Install the package "chromium", or set CHROMIUM_PATH to a Chromium or Chrome.',
  );
}

function installedPath(): string | undefined {
  return knownPaths.find((path) => existsSync(path));
}

function installWithAptGet(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || !existsSync(aptGet)) return undefined;
  try {
    runAptGet('update');
    runAptGet('install', '-y', '--no-install-recommends', 'chromium');
  } catch (error) {
    throw new Error('No Chromium found, and "apt-get install chromium" failed.', { cause: error });
  }
  return installedPath();
}

function runAptGet(...args: readonly string[]): void {
  execFileSync(aptGet, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    // Standard output belongs to whoever asked for the path. By number: in a worker the streams have no descriptor.
    stdio: ['ignore', stderrDescriptor, stderrDescriptor],
    timeout: installTimeoutMs,
  });
}
