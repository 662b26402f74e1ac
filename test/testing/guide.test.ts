import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, describe, expect, test } from 'vitest';
import type { Kernel } from '../../src/kernel/index.js';
import { CRASH_EVENTS_MAX } from '../../src/testing/index.js';
import { createOrder } from '../support/order-operations.js';
import { startService } from '../support/service.js';

const guide = readFileSync(new URL('../../docs/testing.md', import.meta.url), 'utf8');
const FOLDER = join(import.meta.dirname, 'generated');
const MY_LOG = `import { createMemoryLog } from '../../../src/engines/memory/index.js';
export const openMyLog = () => ({ ...createMemoryLog(), close: () => undefined });`;

const blocks = [...guide.matchAll(/runs this block as ([\w.-]+) -->\n\n```ts\n([\s\S]*?)```/g)].map(
  ([, name = '', code = '']) => ({ name, code }),
);

function write(name: string, text: string): void {
  const local = text
    .replaceAll("'tidemark'", "'../../../src/kernel/index.js'")
    .replaceAll("'tidemark/testing'", "'../../../src/testing/index.js'");
  writeFileSync(fileOf(name), local);
}

/** Not by the name that the runner looks for, should they ever be left over. */
const fileOf = (name: string): string => join(FOLDER, name.replace('.test.ts', '.tests.ts'));
const load = (name: string): Promise<unknown> => import(pathToFileURL(fileOf(name)).href);

/** What the compiler says of these files. */
function complaints(files: readonly string[]): readonly string[] {
  const root = join(import.meta.dirname, '../..');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(files, options);
  return files
    .flatMap((file) => program.getSemanticDiagnostics(program.getSourceFile(file)))
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
}

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
for (const { name, code } of blocks) write(name, code);
write('my-log.ts', MY_LOG);

afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

// Their tests are these tests.
for (const { name } of blocks.filter(({ name }) => name.endsWith('.test.ts')))
  describe(`the guide’s ${name}`, async () => {
    await load(name);
  });

test('the guide’s service.ts waits for a kernel and for a service', async () => {
  const { main } = (await load('service.ts')) as {
    main: (kernel: Kernel, url: string, position: string) => Promise<void>;
  };
  const service = await startService({ dawdleMs: 20 });
  const { receipt } = await createOrder(service);
  await main(service.app.kernel, service.url, receipt.position);
  for (const { lagEvents } of service.app.kernel.status()) expect(lagEvents).toBe(0);
});

test('the guide’s blocks compile', () => {
  expect(complaints(blocks.map(({ name }) => fileOf(name)))).toEqual([]);
});

test('every block of code in the guide is run, but for those that only show', () => {
  expect(blocks.map(({ name }) => name)).toEqual([
    ...['library.ts', 'decider.test.ts', 'projection.test.ts', 'crash.test.ts'],
    ...['app.test.ts', 'service.ts', 'my-log.test.ts'],
  ]);
  expect(guide.match(/```ts/g)).toHaveLength(blocks.length);
  expect(guide).toContain(`have ${CRASH_EVENTS_MAX} events at most`);
});
