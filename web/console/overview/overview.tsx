import { Alert, Card, Group, List, SimpleGrid, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useCell, useFeed, type Point, type Status } from '../feed/index.js';
import { Together } from '../nodes/index.js';
import { hrefOf } from '../route.js';
import { Ago, Chart, PageHead, countOf, numberOf, plural, shortOf, type Line } from '../ui/index.js';
import { Heat } from './heat.js';

/** How the service is doing, now and over the last ten minutes. */
export function Overview() {
  const feed = useFeed();
  const status = useCell(feed.status);
  const points = useCell(feed.points);
  return (
    <Stack>
      <PageHead title="Overview">
        How the service is doing, now and for as long as this page is open, ten minutes at most.
      </PageHead>
      {status !== undefined && <HealthCard status={status} />}
      <Together />
      {status !== undefined && <Facts status={status} point={points.at(-1)} />}
      <Charts points={points} bounds={status?.commandSeconds.bounds ?? []} />
    </Stack>
  );
}

function HealthCard({ status: { ready, reasons } }: { readonly status: Status }) {
  if (ready)
    return (
      <Card withBorder padding="sm" role="status">
        <Group gap="sm" wrap="nowrap">
          <ThemeIcon color="teal" radius="xl" aria-hidden>
            <IconCheck size={18} />
          </ThemeIcon>
          <Text>
            <b>Ready.</b> The log can be written, and every projection works within its acceptable lag.
          </Text>
        </Group>
      </Card>
    );
  return (
    <Alert color="red" variant="light" title="Not ready" icon={<IconAlertTriangle />} role="alert">
      <List size="sm">
        {reasons.map((reason) => (
          <List.Item key={reason}>{reason}</List.Item>
        ))}
      </List>
      <a href={hrefOf('projections')}>Look at the projections</a>
    </Alert>
  );
}

function Facts({ status, point }: { readonly status: Status; readonly point: Point | undefined }) {
  const total = status.commands.reduce((sum, { count }) => sum + count, 0);
  const waiting = status.readAfterWaiters.filter(({ count }) => count > 0);
  const facts = [
    { label: 'Log', value: numberOf(status.head), more: 'the last position' },
    { label: 'Commands', value: countOf(total), more: 'since the start' },
    {
      label: 'Reads waiting',
      value: countOf(waiting.reduce((sum, { count }) => sum + count, 0)),
      more: waiting.map(({ name, count }) => `${count} for ${name}`).join(', ') || 'for no projection',
    },
    {
      label: 'Sockets',
      value: countOf(status.sockets),
      more: plural(status.subscriptions, 'subscription'),
    },
    {
      label: 'Operations',
      value: countOf(status.operationsRunning),
      more: `running, ${countOf(status.operationsQueued)} queued`,
    },
    { label: 'Processor', value: point === undefined ? '–' : `${shortOf(point.cpu)} %`, more: 'of one core' },
    { label: 'Durability', value: status.durability, more: durabilityIn(status.durability) },
    {
      label: 'Version',
      value: status.version,
      more: (
        <>
          started <Ago time={status.startedAt} />
        </>
      ),
    },
  ];
  return (
    <SimpleGrid cols={{ base: 2, sm: 4, xl: 8 }} spacing="sm">
      {facts.map(({ label, value, more }) => (
        <Card key={label} withBorder padding="sm">
          <Text size="xs" c="dimmed">
            {label}
          </Text>
          <Text fw={600} size="lg" className="numbers">
            {value}
          </Text>
          <Text size="xs" c="dimmed">
            {more}
          </Text>
        </Card>
      ))}
    </SimpleGrid>
  );
}

function durabilityIn(durability: string): string {
  return durability === 'full' ? 'survives a power cut' : 'survives a crash of the process';
}

type Chosen = (point: Point) => number | null;

const CHARTS: readonly {
  readonly title: string;
  readonly unit: string;
  readonly lines: Readonly<Record<string, Chosen>>;
}[] = [
  {
    title: 'Commands',
    unit: '/s',
    lines: {
      accepted: (point) => point.accepted,
      refused: (point) => point.refused,
      duplicate: (point) => point.duplicate,
      failed: (point) => point.failed,
    },
  },
  {
    title: 'Command latency',
    unit: 'ms',
    lines: { p50: ({ command }) => command.p50, p99: ({ command }) => command.p99 },
  },
  {
    title: 'Commands in one commit',
    unit: 'commands',
    lines: { mean: ({ groupMean }) => groupMean, largest: ({ groupMax }) => groupMax },
  },
  {
    title: 'Commit with fsync',
    unit: 'ms',
    lines: { p50: ({ sync }) => sync.p50, p99: ({ sync }) => sync.p99 },
  },
  {
    title: 'Waits of reads for a position',
    unit: 'ms',
    lines: { p50: ({ wait }) => wait.p50, p99: ({ wait }) => wait.p99 },
  },
  {
    title: 'Event loop delay',
    unit: 'ms',
    lines: { p50: ({ loop }) => loop.p50, p99: ({ loop }) => loop.p99 },
  },
  { title: 'Memory', unit: 'MB', lines: { resident: ({ rssMb }) => rssMb, heap: ({ heapMb }) => heapMb } },
  {
    title: 'Sockets and operations',
    unit: '',
    lines: {
      sockets: ({ sockets }) => sockets,
      running: ({ running }) => running,
      queued: ({ queued }) => queued,
      'reads waiting': ({ waiting }) => waiting,
    },
  },
];

function Charts({
  points,
  bounds,
}: {
  readonly points: readonly Point[];
  readonly bounds: readonly number[];
}) {
  const times = useMemo(() => points.map(({ at }) => at), [points]);
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
      {CHARTS.map(({ title, unit, lines }) => (
        <Measured key={title} title={title} unit={unit} lines={lines} points={points} times={times} />
      ))}
      <Heat points={points} bounds={bounds} />
    </SimpleGrid>
  );
}

function Measured(
  props: (typeof CHARTS)[number] & { readonly points: readonly Point[]; readonly times: readonly number[] },
) {
  const { title, unit, points, times, lines } = props;
  const drawn: readonly Line[] = useMemo(
    () => Object.entries(lines).map(([label, chosen]) => ({ label, values: points.map(chosen) })),
    [lines, points],
  );
  return <Chart title={title} unit={unit} times={times} lines={drawn} />;
}
