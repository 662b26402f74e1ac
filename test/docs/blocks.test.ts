import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Kind, buildSchema, isTypeDefinitionNode, parse, print, validate, type DocumentNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { verbsIn } from '../../scripts/reference/command-line.js';
import { typeErrorsOf } from './compile.js';
import { ROOT, allPages, isRunElsewhere, noteOf, readPage, type Block } from './pages.js';

// What typedoc makes shows signatures, which are no programs.
const pages = allPages().filter(({ path }) => !path.startsWith('docs/reference/api/'));
const blocks = pages.flatMap((page) => page.blocks);
const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
  scripts: Record<string, string>;
};
const verbs = await verbsIn();

const NPM = ['audit', 'exec', 'ci', 'cit', 'install', 'start', 'test', 'run', 'pack'];

/** How each language is checked; `ts` and `tsx` all at once, since that takes longest. `text` is what cannot be. */
const CHECKS: Readonly<Record<string, (block: Block) => readonly string[]>> = {
  ts: () => [],
  tsx: () => [],
  text: commandProblems,
  sh: (block) => [...shellProblems(block.code), ...commandProblems(block)],
  graphql: graphqlProblems,
  json: ({ code }) => thrown(() => JSON.parse(code) as unknown),
  yaml: ({ code }) => thrown(() => parseYaml(code) as unknown),
  ini: ({ code }) => unitProblems(code),
  dockerfile: ({ code }) => dockerfileProblems(code),
};

function problemsOf(block: Block): readonly string[] {
  const check = CHECKS[block.language];
  const problems =
    check === undefined ? [`there is no check for the language “${block.language}”`] : check(block);
  return problems.map((problem) => `${block.where}: ${problem}`);
}

function thrown(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Operations are valid for the schema (`schema: file` names another one); definitions are those of the schema. */
function graphqlProblems(block: Block): readonly string[] {
  if (isRunElsewhere(block)) return [];
  const sdl = readFileSync(ROOT + (noteOf(block, 'schema')?.trim() ?? 'schema.graphql'), 'utf8');
  let document: DocumentNode;
  try {
    document = parse(block.code);
  } catch (error) {
    return [(error as Error).message];
  }
  const isOperations = document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (isOperations) return validate(buildSchema(sdl), document).map(({ message }) => message);
  const known = new Set(definitionsOf(parse(sdl)));
  return definitionsOf(document).filter((definition) => !known.has(definition));
}

/** Definitions without their descriptions, one text each. */
function definitionsOf(document: DocumentNode): readonly string[] {
  const silent = JSON.parse(
    JSON.stringify(document, (name, value: unknown) => (name === 'description' ? undefined : value)),
  ) as DocumentNode;
  return silent.definitions
    .filter((node) => isTypeDefinitionNode(node) || node.kind === Kind.DIRECTIVE_DEFINITION)
    .map((node) => print(node));
}

function shellProblems(code: string): readonly string[] {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' });
  return status === 0 ? [] : [stderr.trim()];
}

/** The npm scripts that are named exist, and what is asked of `tidemark` it can do. */
function commandProblems({ code }: Pick<Block, 'code'>): readonly string[] {
  const found: string[] = [];
  for (const [, word = '', script = ''] of code.matchAll(/\bnpm (?!-)([\w-]+)(?: ([\w:-]+))?/g)) {
    if (!NPM.includes(word)) found.push(`npm ${word} is not known`);
    if (word === 'run' && !script.startsWith('-') && !(script in scripts))
      found.push(`there is no script ${script}`);
  }
  const calls = /(?:^|[$|;&(] *|npx )tidemark ([^\n|;&)]*)|npm run (?:--silent )?tidemark -- ([^\n|;&)]*)/gm;
  for (const [, direct, script] of code.matchAll(calls)) {
    const words = (direct ?? script ?? '').split('#')[0]?.trim().split(/\s+/) ?? [];
    const verb = [words.slice(0, 2).join(' '), words[0] ?? ''].find((name) => verbs.has(name));
    if (words[0]?.startsWith('--') === true) continue;
    if (verb === undefined) found.push(`tidemark has no verb ${words.slice(0, 2).join(' ')}`);
    else
      for (const word of words.filter((one) => /^--\w/.test(one)))
        if (
          verbs.get(verb)?.options.every(([option]) => !option.startsWith(word.replace(/=.*/, ''))) === true
        )
          found.push(`tidemark ${verb} has no option ${word}`);
  }
  return found;
}

