import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILDS = join(ROOT, 'node_modules', '.cache', 'tidemark-builds');

/** What is built for tests, and all files and folders that it is made of. */
export interface BuildOnce {
  readonly name: string;
  readonly sources: readonly string[];
  /** Builds into a folder that is not there yet. */
  readonly build: (folder: string) => Promise<void>;
}

/** The folder of something as its sources are now; built once, whichever test asks first. */
export async function builtOnce({ name, sources, build }: BuildOnce): Promise<string> {
  const folder = join(BUILDS, `${name}-${digestOf(sources)}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(BUILDS, { recursive: true });
  await build(draft);
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
