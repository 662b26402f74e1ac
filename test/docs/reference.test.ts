import 'reflect-metadata/lite';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pictures } from '../../scripts/pictures.js';
import { referencePages } from '../../scripts/reference.js';
import { statusOf } from '../../src/graphql/errors.js';
import type { ErrorCode } from '../../src/kernel/index.js';
import { ROOT } from './pages.js';

const read = (path: string): string => readFileSync(ROOT + path, 'utf8');

/** The rows of a page's tables whose first cell is code, in capitals; all cells without what marks them. */
function rowsOf(page: string): readonly (readonly string[])[] {
  return [...read(page).matchAll(/^\| (`[A-Z_]+`.*) \|$/gm)].map(([, row = '']) =>
    row.split(' | ').map((cell) => cell.replaceAll('`', '').trim()),
  );
}

const namesIn = (page: string): readonly string[] => rowsOf(page).map(([name = '']) => name);

describe('the reference', () => {
  it('is made from the code where it is generated: npm run reference', async () => {
    for (const { now, wanted } of await referencePages()) expect(now).toBe(wanted);
  });

  it('shows the pictures as they are drawn: npm run pictures', () => {
    for (const { file, svg } of pictures()) expect(readFileSync(file, 'utf8')).toBe(svg);
  });

  it('has every error code, and the status that goes with it', () => {
    const source = read('src/kernel/errors.ts');
    const [, union = ''] = /type ErrorCode =([^;]*);/.exec(source) ?? [];
    const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code as ErrorCode);
    expect(codes.length).toBeGreaterThan(10);
    const standard = [
      ...(/STANDARD_CODES = new Set\(\[([^\]]*)\]/.exec(read('src/graphql/errors.ts'))?.[1] ?? '').matchAll(
        /'([A-Z_]+)'/g,
      ),
    ];
    const all = new Set([...codes, ...standard.map(([, code]) => code)]);
    expect([...namesIn('docs/reference/errors.md')].sort()).toEqual([...all].sort());
    const told = new Map(rowsOf('docs/reference/errors.md').map(([code, status]) => [code, status]));
    for (const code of codes.filter((one) => one !== 'INTERNAL')) {
      const status = statusOf(code);
      expect([code, told.get(code)]).toEqual([code, status === 400 ? '200, 400' : String(status)]);
    }
  });

  it('has every setting, and none that is not read', () => {
    const settings = [...read('src/settings/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(
      ([, name]) => name,
    );
    expect(settings.length).toBeGreaterThan(12);
    const elsewhere = sources().flatMap((text) =>
      [...text.matchAll(/environment(?:\[|, )'([A-Z_]+)'\]?/g)].map(([, name]) => name),
    );
    const limits = namesIn('docs/reference/configuration.md').filter((name) => name.startsWith('LIMIT_'));
    expect(limits.length).toBeGreaterThan(25);
    expect(
      namesIn('docs/reference/configuration.md')
        .filter((name) => !limits.includes(name))
        .sort(),
    ).toEqual([...new Set([...settings, ...elsewhere])].sort());
  });

  it('and .env.example know the same settings', () => {
    const example = [...read('.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name);
    // Whoever starts a service says what it is started for, not a file in its folder.
    const told = namesIn('docs/reference/configuration.md').filter((name) => name !== 'NODE_ENV');
    expect(example.sort()).toEqual([...told].sort());
  });

  it('tells what the settings are when nobody sets them', () => {
    const entries = read('src/settings/config.ts').split(/\n {2}(?=[A-Z][A-Z_]+:)/);
    const defaults = new Map(
      entries.flatMap((entry) => {
        const [, name, value] = /^([A-Z_]+):[^]*?\.default\(([^)]*)\)/.exec(entry) ?? [];
        return name === undefined ? [] : [[name, (value ?? '').replaceAll("'", '').replace('true', 'on')]];
      }),
    );
    expect(defaults.size).toBeGreaterThan(4);
    for (const [name = '', value = ''] of rowsOf('docs/reference/configuration.md'))
      if (defaults.has(name)) expect([name, value]).toEqual([name, defaults.get(name)]);
  });
});

function sources(): readonly string[] {
  return readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => read(`src/${path}`));
}
