import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { RETRY } from '../../src/client/retry.js';
import { startService } from '../support/service.js';
import { anOrder } from './documents.js';

const guide = readFileSync(new URL('../../docs/client.md', import.meta.url), 'utf8');

test('the thin client of the guide does what it says', async () => {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(guide) ?? [];
  const file = join(import.meta.dirname, 'guide-example.generated.ts');
  writeFileSync(file, (code ?? '').replace("'tidemark/client'", "'../../src/client/index.js'"));
  onTestFinished(() => {
    rmSync(file);
  });
  const { main } = (await import(pathToFileURL(file).href)) as {
    main: (url: string, input: object) => Promise<unknown>;
  };
  const { url } = await startService({ dawdleMs: 10 });
  expect(await main(`${url}/graphql`, anOrder())).toEqual({ read: 'DRAFT', live: 'DRAFT', stale: false });
});

test('the guide says how often operations are tried again', () => {
  const { attemptsMax, waitMs, waitMsMax, attemptMs } = RETRY;
  const [one, two, three, four] = [attemptsMax, waitMs, waitMsMax, attemptMs].map((number) =>
    number.toLocaleString('en'),
  );
  expect(guide).toContain(
    `\`attemptsMax\` ${one}, \`waitMs\` ${two}, \`waitMsMax\` ${three}, \`attemptMs\` ${four}`,
  );
});

test('every name that the guide imports is one that the entry has', async () => {
  const imports = [...guide.matchAll(/import \{([^}]*)\} from 'tidemark\/client(\/\w+)?'/g)];
  expect(imports.length).toBeGreaterThan(3);
  for (const [, names = '', entry = ''] of imports) {
    const door = (await import(new URL(`../../src/client${entry}/index.ts`, import.meta.url).href)) as object;
    for (const name of names.split(',')) expect(Object.keys(door)).toContain(name.trim());
  }
});
