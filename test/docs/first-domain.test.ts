import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, describe, expect, test } from 'vitest';
import type { ServiceDefinition } from '../../src/service/index.js';
import { startService } from '../support/service.js';
import { ROOT, noteOf, readPage } from './pages.js';

const PAGE = 'docs/guides/first-domain.md';
const FOLDER = join(import.meta.dirname, 'generated');

const { blocks } = readPage(PAGE, readFileSync(ROOT + PAGE, 'utf8'));
const files = blocks.flatMap((block) => {
  const name = / runs this block as ([\w.-]+)$/.exec(noteOf(block, 'test') ?? '')?.[1];
  return name === undefined ? [] : [{ name, code: block.code }];
});

/** Not by the name that the runner looks for, should they ever be left over. */
const fileOf = (name: string): string => join(FOLDER, name.replace('.test.ts', '.tests.ts'));
const load = (name: string): Promise<unknown> => import(pathToFileURL(fileOf(name)).href);

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
for (const { name, code } of files) writeFileSync(fileOf(name), code);

afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

// Their tests are these tests.
describe('the domain’s library.test.ts', async () => {
  await load('library.test.ts');
});

test('the domain is served, and what it says of the API holds', async () => {
  const { service: definition } = (await load('service.ts')) as { service: ServiceDefinition };
  const service = await startService({ definition });
  const send = async (query: string, variables = {}) => {
    const { body } = await service.gql(query, variables);
    expect(body.errors).toBeUndefined();
    return body.data;
  };
  await send('mutation { addMember(input: { memberId: "developer", name: "Ann" }) { member { id } } }');
  const acquire = async (): Promise<string> =>
    (await send('mutation { acquireBook(input: { title: "Emma" }) { book { id } } }')).acquireBook.book.id;
  const [sent] = blocks.filter((block) => noteOf(block, 'test')?.endsWith('sends this block'));
  const lend = async (bookId: string) =>
    (await send(sent?.code ?? '', { bookId, memberId: 'developer' })).lendBook;
  const lendBook = await lend(await acquire());
  expect(lendBook).toMatchObject({ userErrors: [], book: { title: 'Emma' } });
  expect(Date.parse(lendBook.book.dueAt as string)).toBeGreaterThan(Date.now());
  const read = `query Read($position: Position!) @readAfter(position: $position) {
    myLoans { title }
    members { nodes { name loans } }
  }`;
  expect(await send(read, { position: lendBook.receipt.position })).toEqual({
    myLoans: [{ title: 'Emma' }],
    members: { nodes: [{ name: 'Ann', loans: 1 }] },
  });
  for (const id of [await acquire(), await acquire(), await acquire()]) await lend(id);
  const wanted = [await acquire(), await acquire(), await acquire(), await acquire(), await acquire()];
  const codes = (await Promise.all(wanted.map(lend))).flatMap(({ userErrors }) => userErrors);
  expect(codes.map(({ code }) => code)).toEqual(Array(4).fill('TOO_MANY_LOANS'));
  const hidden = await service.gql('{ books { nodes { lentTo } } }');
  expect(hidden.body.errors?.[0]?.message).toContain('lentTo');
});

test('the domain compiles, with every block of code on the page', () => {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const paths = files.map(({ name }) => fileOf(name));
  const program = ts.createProgram(paths, options);
  const complaints = paths
    .flatMap((path) => program.getSemanticDiagnostics(program.getSourceFile(path)))
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  expect(complaints).toEqual([]);
  expect(blocks.filter(({ language }) => language === 'ts')).toHaveLength(files.length);
});
