import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runNode, type MainProcess } from '../support/main-process.js';
import { ORDER, mutation } from '../support/order-operations.js';
import { builtPages } from '../support/pages.js';
import { post } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Beside `dist`, which others write to: what is built finds its migrations from there in the same way. */
const BUILT = join(ROOT, '.built');

beforeAll(async () => {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  // What `npm run build` does.
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', BUILT], { cwd: ROOT });
  cpSync(await builtPages(), join(BUILT, 'web'), { recursive: true });
});

afterAll(() => {
  rmSync(BUILT, { recursive: true, force: true });
});

function start(environment: Readonly<Record<string, string>> = {}): MainProcess {
  return runNode([join(BUILT, 'main.js')], { DATA_DIR: tempDir(), ...environment });
}

describe('The built service', () => {
  test('takes commands, answers queries, and ends with 0', async () => {
    const service = start();
    const url = await service.url();
    const query = mutation('createOrder', 'order { status }');
    const { body } = await post(url, JSON.stringify({ query, variables: { input: ORDER } }));
    expect(body.data.createOrder.order.status).toBe('DRAFT');
    service.signal('SIGTERM');
    expect(await service.ended).toBe(0);
  });

  test('says where its pages are, and serves them', async () => {
    const service = start();
    const url = await service.url();
    for (const [name, path] of [
      ['Playground', '/'],
      ['Shop', '/shop/'],
      ['Console', '/console/'],
    ] as const) {
      expect(service.output()).toMatch(new RegExp(`${name} +${url}${path}\\n`));
      expect((await fetch(`${url}${path}`)).status, path).toBe(200);
    }
  });

  test('in production has the console alone, unless it is told otherwise', async () => {
    const auth = { AUTH_JWT_SECRET: 'x'.repeat(32), AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' };
    const service = start({ NODE_ENV: 'production', ...auth });
    const url = await service.url();
    const statuses = await Promise.all(
      ['/', '/shop/', '/console/'].map(async (path) => (await fetch(`${url}${path}`)).status),
    );
    expect(statuses).toEqual([404, 404, 200]);
  });
});
