import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILDS = join(ROOT, 'node_modules', '.cache', 'tidemark-builds');

/** What is built for tests, and all files and folders that it is made of. */
export interface BuildOnce<Built> {
  readonly name: string;
  readonly sources: readonly string[];
  /** Builds into a folder that is not there yet. */
  readonly build: (folder: string) => Built;
}

/** The folder of something as its sources are now; built once, whichever test asks first. */
export async function builtOnce({ name, sources, build }: BuildOnce<Promise<void>>): Promise<string> {
  const { folder, draft } = placeOf(name, sources);
  if (existsSync(folder)) return folder;
  await build(draft);
  return put(draft, folder);
}

/** The same for what is built in one go. */
export function builtOnceInOneGo({ name, sources, build }: BuildOnce<void>): string {
  const { folder, draft } = placeOf(name, sources);
  if (existsSync(folder)) return folder;
  build(draft);
  return put(draft, folder);
}

function placeOf(
  name: string,
  sources: readonly string[],
): { readonly folder: string; readonly draft: string } {
  const folder = join(BUILDS, `${name}-${digestOf(sources)}`);
  mkdirSync(BUILDS, { recursive: true });
  return { folder, draft: `${folder}.${process.pid}` };
}

function put(draft: string, folder: string): string {
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another test file was faster; its build is of the same sources.
    if (!existsSync(folder)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

function digestOf(sources: readonly string[]): string {
  const digest = createHash('sha256');
  for (const source of sources)
    for (const file of [...filesOf(join(ROOT, source))].sort())
      digest.update(file).update(readFileSync(file));
  return digest.digest('hex').slice(0, 16);
}

function filesOf(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
