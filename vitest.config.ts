import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const json = process.env['VITEST_JSON'];
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The package's doors as examples name them, each the source that it is built of; tsconfig.json's paths say the same. */
function doors(): { readonly find: RegExp; readonly replacement: string }[] {
  // The package's own file.
  const { exports } = JSON.parse(readFileSync(here('package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  return Object.entries(exports).flatMap(([door, target]) => {
    if (typeof target === 'string') return [];
    const source = here(target.default.replace('./dist/', 'src/').replace(/js$/, 'ts'));
    return [{ find: new RegExp(`^${door.replace('.', 'tidemark')}$`), replacement: source }];
  });
}

// vitest wants a default export.
export default defineConfig({
  resolve: {
    // The file that Node loads: Vite would take index.mjs, a second copy whose types are not those of other packages.
    alias: [
      { find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') },
      ...doors(),
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // One more than cores: much of it waits for disks, processes and clocks.
    maxWorkers: 3,
    reporters: json === undefined ? ['default'] : ['default', 'json'],
    ...(json !== undefined && { outputFile: { json } }),
  },
});
