import { defineConfig } from 'vitest/config';

const json = process.env['VITEST_JSON'];

// vitest wants a default export.
export default defineConfig({
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
