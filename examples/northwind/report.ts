import { formatCents } from './decimal.js';
import type { Refusal, Summary } from './import-northwind.js';
import { rateOf } from './progress.js';
import type { SalesComparison } from './sales-report.js';
import type { SalesTotals } from './totals.js';

/** How many refusals are listed; the rest is only counted. */
export const REFUSALS_SHOWN_MAX = 20;

/** The summary as lines for a terminal. */
export function summaryLines(summary: Summary): string[] {
  return [
    outcomeLine(summary),
    ...refusalLines(summary.refusals),
    ...(summary.interrupted ? ['Stopped before the end. Running it again continues where it stopped.'] : []),
    ...(summary.sales ? ['', ...salesLines(summary.sales)] : []),
  ];
}

/** 0 when all is as it should be, 1 after a refusal or a difference in the totals, 130 when interrupted. */
export function exitCodeOf({ interrupted, refusals, sales }: Summary): number {
  if (interrupted) return 130;
  const differs = sales?.found !== undefined && !sales.agrees;
  return refusals.length > 0 || differs ? 1 : 0;
}

function outcomeLine({ commands, commandsTotal, duplicates, refusals, retries, elapsedMs }: Summary): string {
  const seconds = `${(elapsedMs / 1000).toFixed(1)} s, ${count(rateOf({ done: commands, elapsedMs }))} commands/s`;
  const retried = retries > 0 ? `, ${plural(retries, 'retry', 'retries')}` : '';
  if (commands === commandsTotal && duplicates === commands) {
    return `nothing changed: all ${count(commands)} commands were already there (${seconds}${retried})`;
  }
  const parts = [`${count(commands)} of ${count(commandsTotal)} commands answered`];
  if (duplicates > 0) parts.push(`${count(duplicates)} were already there`);
  if (refusals.length > 0) parts.push(`${count(refusals.length)} refused`);
  return `${parts.join(', ')} (${seconds}${retried})`;
}

function refusalLines(refusals: readonly Refusal[]): string[] {
  const shown = refusals
    .slice(0, REFUSALS_SHOWN_MAX)
    .map(
      ({ reference, mutation, reasons }) => `  ${mutation} of ${reference} refused: ${reasons.join('; ')}`,
    );
  const hidden = refusals.length - shown.length;
  return hidden > 0 ? [...shown, `  and ${plural(hidden, 'more refusal', 'more refusals')}`] : shown;
}

function salesLines({ expected, found, otherOrders, agrees, consistency }: SalesComparison): string[] {
  if (found === undefined) {
    return [
      `The service holds ${plural(otherOrders, 'order', 'orders')} besides the ${count(expected.orders)} of this ` +
        'import, so its sales report cannot agree with the data; the totals were not compared.',
    ];
  }
  const waited = consistency
    ? `, after waiting ${Math.round(consistency.waitedMs)} ms for its own writes`
    : '';
  return [
    `Sales report of the service, read behind the last command${waited}:`,
    row('', 'data', 'service', ''),
    ...rowsOf(expected, found),
    agrees ? 'The totals agree to the cent.' : 'THE TOTALS DIFFER.',
  ];
}

function rowsOf(expected: SalesTotals, found: SalesTotals): string[] {
  const counts = (['orders', 'shipped', 'customers'] as const).map((key) =>
    row(key, count(expected[key]), count(found[key]), mark(expected[key] === found[key])),
  );
  const amounts = (['gross', 'discount', 'net', 'freight'] as const).map((key) =>
    row(key, formatCents(expected[key]), formatCents(found[key]), mark(expected[key] === found[key])),
  );
  return [...counts, ...amounts];
}

function row(label: string, data: string, service: string, verdict: string): string {
  return `  ${label.padEnd(10)}${data.padStart(16)}${service.padStart(16)}  ${verdict}`.trimEnd();
}

function mark(equal: boolean): string {
  return equal ? 'equal' : 'DIFFERS';
}

function plural(amount: number, one: string, many: string): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

function count(amount: number): string {
  return amount.toLocaleString('en-US');
}
