import { Card, Group, Text, VisuallyHidden } from '@mantine/core';
import { useMemo } from 'react';
import { REMEMBERED_SECONDS, type Point } from '../feed/index.js';
import { clockOf, countOf, spanOf } from '../ui/index.js';

/** One column of the strip, in seconds. */
const STEP = 10;
/** The upper ends of the strip's bands, in seconds; each is a bound of the service's histogram. */
const BANDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1] as const;
const COLUMN = 10;
const ROW = 16;

interface Column {
  readonly at: number;
  readonly counts: readonly number[];
}

/** The counts of each band, from those of the service's finer buckets. */
function bandsOf(counts: readonly number[], bounds: readonly number[]): readonly number[] {
  const bands = Array.from({ length: BANDS.length + 1 }, () => 0);
  counts.forEach((count, bucket) => {
    const bound = bounds[bucket] ?? Infinity;
    const band = BANDS.findIndex((upper) => bound <= upper);
    const index = band === -1 ? BANDS.length : band;
    bands[index] = (bands[index] ?? 0) + count;
  });
  return bands;
}

function columnsOf(points: readonly Point[], bounds: readonly number[]): readonly Column[] {
  const columns = new Map<number, readonly number[]>();
  for (const { at, commandCounts } of points) {
    const key = Math.floor(at / STEP) * STEP;
    const sums = columns.get(key) ?? [];
    columns.set(
      key,
      bandsOf(commandCounts, bounds).map((count, band) => count + (sums[band] ?? 0)),
    );
  }
  return [...columns].map(([at, counts]) => ({ at, counts }));
}

function bandName(band: number): string {
  const upper = BANDS[band];
  return upper === undefined ? `over ${spanOf((BANDS.at(-1) ?? 0) * 1_000)}` : `≤ ${spanOf(upper * 1_000)}`;
}

/** How many commands took how long, over the last ten minutes: the darker, the more. */
export function Heat({
  points,
  bounds,
}: {
  readonly points: readonly Point[];
  readonly bounds: readonly number[];
}) {
  const columns = useMemo(() => columnsOf(points, bounds), [points, bounds]);
  const most = Math.max(1, ...columns.flatMap(({ counts }) => counts));
  const end = (columns.at(-1)?.at ?? 0) + STEP;
  const width = (REMEMBERED_SECONDS / STEP) * COLUMN;
  const height = ROW * (BANDS.length + 1);
  return (
    <Card withBorder padding="sm" component="section" aria-label="How long commands took">
      <Group justify="space-between" mb={4}>
        <Text fw={600} component="h2" size="sm">
          How long commands took
        </Text>
        <Text size="xs" c="dimmed">
          ten seconds a column, the stronger the more
        </Text>
      </Group>
      <svg viewBox={`-64 0 ${width + 64} ${height}`} width="100%" aria-hidden>
        {BANDS.concat()
          .map((_, band) => band)
          .concat(BANDS.length)
          .map((band) => (
            <text
              key={band}
              x={-6}
              y={height - band * ROW - 4}
              textAnchor="end"
              fontSize={11}
              fill="var(--mantine-color-dimmed)"
            >
              {bandName(band)}
            </text>
          ))}
        {columns.flatMap(({ at, counts }) =>
          counts.map((count, band) => (
            <rect
              key={`${at} ${band}`}
              x={width - ((end - at) / STEP) * COLUMN}
              y={height - (band + 1) * ROW}
              width={COLUMN - 1}
              height={ROW - 1}
              fill={
                count === 0 ? 'var(--mantine-color-default-hover)' : 'var(--mantine-primary-color-filled)'
              }
              fillOpacity={count === 0 ? 0.6 : 0.2 + 0.8 * Math.sqrt(count / most)}
            />
          )),
        )}
      </svg>
      <VisuallyHidden>
        <ul>
          {columns.slice(-6).map(({ at, counts }) => (
            <li key={at}>
              {clockOf(at)}: {describe(counts)}
            </li>
          ))}
        </ul>
      </VisuallyHidden>
    </Card>
  );
}

function describe(counts: readonly number[]): string {
  const told = counts.flatMap((count, band) => (count === 0 ? [] : [`${countOf(count)} ${bandName(band)}`]));
  return told.length === 0 ? 'no commands' : told.join(', ');
}
