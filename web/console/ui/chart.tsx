import 'uplot/dist/uPlot.min.css';
import { Box, Card, Group, Table, Text, VisuallyHidden, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, type ReactNode } from 'react';
import UPlot from 'uplot';
import { clockOf, shortOf } from './format.js';

/** The colours of lines, as the theme names them; told apart by lightness, too. */
const COLOURS = ['teal', 'blue', 'orange', 'red'] as const;
const HEIGHT = 150;
/** The page remembers ten minutes; the table beside a chart has one row for each of these, in seconds. */
const TABLE_STEP = 60;
/** What a chart shows at least, in seconds. */
const SPAN_MIN = 60;

/** One line of a chart: a value for each time, null where there is none. */
export interface Line {
  readonly label: string;
  /** The chart's when left out; lines of another are measured by an axis of their own. */
  readonly unit?: string;
  readonly values: readonly (number | null)[];
}

interface ChartProps {
  readonly title: string;
  readonly unit: string;
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly children?: ReactNode;
}

function colourOf(index: number, dark: boolean): string {
  return `--mantine-color-${COLOURS[index % COLOURS.length] ?? 'gray'}-${dark ? 4 : 8}`;
}

function cssValue(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The y axis that a line is measured by: the left one, or the right one where its unit is another. */
function scaleOf(line: Line, unit: string): string {
  return (line.unit ?? unit) === unit ? 'y' : 'other';
}

/** What is there, and SPAN_MIN at least; uPlot has no numbers where nothing is there yet. */
function timeRange(_: UPlot, first: number | null, last: number | null): [number, number] {
  const end = last ?? Date.now() / 1_000;
  return [Math.min(first ?? end, end - SPAN_MIN), end];
}

function optionsOf(width: number, { lines, unit }: ChartProps, dark: boolean): UPlot.Options {
  const ink = cssValue(dark ? '--mantine-color-dark-1' : '--mantine-color-gray-7');
  const faint = cssValue(dark ? '--mantine-color-dark-5' : '--mantine-color-gray-2');
  const axis = { stroke: ink, ticks: { show: false }, font: '11px sans-serif' };
  const grid = { grid: { stroke: faint, width: 1 } };
  const values = (_: UPlot, ticks: readonly number[]) => ticks.map(shortOf);
  const fromZero = (_: UPlot, __: number, max: number | null): [number, number] => [
    0,
    Math.max(max ?? 0, 1) * 1.1,
  ];
  const right = lines.some((line) => scaleOf(line, unit) === 'other');
  return {
    width,
    height: HEIGHT,
    padding: [8, right ? 0 : 12, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: timeRange },
      y: { range: fromZero },
      other: { range: fromZero },
    },
    axes: [
      { ...axis, ...grid, size: 24, space: 90, values: (_, ticks) => ticks.map(clockOf) },
      { ...axis, ...grid, size: 44, values },
      ...(right
        ? [{ ...axis, scale: 'other', side: 1 as const, size: 44, grid: { show: false }, values }]
        : []),
    ],
    series: [
      {},
      ...lines.map((line, index) => ({
        label: line.label,
        scale: scaleOf(line, unit),
        stroke: cssValue(colourOf(index, dark)),
        width: 1.75,
        spanGaps: true,
        points: { show: false },
      })),
    ],
  };
}

function Plot(props: ChartProps) {
  const { times, lines } = props;
  const dark = useComputedColorScheme() === 'dark';
  const { ref, width } = useElementSize();
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    const target = holder.current;
    if (target === null || width === 0) return undefined;
    const made = new UPlot(optionsOf(width, latest.current, dark), [[]], target);
    plot.current = made;
    made.setData(dataOf(latest.current));
    return () => {
      made.destroy();
    };
  }, [width, dark]);
  useEffect(() => {
    plot.current?.setData(dataOf({ times, lines }));
  }, [times, lines]);
  return (
    <Box ref={ref} h={HEIGHT} aria-hidden>
      <div ref={holder} />
    </Box>
  );
}

function dataOf({ times, lines }: Pick<ChartProps, 'times' | 'lines'>): UPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}

/** Lines over the last ten minutes, with what they are now in words and, for those who do not see them, a table. */
export function Chart(props: ChartProps) {
  const { title, unit, times, lines } = props;
  const dark = useComputedColorScheme() === 'dark';
  return (
    <Card withBorder padding="sm" component="section" aria-label={title}>
      <Group justify="space-between" gap="xs" mb={4} align="baseline">
        <Text fw={600} component="h2" size="sm">
          {title}
        </Text>
        <Group gap="sm" className="numbers">
          {lines.map(({ label, values, unit: own = unit }, index) => (
            <Group key={label} gap={6}>
              <Box w={10} h={3} bg={`var(${colourOf(index, dark)})`} aria-hidden />
              <Text size="xs">
                {label} <b>{now(values, own)}</b>
              </Text>
            </Group>
          ))}
        </Group>
      </Group>
      <Plot {...props} />
      {props.children}
      <ValuesTable title={title} unit={unit} times={times} lines={lines} />
    </Card>
  );
}

function now(values: Line['values'], unit: string): string {
  const last = values.findLast((value) => value !== null);
  return last === undefined || last === null
    ? '–'
    : `${shortOf(last)}${unit.startsWith('/') ? '' : ' '}${unit}`;
}

function ValuesTable({ title, unit, times, lines }: Omit<ChartProps, 'children'>) {
  const rows = times
    .map((time, index) => ({ time, index }))
    .filter(({ time, index }) => index === times.length - 1 || Math.floor(time) % TABLE_STEP === 0);
  return (
    <VisuallyHidden>
      <Table>
        <caption>
          {title}, in {unit}, each minute
        </caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ time, index }) => (
            <tr key={index}>
              <th scope="row">{clockOf(time)}</th>
              {lines.map(({ label, values }) => (
                <td key={label}>{values[index] == null ? '–' : shortOf(values[index])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </VisuallyHidden>
  );
}
