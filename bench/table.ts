import type { Row } from './harness.js';

/** The rows as a Markdown table, aligned for reading as text. */
export function formatTable(rows: readonly Row[]): string {
  const metrics = [...new Set(rows.flatMap((row) => Object.keys(row.metrics)))];
  const body = rows.map(({ name, metrics: values, rounds }) => [
    name,
    ...metrics.map((metric) => formatNumber(values[metric])),
    `${formatNumber(Math.min(...rounds))}..${formatNumber(Math.max(...rounds))}`,
  ]);
  return formatTexts(['', ...metrics, 'rounds'], body);
}

/** Texts as a Markdown table; the first column to the left, the others to the right. */
export function formatTexts(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((text, column) =>
    Math.max(...[head, ...body].map((row) => (row[column] ?? text).length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...body.map(line)].join('\n');
}

/** A figure with about three digits; nothing for what is not a number. */
export function formatNumber(value: number | null | undefined): string {
  if (value == null || Number.isNaN(value)) return '';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
