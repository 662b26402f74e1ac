import { Alert, Group, Progress, Stack, Text } from '@mantine/core';
import type { Projection } from '../feed/index.js';
import { Ago, plural, shortOf, spanOf } from '../ui/index.js';

type Building = NonNullable<Projection['rebuild']>;

/** How far the generation that is being built has come. */
export function Rebuild({ name, rebuild }: { readonly name: string; readonly rebuild: Building }) {
  const { generation, state, progress, eventsPerSecond, leftMs, startedAt, parked, lastError } = rebuild;
  const percent = Math.floor(progress * 100);
  return (
    <Alert
      color={state === 'FAILED' ? 'red' : 'blue'}
      variant="light"
      title={`Building generation ${generation}`}
    >
      <Stack gap={6}>
        <Progress.Root size="lg">
          <Progress.Section value={percent} color="blue" aria-label={`Rebuild of ${name}`} />
        </Progress.Root>
        <Group justify="space-between" className="numbers">
          <Text size="sm">{percent} %</Text>
          <Text size="sm">{shortOf(eventsPerSecond)} events/s</Text>
          <Text size="sm">{leftMs === null ? 'time left not known yet' : `${spanOf(leftMs)} left`}</Text>
          <Text size="sm" c="dimmed">
            begun <Ago time={startedAt} />
          </Text>
        </Group>
        {parked > 0 && (
          <Text size="sm">{plural(parked, 'event')} could not be applied and are set aside in it.</Text>
        )}
        {lastError !== null && <Text size="sm">It is tried again by itself: {lastError}</Text>}
      </Stack>
    </Alert>
  );
}
