import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { defineDecider, defineEvents, refuse } from '../../src/kernel/index.js';
import { given } from '../../src/testing/index.js';
import { book } from './library.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIBRARY = fileURLToPath(new URL('library.ts', import.meta.url));
const KIT = fileURLToPath(new URL('inference.test.ts', import.meta.url));

const UNUSED = 6133;

/** Compiles one file again and again, each time with another text in its place. */
function createCompiler() {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const texts = new Map<string, string>();
  let version = 0;
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [LIBRARY, KIT],
    getScriptVersion: (file) => (texts.has(file) ? String(version) : '0'),
    getScriptSnapshot: (file) => {
      const text = texts.get(file) ?? ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    fileExists: (file) => ts.sys.fileExists(file),
    readFile: (file) => ts.sys.readFile(file),
    directoryExists: (folder) => ts.sys.directoryExists(folder),
  });
  return {
    /** Each complaint as the line it points at and what it says; of several about one mistake the first is the cause. */
    complaints: (file: string, text: string): readonly { line: string; message: string }[] => {
      version += 1;
      texts.clear();
      texts.set(file, text);
      const lines = text.split('\n');
      // That something is not used any more follows from the mistake, and says nothing of it.
      const found = service.getSemanticDiagnostics(file).filter(({ code }) => code !== UNUSED);
      return found.map(({ start, messageText }) => ({
        line:
          lines[ts.getLineAndCharacterOfPosition({ text } as ts.SourceFile, start ?? 0).line]?.trim() ?? '',
        message: ts.flattenDiagnosticMessageText(messageText, '\n'),
      }));
    },
  };
}

const compiler = createCompiler();
const library = readFileSync(LIBRARY, 'utf8');

/** The first complaint about a domain in which one thing was replaced. */
function mistake(right: string, wrong: string): { line: string; message: string } | undefined {
  expect(library.split(right).length, `${right} stands once`).toBe(2);
  return compiler.complaints(LIBRARY, library.replace(right, wrong))[0];
}

describe('A domain', () => {
  it('compiles without naming a type twice', () => {
    expect(compiler.complaints(LIBRARY, library)).toEqual([]);
  });

  it.each([
    [
      'an event that evolve leaves out',
      "    BookAdded: () => ({ state: 'HERE' }),\n",
      '',
      /^evolve:/,
      /'BookAdded' is missing/,
    ],
    [
      'an event that evolve makes up',
      "BookAdded: () => ({ state: 'HERE' }),",
      "BookAdded: () => ({ state: 'HERE' }), BookBurnt: (state) => state,",
      /BookBurnt/,
      /'BookBurnt' does not exist/,
    ],
    [
      'a state that evolve gets wrong',
      "state: 'LENT' })",
      "state: 'LEND' })",
      /'LEND'/,
      /"LEND"' is not assignable to type '"UNKNOWN"/,
    ],
    [
      'a command without a decision',
      '    addBook: z.object({ title: z.string() }),',
      '    addBook: z.object({ title: z.string() }),\n    burnBook: z.object({ bookId }),',
      /^decide:/,
      /'burnBook' is missing/,
    ],
    [
      'a misspelt command',
      'lendBook: (state',
      'lendBok: (state',
      /^decide:/,
      /'lendBook' is missing in type .*lendBok/,
    ],
    ['an unknown input', 'title: input.title', 'title: input.titel', /input\.titel/, /Did you mean 'title'/],
    [
      'an unknown event decided on',
      "type: 'BookLent'",
      "type: 'BookLend'",
      /^state\.state === 'LENT'/,
      /BookLend/,
    ],
    [
      'a fact that lacks a field',
      'data: { bookId: freshId, title: input.title }',
      'data: { bookId: freshId }',
      /bookId: freshId/,
      /title/,
    ],
    [
      'a tag of something that the fact has not',
      'member:${data.memberId}',
      'member:${data.membrId}',
      /membrId/,
      /Did you mean 'memberId'/,
    ],
    [
      'a handler of an unknown event',
      'BookLent: (rows',
      'BookLend: (rows',
      /BookLend/,
      /'BookLend' does not exist/,
    ],
    [
      'a row with a wrong column',
      'lentTo: null, position',
      'lentTo: 5, position',
      /lentTo: 5/,
      /'number' is not assignable to type 'string'/,
    ],
    [
      'a row that lacks a column',
      'title: data.title, lentTo: null',
      'lentTo: null',
      /rows\.books\.put/,
      /title/,
    ],
    [
      'a change of a column that is none',
      'lentTo: data.memberId, position',
      'lendTo: data.memberId, position',
      /lendTo/,
      /'lendTo' does not exist/,
    ],
    ['a key that is no column', "keyedBy(books, 'id')", "keyedBy(books, 'ident')", /ident/, /"ident"/],
    [
      'a refusal without a sentence',
      "refuse('ALREADY_LENT', 'Somebody has it.', ['bookId'])",
      "refuse('ALREADY_LENT')",
      /refuse\(/,
      /Expected 2-3 arguments/,
    ],
  ])('with %s does not compile, and the complaint points there', (_, right, wrong, line, message) => {
    const found = mistake(right, wrong);
    expect(found?.message).toMatch(message);
    expect(found?.line).toMatch(line);
  });
});

test('A refusal’s code is known: one that the decider never gives does not compile', () => {
  const specification = given(book, [{ type: 'BookLent', data: { bookId: '1', memberId: 'a' } }]);
  const lent = specification.when('lendBook', { bookId: '1', memberId: 'b' });
  lent.thenRefused('ALREADY_LENT');
  // @ts-expect-error: there is no such code.
  expect(() => lent.thenRefused('ALREADY_LEND')).toThrow(/ALREADY_LENT/);
  // @ts-expect-error: there is no such command.
  expect(() => specification.when('lendBok', {})).toThrow();
  // @ts-expect-error: there is no such event.
  expect(() => given(book, [{ type: 'BookLend', data: {} }]).when('lendBook', {})).toThrow();
});

test('A state is what its initial value says: texts and flags that change need no type of their own', () => {
  const lamp = defineDecider({
    name: 'lamp',
    events: defineEvents({ Switched: { schema: z.object({ by: z.string() }), tags: () => ['lamp:1'] } }),
    inputs: { switchOn: z.object({ by: z.string() }) },
    boundary: () => [{ tags: ['lamp:1'] }],
    initial: { isOn: false, by: 'nobody' },
    evolve: { Switched: (_, { by }) => ({ isOn: true, by }) },
    decide: {
      switchOn: (state, { input }) =>
        state.isOn ? refuse('IS_ON', `It was ${state.by}.`) : [{ type: 'Switched', data: input }],
    },
  });
  given(lamp, [])
    .when('switchOn', { by: 'ann' })
    .then({ type: 'Switched', data: { by: 'ann' } });
});
