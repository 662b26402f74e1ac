import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { given } from '../../src/testing/index.js';
import { startService } from '../support/service.js';
import { ROOT, readPage } from './pages.js';

const LINES_MAX = 200;
const readme = readPage('README.md', readFileSync(`${ROOT}README.md`, 'utf8'));

function block(language: string, marker: string): string {
  const found = readme.blocks.find((one) => one.language === language && one.code.includes(marker));
  if (found === undefined) throw new Error(`The README has no ${language} block with ${marker}.`);
  return found.code;
}

it(`the README has ${LINES_MAX} lines at most`, () => {
  expect(readme.text.split('\n').length).toBeLessThanOrEqual(LINES_MAX);
});

it('the decider in the README decides as it says', async () => {
  const file = join(import.meta.dirname, 'readme-example.generated.ts');
  writeFileSync(file, block('ts', 'defineDecider').replace("'tidemark'", "'../../src/index.js'"));
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

it('the minute of GraphQL in the README reads its own write', async () => {
  const service = await startService({ dawdleMs: 20 });
  const { body: written } = await service.gql(block('graphql', 'mutation Create'));
  const { receipt, userErrors, orderId, order } = written.data.createOrder;
  expect({ userErrors, order }).toEqual({ userErrors: [], order: { status: 'DRAFT' } });

  const { body: read } = await service.gql(block('graphql', 'query Read'), {
    id: orderId,
    position: receipt.position,
  });
  const told = JSON.parse(block('json', 'consistency')) as typeof read;
  expect(read.data).toEqual(told.data);
  expect(read.extensions?.consistency).toMatchObject({ stale: false, position: receipt.position, parked: 0 });
  const fields = (body: typeof read): string[] => Object.keys(body.extensions?.consistency ?? {}).sort();
  expect(fields(read)).toEqual(fields(told));
});