/** A systemd unit: sections, and `Name=value` inside them. */
function unitProblems(code: string): readonly string[] {
  const lines = code.split('\n').filter((line) => line.trim() !== '' && !/^[#;]/.test(line));
  const wrong = lines.filter((line) => !/^\[[A-Z]\w+\]$|^[A-Z]\w*=.*$/.test(line));
  return lines[0]?.startsWith('[') === true ? wrong : ['a unit begins with a section', ...wrong];
}

function dockerfileProblems(code: string): readonly string[] {
  const instructions =
    /^(FROM|RUN|CMD|COPY|WORKDIR|USER|ENV|EXPOSE|VOLUME|HEALTHCHECK|STOPSIGNAL|ENTRYPOINT|ARG) /;
  return code
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#') && !instructions.test(line))
    .map((line) => `is no instruction: ${line}`);
}

describe('the blocks of code of all pages', () => {
  it('are found, and say what they are in', () => {
    expect(blocks.length).toBeGreaterThan(40);
    expect(blocks.filter(({ language }) => language === '').map(({ where }) => where)).toEqual([]);
  });

  it('are right, by the check of their language', () => {
    expect(blocks.flatMap(problemsOf)).toEqual([]);
  });

  it('compile against the sources, where they are TypeScript', () => {
    const typed = blocks.filter((block) => /^tsx?$/.test(block.language));
    expect(typed.length).toBeGreaterThan(7);
    expect(typeErrorsOf(typed)).toEqual([]);
  });

  it('and the words between them name scripts and verbs that exist', () => {
    const spans = pages
      .filter(({ path }) => path !== 'CHANGELOG.md' && path !== 'docs/getting-started.md')
      .flatMap(({ path, text }) =>
        [...text.matchAll(/`((?:npm|npx|tidemark) [^`]+)`/g)].map(([, code = '']) => ({ path, code })),
      )
      // `tidemark projections …` and `tidemark parked <…>` speak of a group.
      .filter(({ code }) => !/^(?:npx |npm run )?tidemark (?:-- )?(?:\w+ )?[…<]/.test(code));
    expect(spans.length).toBeGreaterThan(30);
    const problems = spans.flatMap(({ path, code }) =>
      commandProblems({ code }).map((problem) => `${path} \`${code}\`: ${problem}`),
    );
    expect(problems).toEqual([]);
  });

  it.each([
    ['', 'x', 'there is no check'],
    ['cobol', 'x', 'there is no check'],
    ['json', '{ "a": … }', 'JSON'],
    ['yaml', 'a: [', 'Flow'],
    ['graphql', '{ nothing }', 'Cannot query field'],
    ['graphql', 'type Money { amount: Int }', 'type Money'],
    ['sh', 'npm run nothing', 'no script nothing'],
    ['sh', 'if true', 'syntax error'],
    ['sh', 'npx tidemark nothing at all', 'no verb nothing at'],
    ['sh', 'npx tidemark backup there --sideways', 'no option --sideways'],
    ['text', '$ tidemark parked forget orders', 'no verb parked forget'],
    ['ini', 'Type=simple', 'begins with a section'],
    ['dockerfile', 'BUILD .', 'is no instruction'],
  ])('would not be right as %s: %s', (language, code, problem) => {
    const [block] = readPage('x.md', `\`\`\`${language}\n${code}\n\`\`\``).blocks;
    expect(block && problemsOf(block).join()).toContain(problem);
  });

  it('would not compile with a type that is wrong, and would by what is given or continued', () => {
    const given = '<!-- given: declare const a: number; -->\n\n```ts\nconst b = a;\n```\n\nand\n\n';
    const pages = [
      readPage('wrong.md', '```ts\nconst a: number = "1";\n```'),
      readPage('continued.md', `${given}<!-- continues -->\n\n\`\`\`ts\nconst c: number = b;\n\`\`\``),
      readPage('apart.md', `${given}\`\`\`ts\nconst c: number = b;\n\`\`\``),
    ];
    expect(typeErrorsOf(pages.flatMap((page) => page.blocks))).toEqual([
      expect.stringContaining("wrong.md:1: Type 'string' is not assignable to type 'number'."),
      expect.stringContaining("apart.md:9: Cannot find name 'b'."),
    ]);
  });
});
