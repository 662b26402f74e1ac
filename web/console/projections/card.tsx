import { Alert, Anchor, Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import { useCell, useFeed, type Lag, type Projection } from '../feed/index.js';
import { hrefOf } from '../route.js';
import { Chart, Fact, numberOf, plural, shortOf, spanOf } from '../ui/index.js';
import { Actions } from './buttons.js';
import { lagIn } from './actions.js';
import { Rebuild } from './rebuild.js';
import { STATES } from './words.js';

const NONE: readonly Lag[] = [];

/** One projection: its state in words, its lag over time, and its operations. */
export function ProjectionCard({ status }: { readonly status: Projection }) {
  const { name, state, healthy, rebuild, lastError } = status;
  const { label, color, meaning } = STATES[state];
  return (
    <Card withBorder padding="md" component="section" aria-labelledby={`projection-${name}`}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h3" id={`projection-${name}`}>
            {name}
          </Title>
          <Group gap="xs">
            <Badge color={color} variant="light">
              {label}
            </Badge>
            <Badge variant="outline" color={healthy ? 'teal' : 'red'}>
              {healthy ? 'Healthy' : 'Not healthy'}
            </Badge>
          </Group>
        </Group>
        <Text size="sm" c="dimmed" role="status">
          {meaning} It is {lagIn(status)}
          {status.lagEvents > 0 && `, for ${spanOf(status.lagMs)}`}
          {healthy ? '.' : ': more than it declares acceptable, or it cannot go on.'}
        </Text>
        {lastError !== null && (
          <Alert color="red" variant="light" title="Why it failed last">
            <Text size="sm" className="numbers">
              {lastError}
            </Text>
          </Alert>
        )}
        <Facts status={status} />
        {rebuild !== null && <Rebuild name={name} rebuild={rebuild} />}
        <LagChart name={name} />
        <Actions status={status} />
      </Stack>
    </Card>
  );
}

function Facts({ status }: { readonly status: Projection }) {
  const { name, generation, version, kept, checkpoint, eventsPerSecond, parked, parkedEntities, delayMs } =
    status;
  return (
    <Group component="dl" gap="lg" my={0} className="facts">
      <Fact label="Generation">
        {generation} (version {version})
      </Fact>
      <Fact label="Kept">{kept === null ? 'none' : `${kept.generation} (version ${kept.version})`}</Fact>
      <Fact label="Applied up to">{numberOf(checkpoint)}</Fact>
      <Fact label="Rate">{shortOf(eventsPerSecond)} events/s</Fact>
      <Fact label="Delay">{delayMs === 0 ? 'none' : spanOf(delayMs)}</Fact>
      <Fact label="Parked">
        {parked === 0 ? (
          'nothing'
        ) : (
          <Anchor href={hrefOf('parked', name)} c="red" inherit>
            {plural(parked, 'event')} of {plural(parkedEntities, 'entity', 'entities')}
          </Anchor>
        )}
      </Fact>
    </Group>
  );
}

function LagChart({ name }: { readonly name: string }) {
  const lags = useCell(useFeed().lags)[name] ?? NONE;
  const times = useMemo(() => lags.map(({ at }) => at), [lags]);
  const lines = useMemo(
    () => [
      { label: 'behind', values: lags.map(({ events }) => events) },
      { label: 'for', unit: 'ms', values: lags.map(({ ms }) => ms) },
    ],
    [lags],
  );
  return <Chart title={`Lag of ${name}`} unit="events" times={times} lines={lines} />;
}
