import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bar, Reading } from './bars.js';
import type { BenchResult, Machine } from './harness.js';
import { formatNumber, formatTable, formatTexts } from './table.js';

/** The results in a folder, by name; files that are no tables of a bench are left out. */
export function readResults(folder: string): readonly BenchResult[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Partial<BenchResult>)
    .filter((result): result is BenchResult => result.sections !== undefined);
}

/** The bars as a table: what was measured, what it has to be, whether it is, and which run says so. */
export function formatBars(readings: readonly Reading[]): string {
  const rows = readings.map(({ bar, value, met, result }) => [
    bar.what,
    value === undefined ? 'not measured' : formatNumber(value),
    limitOf(bar),
    met === undefined ? '' : met ? 'met' : 'missed',
    value === undefined || result === undefined ? bar.at.bench : `${bar.at.bench}, ${dateOf(result)}`,
  ]);
  return formatTexts(['', 'measured', 'bar', '', 'run'], rows);
}

/** How many bars are met, missed and without a figure. */
export function countBars(readings: readonly Reading[]): string {
  const count = (wanted: boolean | undefined): number => readings.filter(({ met }) => met === wanted).length;
  return `${count(true)} met, ${count(false)} missed, ${count(undefined)} not measured.`;
}

/** All of it as Markdown. */
export function formatReport(results: readonly BenchResult[], readings: readonly Reading[]): string {
  const newest = results.toSorted((a, b) => b.at.localeCompare(a.at))[0];
  const parts = [
    '# Results',
    `Written by \`npm run bench:report\` from [results](results). ${newest === undefined ? '' : `${dateOf(newest)}, ${formatMachine(newest.machine)}.`}
Medians over the rounds; the last column is the range of the metric that is compared. Ratios are of the same run.`,
    `## The bars\n\n${countBars(readings)}`,
    formatBars(readings),
    ...results.flatMap(formatBench),
  ];
  return `${parts.join('\n\n')}\n`;
}

function formatBench({ bench, at, seconds, machine, sections }: BenchResult): readonly string[] {
  const head = `## ${bench}\n\n${at.slice(0, 10)}, ${seconds} s, ${formatMachine(machine)}`;
  return [
    head,
    ...sections.flatMap(({ title, rows, notes = [] }) => [
      `### ${title}`,
      formatTable(rows),
      ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join('\n')] : []),
    ]),
  ];
}

function formatMachine({ cores, cpu, memoryGiB, node }: Machine): string {
  return `${cores} × ${cpu}, ${memoryGiB} GiB, Node ${node}`;
}

/** The day; a run that was not a full one says so. */
function dateOf({ at, mode = 'full' }: Pick<BenchResult, 'at'> & Partial<BenchResult>): string {
  return mode === 'full' ? at.slice(0, 10) : `${at.slice(0, 10)} ${mode}`;
}

function limitOf({ limit }: Bar): string {
  return 'min' in limit ? `≥ ${formatNumber(limit.min)}` : `≤ ${formatNumber(limit.max)}`;
}
