import { Alert, Button, Card, Group, NativeSelect, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { PageHead } from '../parts/index.js';
import { useService } from '../service/index.js';
import { DelaySlider } from '../strip/delay-slider.js';
import type { Score } from './contestant.js';
import { useKeepGoing, useRace } from './use-race.js';

const RATES = ['1', '2', '5', '10', '20'];
const CUSTOMER = 'two-panes';

/** What reading one's own writes is worth: the same commands on two sides, of which one asks to see them. */
export function ComparePage() {
  const { visitor } = useService();
  const race = useRace(visitor.customerId ?? CUSTOMER);
  const [going, setGoing] = useState(false);
  const [rate, setRate] = useState('5');
  useKeepGoing(going, Number(rate), race.step);
  return (
    <>
      <PageHead title="Two panes" />
      <Text maw={760} mb="md">
        Both sides put a pebble into a basket of their own, and read the basket back as soon as the command is
        answered. The left one sends along the position that the answer gave it, so its read waits until the
        view is there. The right one does not, and reads whatever there is: slow the view down, and it misses
        what it has just written.
      </Text>
      <Group mb="md" gap="lg" align="flex-end">
        <Group gap="xs" align="flex-end">
          <Button onClick={() => void race.step()} disabled={going || race.busy}>
            Send a command
          </Button>
          <Button
            variant="light"
            leftSection={going ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
            onClick={() => setGoing(!going)}
          >
            {going ? 'Stop' : 'Keep going'}
          </Button>
          <NativeSelect
            aria-label="Commands a second"
            value={rate}
            data={RATES.map((value) => ({ value, label: `${value} a second` }))}
            onChange={(event) => setRate(event.currentTarget.value)}
          />
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconRefresh size={16} />}
            onClick={race.reset}
            disabled={going || race.busy}
          >
            Start over
          </Button>
        </Group>
        {visitor.role === 'admin' && <DelaySlider />}
      </Group>
      {race.problem !== null && (
        <Alert color="red" role="alert" title="That did not work" mb="md">
          {race.problem}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Pane title="Threads its positions" name="threaded" score={race.threaded} />
        <Pane title="Does not" name="unthreaded" score={race.unthreaded} />
      </SimpleGrid>
    </>
  );
}

function Pane({
  title,
  name,
  score,
}: {
  readonly title: string;
  readonly name: string;
  readonly score: Score;
}) {
  const { written, read, reads, missed, waitedMs } = score;
  const share = reads === 0 ? 0 : Math.round((100 * missed) / reads);
  const behind = reads > 0 && (read ?? 0) < written;
  return (
    <Card withBorder component="section" aria-labelledby={`${name}-title`} data-pane={name}>
      <Title order={2} size="h4" mb="sm" id={`${name}-title`}>
        {title}
      </Title>
      <Stack gap="md" className="numbers">
        <Group component="dl" m={0} gap="xl">
          <Figure name="Written" value={written} />
          <Figure name="Read back" value={reads === 0 ? '–' : (read ?? 'no basket')} alert={behind} />
          <Figure name="Waited" value={`${waitedMs.toFixed(1)} ms`} />
        </Group>
        <Group component="dl" m={0} gap="xl">
          <Figure name="Reads" value={reads} />
          <Figure
            name="Reads that missed their own write"
            value={missed === 0 ? '0' : `${missed} (${share} %)`}
            alert={missed > 0}
          />
        </Group>
      </Stack>
    </Card>
  );
}

function Figure({
  name,
  value,
  alert = false,
}: {
  readonly name: string;
  readonly value: string | number;
  readonly alert?: boolean;
}) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text
        component="dd"
        m={0}
        size="xl"
        fw={600}
        data-figure={name}
        {...(alert && { c: 'var(--mantine-color-error)' })}
      >
        {value}
      </Text>
    </div>
  );
}
