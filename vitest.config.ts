import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const json = process.env['VITEST_JSON'];

// vitest wants a default export.
export default defineConfig({
  resolve: {
    // The file that Node loads: Vite would take index.mjs, a second copy whose types are not those of other packages.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: json === undefined ? ['default'] : ['default', 'json'],
    ...(json !== undefined && { outputFile: { json } }),
  },
});
