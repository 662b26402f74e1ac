import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PACKAGE = new URL('../package.json', import.meta.url);

/** A door of the package, as its users name it, and the source that it is built of. */
export interface Door {
  readonly name: string;
  readonly source: string;
}

/** The doors that package.json has: examples, pages and tests name them, and mean the sources. */
export function doors(): readonly Door[] {
  // The package's own file.
  const { exports } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  return Object.entries(exports).flatMap(([door, target]) => {
    if (typeof target === 'string') return [];
    const path = target.default.replace('./dist/', '../src/').replace(/js$/, 'ts');
    const source = fileURLToPath(new URL(path, import.meta.url));
    if (!existsSync(source)) throw new Error(`package.json has the door ${door}, but there is no ${source}.`);
    return [{ name: door.replace('.', 'tidemark'), source }];
  });
}
