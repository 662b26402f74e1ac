import { readFileSync, writeFileSync } from 'node:fs';
import { LIMITS, limitNames, variableOf } from '../src/graphql/limits/index.js';

const DOCS = new URL('../docs/reference/configuration.md', import.meta.url);
const EXAMPLE = new URL('../.env.example', import.meta.url);

const HEADER = ['variable', 'default', 'from', 'to', 'what it bounds', 'answer'];

const number = (value: number): string => value.toLocaleString('en');

/** The catalogue of limits as a table, columns as wide as the formatter wants them. */
export function limitsTable(): string {
  const rows = limitNames.map((name) => {
    const { range, what, answer } = LIMITS[name];
    const most = `${number(range.max)} ${range.unit}`;
    return [`\`${variableOf(name)}\``, number(range.default), number(range.min), most, what, `\`${answer}\``];
  });
  const widths = HEADER.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(HEADER), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** The catalogue of limits as lines of `.env.example`. */
export function limitsExample(): string {
  return limitNames.map((name) => `# ${variableOf(name)}=${LIMITS[name].range.default}`).join('\n');
}

/** The files that show the catalogue: what they are now, and what they should be. Throws where the place is missing. */
export function limitsInFiles(): readonly { file: URL; now: string; wanted: string }[] {
  return [
    between(DOCS, '<!-- npm run limits -->\n\n', '\n\n<!-- end of limits -->', limitsTable()),
    between(
      EXAMPLE,
      '# Limits, from npm run limits (docs/reference/configuration.md says what they are):\n',
      '\n# End of limits.',
      limitsExample(),
    ),
  ];
}

function between(file: URL, start: string, end: string, text: string) {
  const now = readFileSync(file, 'utf8');
  const from = now.indexOf(start) + start.length;
  const to = now.indexOf(end, from);
  if (from < start.length || to === -1) throw new Error(`${file.pathname} has no place for the limits.`);
  return { file, now, wanted: now.slice(0, from) + text + now.slice(to) };
}

if (process.argv[1]?.endsWith('limits.ts')) {
  for (const { file, wanted } of limitsInFiles()) writeFileSync(file, wanted);
}
