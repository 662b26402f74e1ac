import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import type { SalesReportQuery } from '../generated/graphql.js';

type Row = SalesReportQuery['salesReport'][number];

const HEIGHT_PX = 220;
const COLOURS = {
  light: { text: '#495057', grid: '#e9ecef', lines: ['#099268', '#1971c2', '#c2255c', '#e67700'] },
  dark: { text: '#c9c9c9', grid: '#3b3b3b', lines: ['#38d9a9', '#74c0fc', '#f783ac', '#ffd43b'] },
} as const;

/** Net sales over time, a line for each currency; the table below it has the figures. */
export function SalesChart({ rows }: { readonly rows: readonly Row[] }) {
  const scheme = useComputedColorScheme('light');
  const { ref: sized, width } = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(sized, place);
  useEffect(() => {
    const element = place.current;
    if (element === null || width === 0) return undefined;
    const currencies = [...new Set(rows.map(({ gross }) => gross.currencyCode))].sort();
    const plot = new UPlot(optionsOf(currencies, width, scheme), dataOf(rows, currencies), element);
    return () => plot.destroy();
  }, [rows, width, scheme]);
  return <div ref={ref} role="img" aria-label="Net sales over time; the table has the figures" />;
}

function dataOf(rows: readonly Row[], currencies: readonly string[]): UPlot.AlignedData {
  const keys = [...new Set(rows.map(({ key }) => key))].sort();
  const times = keys.map((key) => Date.UTC(...dateParts(key)) / 1_000);
  const net = new Map(rows.map((row) => [`${row.key} ${row.gross.currencyCode}`, Number(row.net.amount)]));
  return [times, ...currencies.map((currency) => keys.map((key) => net.get(`${key} ${currency}`) ?? 0))];
}

function dateParts(key: string): [number, number, number] {
  const [year = 1970, month = 1, day = 1] = key.split('-').map(Number);
  return [year, month - 1, day];
}

function optionsOf(currencies: readonly string[], width: number, scheme: 'light' | 'dark'): UPlot.Options {
  const { text, grid, lines } = COLOURS[scheme];
  const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
  const compact = new Intl.NumberFormat('en', { notation: 'compact' });
  return {
    width,
    height: HEIGHT_PX,
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
    axes: [axis, { ...axis, values: (_, ticks) => ticks.map((tick) => compact.format(tick)) }],
    series: [
      { value: '{YYYY}-{MM}-{DD}' },
      ...currencies.map((label, index) => ({
        label,
        stroke: lines[index % lines.length] ?? text,
        width: 2,
        points: { show: false },
      })),
    ],
  };
}
