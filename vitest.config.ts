import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { doors } from './scripts/doors.js';

/** The files that take minutes: whatever begins last is waited for alone. */
const LONGEST = [
  'durability/crash',
  'durability/power-cut',
  'bench/smoke',
  'cluster/three-nodes',
  'package/new',
];

/** Begins with the longest files; the others are as vitest would have them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

/** Files that put modules or globals in the place of others; all other files leave nothing behind, so that they share modules. */
const ALONE = ['test/engines/sqlite-log.test.ts', 'test/client/adapters.test.ts'];
const ALL = ['test/**/*.test.ts', 'examples/*/test/**/*.test.ts'];

const json = process.env['VITEST_JSON'];
// vitest wants a default export.
export default defineConfig({
  resolve: {
    // The file that Node loads: Vite would take index.mjs, a second copy whose types are not those of other packages.
    alias: [
      { find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') },
      // The package's doors as examples name them, each the source that it is built of; tsconfig.json's paths say the same.
      ...doors().map(({ name, source }) => ({ find: new RegExp(`^${name}$`), replacement: source })),
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: 'apart', include: ALONE } },
      { extends: true, test: { name: 'together', include: ALL, exclude: ALONE, isolate: false } },
    ],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // One more than cores: much of it waits for disks, processes and clocks.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: json === undefined ? ['default'] : ['default', 'json'],
    ...(json !== undefined && { outputFile: { json } }),
  },
});
