import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Installs the peers where they are missing or older than their lock file. */
export function installPeers(): void {
  const folder = resolve('bench/peers');
  const installed = `${folder}/node_modules/.package-lock.json`;
  const current =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${folder}/package-lock.json`).mtimeMs;
  if (current) return;
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The peers could not be installed.');
}
