import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, allPages, readPage, type DocPage } from './pages.js';

const pages = allPages();
const byPath = new Map(pages.map((page) => [page.path, page]));

interface Link {
  readonly page: DocPage;
  readonly target: string;
  readonly where: string;
}

/** Links and images, in Markdown and in HTML, and bare addresses. */
function linksOf(page: DocPage): readonly Link[] {
  const patterns = [
    /\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g,
    /\b(?:href|src|srcset)="([^"]+)"/g,
    /<([a-z]+:[^\s>]+)>/g,
    /^\[[^\]]+\]:\s+(\S+)/gm,
    /(?<![("<=])\b(https?:\/\/[^\s)>,]+)/g,
  ];
  return patterns.flatMap((pattern) =>
    [...page.prose.matchAll(pattern)].map(({ index, 1: target = '' }) => ({
      page,
      target,
      where: `${page.path}:${page.prose.slice(0, index).split('\n').length}`,
    })),
  );
}

/** What is wrong with a link; undefined where it is right. */
function problemOf({ page, target }: Link): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return externalProblem(target);
  const [path = '', anchor] = target.split('#');
  if (path === '') return page.anchors.has(anchor ?? '') ? undefined : `there is no heading for #${anchor}`;
  const file = normalize(join(dirname(page.path), decodeURIComponent(path)));
  if (path.startsWith('/') || file.startsWith('..')) return 'leads out of the repository';
  if (!existsSync(ROOT + file)) return 'there is no such file';
  if (anchor === undefined) return undefined;
  return byPath.get(file)?.anchors.has(anchor) === true ? undefined : `${file} has no heading for #${anchor}`;
}

function externalProblem(target: string): string | undefined {
  if (!URL.canParse(target)) return 'is no address';
  const { protocol, hostname } = new URL(target);
  // The reader's own service.
  if (hostname === '127.0.0.1') return undefined;
  if (protocol === 'mailto:') return undefined;
  if (protocol !== 'https:') return 'is not https';
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(hostname) ? undefined : 'has no host';
}

describe('the links of all pages', () => {
  const links = pages.flatMap(linksOf);

  it('are found', () => {
    expect(pages.length).toBeGreaterThan(15);
    expect(links.length).toBeGreaterThan(100);
    expect(new Set(links.map(({ page }) => page.path)).size).toBeGreaterThan(10);
  });

  it('lead to files and headings that exist, and otherwise to https', () => {
    const problems = links.map((link) => [link, problemOf(link)] as const);
    expect(
      problems
        .filter(([, problem]) => problem)
        .map(([{ where, target }, problem]) => `${where} ${target}: ${problem}`),
    ).toEqual([]);
  });

  it('make every page of docs reachable from the README', () => {
    const reached = new Set(['README.md']);
    for (const path of reached) {
      const page = byPath.get(path);
      if (page === undefined) continue;
      for (const { target } of linksOf(page)) {
        if (target.includes(':')) continue;
        reached.add(normalize(join(dirname(path), target.split('#')[0] ?? '')));
      }
    }
    expect(
      pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !reached.has(path)),
    ).toEqual([]);
  });

  it('say what every image shows', () => {
    const silent = pages.flatMap(({ path, prose }) => [
      ...[...prose.matchAll(/!\[\s*\]\(([^)]*)\)/g)].map(([, image]) => `${path}: ${image}`),
      ...[...prose.matchAll(/<img\b(?![^>]*\balt="[^"]+")[^>]*>/g)].map(([image]) => `${path}: ${image}`),
    ]);
    expect(silent).toEqual([]);
  });

  it.each([
    ['[a](nowhere.md)', 'there is no such file'],
    ['[a](README.md#nowhere)', 'README.md has no heading for #nowhere'],
    ['[a](#other)', 'there is no heading for #other'],
    ['[a](../x.md)', 'leads out of the repository'],
    ['<img src="http://example.com/a.png">', 'is not https'],
    ['see http://example.com', 'is not https'],
    ['[a](https://)', 'is no address'],
    ['[a](https://localhost/a)', 'has no host'],
  ])('would not be right as %s', (text, problem) => {
    const [link] = linksOf(readPage('x.md', `# one\n\n${text}`));
    expect(link && problemOf(link)).toBe(problem);
  });

  it.each(['`[a](nowhere.md)`', '```text\n[a](nowhere.md)\n```', '<!-- [a](nowhere.md) -->'])(
    'are not looked for in %s',
    (text) => {
      expect(linksOf(readPage('x.md', text))).toEqual([]);
    },
  );
});
