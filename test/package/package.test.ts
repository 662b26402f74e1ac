import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { ROOT } from '../support/built-once.js';
import { builtPackage, installPackage, packedManifest, writeProject } from '../support/built-package.js';
import { tempDir } from '../support/temp-dir.js';

const run = promisify(execFile);
const BUILD_TIMEOUT_MS = 240_000;

let unpacked = '';

beforeAll(async () => {
  unpacked = join(await builtPackage(), 'package');
}, BUILD_TIMEOUT_MS);

/** Runs a module in an empty project that has nothing of Tidemark but the package. */
async function inProject(code: string): Promise<string> {
  const project = tempDir();
  await installPackage(project);
  writeProject(project, { 'package.json': '{ "type": "module" }', 'main.js': code });
  const { stdout } = await run(process.execPath, ['main.js'], { cwd: project });
  return stdout.trim();
}

describe('The package', () => {
  it('is what publint wants: every door exists, in the format that it says', async () => {
    const { messages } = await publint({ pkgDir: unpacked, pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  it('has types that resolve for every door, as attw sees it', async () => {
    const attw = join(ROOT, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
    const tarball = join(await builtPackage(), 'tidemark.tgz');
    const { stdout } = await run(process.execPath, [
      attw,
      tarball,
      '--profile',
      'esm-only',
      '--format',
      'json',
    ]);
    // What attw prints.
    const { problems = {} } = JSON.parse(stdout) as {
      problems?: Readonly<Record<string, readonly { resolutionKind?: string }[]>>;
    };
    const counted = Object.values(problems)
      .flat()
      .filter(({ resolutionKind }) => resolutionKind === 'node16-esm' || resolutionKind === 'bundler');
    expect(counted).toEqual([]);
  });

  it('is loaded door by door from an empty project', async () => {
    const { exports } = await packedManifest();
    const doors = Object.keys(exports).filter((door) => door !== './package.json');
    const lines = doors.map(
      (door) =>
        `console.log('${door}', Object.keys(await import('${door.replace('.', 'tidemark')}')).length > 0);`,
    );
    expect(await inProject(lines.join('\n'))).toBe(doors.map((door) => `${door} true`).join('\n'));
    expect(doors.length).toBeGreaterThan(10);
  });

  it('lets nobody reach what is inside', async () => {
    const code = `await import('tidemark/dist/kernel/kernel.js').catch((error) => console.log(error.code));`;
    expect(await inProject(code)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('has nothing of the example domain, and no source without its text in the source map', () => {
    expect(existsSync(join(unpacked, 'dist', 'orders'))).toBe(false);
    expect(readdirSync(join(unpacked, 'dist', 'web'))).not.toContain('shop');
    const map = readFileSync(join(unpacked, 'dist', 'index.js.map'), 'utf8');
    expect((JSON.parse(map) as { sourcesContent?: readonly string[] }).sourcesContent?.[0]).toMatch(/export/);
  });

  it('asks for frontend libraries only where a page uses them', async () => {
    const { peerDependenciesMeta } = await packedManifest();
    for (const name of ['react', '@urql/core', '@apollo/client'])
      expect(peerDependenciesMeta[name]?.optional).toBe(true);
  });
});

test('The command line of a service asks the service in its folder whose events these are', async () => {
  const project = tempDir();
  await installPackage(project);
  writeProject(project, { 'package.json': '{ "type": "module" }' });
  const { bin } = await packedManifest();
  const cli = join(project, 'node_modules', 'tidemark', bin['tidemark'] ?? '');
  const help = await run(process.execPath, [cli, '--help'], { cwd: project });
  expect(help.stdout).toMatch(/verify/);
});
