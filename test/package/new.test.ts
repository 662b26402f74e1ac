import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { ROOT } from '../support/built-once.js';
import { builtPackage, installPackage } from '../support/built-package.js';
import { noteOf, readPage, type Block } from '../docs/pages.js';
import { runNode } from '../support/main-process.js';
import { post } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';

const run = promisify(execFile);
const BUILD_TIMEOUT_MS = 240_000;
const GUIDE = 'docs/getting-started.md';

let cli = '';

beforeAll(async () => {
  // Unpacked inside this repository, it finds its libraries there.
  cli = join(await builtPackage(), 'package', 'dist', 'bin.js');
}, BUILD_TIMEOUT_MS);

interface Ran {
  readonly code: number;
  readonly output: string;
}

async function tidemark(cwd: string, ...words: readonly string[]): Promise<Ran> {
  return runIn(cwd, cli, words);
}

async function runIn(cwd: string, file: string, words: readonly string[]): Promise<Ran> {
  // Vitest's own settings are not for what runs inside the project.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^VITEST|NODE_ENV/.test(name)),
  );
  try {
    const { stdout, stderr } = await run(process.execPath, [file, ...words], { cwd, env });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    // What execFile rejects with.
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

/** A new service, as after `npm install`. */
async function newService(): Promise<string> {
  const folder = join(tempDir(), 'my-desk');
  const { code, output } = await tidemark(join(folder, '..'), 'new', 'my-desk');
  expect(output).toMatch(/Made my-desk: \d+ files.*npm install.*npm start/s);
  expect(code).toBe(0);
  await installPackage(folder);
  return folder;
}

const bin = (folder: string, path: string): string => join(folder, 'node_modules', path);

/** What the scripts of its package.json do. */
const scripts = {
  build: (folder: string) => runIn(folder, bin(folder, 'typescript/bin/tsc'), ['-p', 'tsconfig.build.json']),
  check: (folder: string) => runIn(folder, bin(folder, 'typescript/bin/tsc'), ['-p', '.']),
  test: (folder: string) => runIn(folder, bin(folder, 'vitest/vitest.mjs'), ['run']),
  schema: (folder: string) =>
    runIn(folder, bin(folder, 'tidemark/dist/bin.js'), ['schema', '--out', 'schema.graphql']),
  codegen: (folder: string) =>
    runIn(folder, bin(folder, '@graphql-codegen/cli/cjs/bin.js'), ['--config', 'codegen.ts']),
};

async function fine(script: keyof typeof scripts, folder: string): Promise<string> {
  const { code, output } = await scripts[script](folder);
  expect({ code, output }, script).toMatchObject({ code: 0 });
  return output;
}

async function ask(folder: string, query: string, variables: object = {}): Promise<Record<string, never>> {
  const service = runNode([join(folder, 'dist', 'main.js')], { DATA_DIR: join(folder, 'data') }, folder);
  const { body } = await post(await service.url(), JSON.stringify({ query, variables }));
  service.signal('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(body.errors).toBeUndefined();
  return body.data as Record<string, never>;
}

describe('A new service', () => {
  it('compiles, passes its tests, has the schema and the client that it was made with, and runs', async () => {
    const folder = await newService();
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => !file.startsWith('node_modules'),
    );
    expect(files).toEqual(
      expect.arrayContaining(['.gitignore', '.env.example', 'Dockerfile', '.github/workflows/ci.yml']),
    );
    for (const file of ['package.json', 'README.md', 'src/service.ts'])
      expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/\{\{\w+\}\}|NAME/);
    const made = readFileSync(join(folder, 'schema.graphql'), 'utf8');
    await fine('check', folder);
    await fine('build', folder);
    expect(await fine('schema', folder)).toMatch(/is unchanged/);
    const client = readFileSync(join(folder, 'client/generated/graphql.ts'), 'utf8');
    await fine('codegen', folder);
    expect(readFileSync(join(folder, 'client/generated/graphql.ts'), 'utf8')).toBe(client);
    expect(made).toMatch(/openTicket\(input: OpenTicketInput!\): OpenTicketPayload!/);
    expect(await fine('test', folder)).toMatch(/5 passed/);
    const [open] = blocksOf().filter(({ language }) => language === 'graphql');
    expect(await ask(folder, open?.code ?? '')).toMatchObject({ openTicket: { ticket: { status: 'OPEN' } } });
  }, 300_000);

  it('becomes what Getting started makes of it, step by step', async () => {
    const folder = await newService();
    const edits = blocksOf().filter(({ language }) => language === 'ts');
    expect(edits.length).toBe(7);
    for (const [index, block] of edits.entries()) {
      edit(folder, block);
      // The first one is a fact that nothing knows yet: the compiler tells where to go on.
      if (index === 0)
        expect((await scripts.check(folder)).output).toMatch(/ticket\.ts.*'TicketReopened' is missing/s);
    }
    await fine('build', folder);
    expect(await fine('schema', folder)).toMatch(/was written/);
    await fine('codegen', folder);
    await fine('check', folder);
    expect(await fine('test', folder)).toMatch(/6 passed/);
    const reopen = blocksOf().findLast(({ language }) => language === 'graphql')?.code ?? '';
    const answer = await ask(folder, reopen, { ticketId: '0197a1b2-0000-7000-8000-000000000001' });
    expect(answer).toMatchObject({
      reopenTicket: { userErrors: [{ code: 'TICKET_NOT_FOUND' }], ticket: null },
    });
  }, 300_000);
});

test('A folder that is in use, and a name that no package may have, are refused', async () => {
  const folder = tempDir();
  mkdirSync(join(folder, 'taken'));
  writeFileSync(join(folder, 'taken', 'mine.txt'), '');
  expect(await tidemark(folder, 'new', 'taken')).toMatchObject({
    code: 2,
    output: expect.stringMatching(/taken is there already and is not empty/) as string,
  });
  expect(await tidemark(folder, 'new', 'My Service')).toMatchObject({
    code: 2,
    output: expect.stringMatching(/cannot be the name of a package. Expected small letters/) as string,
  });
  expect(existsSync(join(folder, 'My Service'))).toBe(false);
});

test('A command line outside of a service says where it looks for one', async () => {
  const { code, output } = await tidemark(tempDir(), 'schema');
  expect(code).toBe(2);
  expect(output).toMatch(/Expected in package\.json: "tidemark": \{ "service": /);
});

function blocksOf(): readonly Block[] {
  return readPage(GUIDE, readFileSync(join(ROOT, GUIDE), 'utf8')).blocks;
}

/** Does to a file what the page tells the reader to: `into: file, after: text`, `replace: file, text`, `append: file`. */
function edit(folder: string, block: Block): void {
  const [into, replace, append] = ['into', 'replace', 'append'].map((name) => noteOf(block, name)?.trim());
  const [path = '', where = ''] = (into ?? replace ?? append ?? '').split(/, (?:after: )?/);
  const file = join(folder, path);
  const lines = readFileSync(file, 'utf8').split('\n');
  const code = block.code.trimEnd();
  if (append !== undefined) lines.push(code, '');
  else {
    const at = lines.findIndex((line) => line.includes(where));
    expect(at, `${where} in ${path}`).toBeGreaterThan(-1);
    lines.splice(replace === undefined ? at + 1 : at, replace === undefined ? 0 : 1, code);
  }
  writeFileSync(file, lines.join('\n'));
}
