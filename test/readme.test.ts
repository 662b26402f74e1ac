import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { rmSync } from 'node:fs';
import { given } from '../src/testing/index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

function block(language: string, marker: string): string {
  const found = [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))]
    .map(([, code]) => code ?? '')
    .find((code) => code.includes(marker));
  if (found === undefined) throw new Error(`The README has no ${language} block with ${marker}.`);
  return found;
}

it('the decider in the README decides as it says', async () => {
  const file = join(import.meta.dirname, 'readme-example.generated.ts');
  writeFileSync(file, block('ts', 'defineDecider').replaceAll("'./src/", "'../src/"));
  onTestFinished(() => {
    rmSync(file);
  });
  const { book } = (await import(pathToFileURL(file).href)) as { book: Parameters<typeof given>[0] };
  const input = { bookId: 'b1', memberId: 'm1' };
  given(book, []).when('lendBook', input).then({ type: 'BookLent', data: input });
  given(book, [{ type: 'BookLent', data: input }])
    .when('lendBook', input)
    .thenRefused('ALREADY_LENT');
});

it('every script that the README names exists', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? '');
  expect(named.length).toBeGreaterThan(3);
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});
