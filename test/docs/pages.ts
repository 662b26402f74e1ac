import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the repository, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of code. */
export interface Block {
  /** `docs/client.md:24`, for messages. */
  readonly where: string;
  readonly language: string;
  readonly code: string;
  /** The texts of the comments that stand right before it. */
  readonly notes: readonly string[];
}

/** A page of documentation, taken apart. */
export interface DocPage {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  /** The text with blocks, code and comments blanked out, its lines where they were. */
  readonly prose: string;
  readonly blocks: readonly Block[];
  /** What `#…` may name, as GitHub makes it from headings. */
  readonly anchors: ReadonlySet<string>;
}

const FENCE = /^( *)```([^\n`]*)\n([\s\S]*?)^\1```[ ]*$/gm;
const NOTES = /(?:<!--(?:(?!-->)[\s\S])*-->\s*)+$/;

/** Every page of the repository: what git knows, and what it would take. */
export function allPages(): readonly DocPage[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => readPage(path, readFileSync(ROOT + path, 'utf8')));
}

/** A page, taken apart. */
export function readPage(path: string, text: string): DocPage {
  const prose = blank(blank(blank(text, FENCE), /<!--[\s\S]*?-->/g), /(`+)(?!`)[^\n]*?[^`]\1(?!`)/g);
  return { path, text, prose, blocks: blocksOf(path, text), anchors: anchorsOf(text) };
}

function blocksOf(path: string, text: string): readonly Block[] {
  return [...text.matchAll(FENCE)].map(({ index, 1: indent = '', 2: info = '', 3: code = '' }) => {
    const before = text.slice(0, index);
    const comments = NOTES.exec(before)?.[0] ?? '';
    return {
      where: `${path}:${before.split('\n').length}`,
      language: info.trim(),
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      notes: [...comments.matchAll(/<!--([\s\S]*?)-->/g)].map(([, note = '']) => note.trim()),
    };
  });
}

/** The text of a note such as `given: …`, in the comments before a block. */
export function noteOf({ notes }: Block, name: string): string | undefined {
  return notes.find((note) => note.startsWith(`${name}:`))?.slice(name.length + 1);
}

/** Whether another test runs the block: `test: file runs …`, or the walk through Getting started, which changes a new service. */
export function isRunElsewhere(block: Block): boolean {
  return ['test', 'into', 'replace', 'append', 'service', 'from'].some(
    (name) => noteOf(block, name) !== undefined,
  );
}

function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>([...text.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id = '']) => id));
  for (const [, title = ''] of blank(text, FENCE).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const slug = slugOf(title);
    let anchor = slug;
    for (let times = 1; anchors.has(anchor); times += 1) anchor = `${slug}-${times}`;
    anchors.add(anchor);
  }
  return anchors;
}

function slugOf(title: string): string {
  return title
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}

/** The text with all that matches made blank, so that places stay what they were. */
function blank(text: string, pattern: RegExp): string {
  return text.replaceAll(pattern, (found) => found.replaceAll(/[^\n]/g, ' '));
}
