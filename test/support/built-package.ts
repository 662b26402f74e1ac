import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, builtOnce } from './built-once.js';
import { builtPages } from './pages.js';

const run = promisify(execFile);
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
/** What stands beside `dist` in the package. */
const BESIDE = ['README.md', 'LICENSE', 'drizzle', 'templates'] as const;

/** A folder with the packed tarball, `tidemark.tgz`, and what it unpacks to, `package`: as npm makes it of these sources. */
export function builtPackage(): Promise<string> {
  return builtOnce({
    name: 'package',
    sources: ['src', 'web', 'package.json', 'tsconfig.json', 'tsconfig.build.json', ...BESIDE],
    build: async (folder) => {
      const stage = join(folder, 'stage');
      mkdirSync(stage, { recursive: true });
      await run(process.execPath, [TSC, '-p', 'tsconfig.build.json', '--outDir', join(stage, 'dist')], {
        cwd: ROOT,
      });
      cpSync(await builtPages(), join(stage, 'dist', 'web'), { recursive: true });
      for (const name of ['package.json', ...BESIDE])
        cpSync(join(ROOT, name), join(stage, name), { recursive: true });
      await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: stage });
      const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
      await run('tar', ['-xzf', tarball], { cwd: folder });
      cpSync(join(folder, tarball), join(folder, 'tidemark.tgz'));
    },
  });
}

/**
 * Makes a folder a project that has the packed Tidemark, and of everything else what this repository has: as after
 * `npm install`, but without a network.
 */
export async function installPackage(project: string): Promise<void> {
  const modules = join(project, 'node_modules');
  mkdirSync(modules, { recursive: true });
  const ours = join(ROOT, 'node_modules');
  for (const name of readdirSync(ours))
    if (name !== 'tidemark' && !name.startsWith('.cache')) symlinkSync(join(ours, name), join(modules, name));
  // A copy, not a link: what it imports is looked for beside where it really lies.
  cpSync(join(await builtPackage(), 'package'), join(modules, 'tidemark'), { recursive: true });
}

/** Writes a project's files, each by its path. */
export function writeProject(project: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(project, path, '..'), { recursive: true });
    writeFileSync(join(project, path), text);
  }
}

/** The package.json that users get. */
export async function packedManifest(): Promise<{
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}> {
  // The package's own file.
  return JSON.parse(readFileSync(join(await builtPackage(), 'package', 'package.json'), 'utf8')) as never;
}
