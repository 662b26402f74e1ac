import { Suspense, lazy } from 'react';
import { Box, Collapse, Group, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp, IconRipple } from '@tabler/icons-react';
import { useConnection, useConsistency, usePosition } from 'tidemark/client/react';
import { useLocation } from 'wouter';
import { numberOf, useReads, useService } from '../service/index.js';

const DelaySlider = lazy(async () => ({ default: (await import('./delay-slider.js')).DelaySlider }));

/** It has a slider of its own. */
const COMPARE = '/compare';

/** How consistent what is shown is: always there, opened or closed. */
export function ConsistencyStrip() {
  const { visitor } = useService();
  const [path] = useLocation();
  const [open, setOpen] = useLocalStorage({ key: 'tidemark.shop.strip', defaultValue: false });
  const Chevron = open ? IconChevronDown : IconChevronUp;
  return (
    <Box component="section" px="md" py={6} aria-label="Consistency">
      <UnstyledButton
        onClick={() => setOpen(!open)}
        aria-expanded={open}
        aria-controls="strip-figures"
        w="100%"
        display="block"
      >
        <Group gap="sm" wrap="nowrap">
          <IconRipple size={16} aria-hidden />
          <VisuallyHidden>{open ? 'Hide' : 'Show'} the figures of consistency: </VisuallyHidden>
          <Summary />
          <Chevron size={16} aria-hidden style={{ marginInlineStart: 'auto', flexShrink: 0 }} />
        </Group>
      </UnstyledButton>
      <Collapse expanded={open} id="strip-figures" keepMounted={false}>
        <Group gap="xl" pt="xs" pb={4} align="flex-end">
          <Figures />
          {visitor.role === 'admin' && path !== COMPARE && (
            <Suspense>
              <DelaySlider />
            </Suspense>
          )}
        </Group>
      </Collapse>
    </Box>
  );
}

function Summary() {
  const asked = numberOf(usePosition());
  const consistency = useConsistency();
  const served = numberOf(consistency?.position);
  return (
    <Text size="xs" truncate className="numbers">
      {served === null ? (
        'Nothing was read yet'
      ) : (
        <>
          asked for #{asked ?? '–'}, served #{served}
          {consistency?.stale === true && ' (behind)'}
        </>
      )}
    </Text>
  );
}

function Figures() {
  const asked = usePosition();
  const consistency = useConsistency();
  const connection = useConnection();
  const reads = useReads();
  const head = numberOf(consistency?.head);
  const served = numberOf(consistency?.position);
  const behind = head === null || served === null ? null : head - served;
  return (
    <Group component="dl" gap="lg" m={0}>
      <Figure
        name="Position sent"
        title="What the next read has to show: the latest that this browser has written or seen"
      >
        {numberOf(asked)}
      </Figure>
      <Figure name="Position served" title="What the last answer showed">
        {served}
      </Figure>
      <Figure name="Waited" title="How long the last read waited for the view">
        {consistency && `${consistency.waitedMs.toFixed(1)} ms`}
      </Figure>
      <Figure name="Lag" title="How far the view was behind the log when it answered">
        {behind !== null &&
          `${behind} ${behind === 1 ? 'event' : 'events'}, ${Math.round(consistency?.lagMs ?? 0)} ms`}
      </Figure>
      <Figure name="Reads" title="Answers that read a view, since the page was opened">
        {reads}
      </Figure>
      <Figure name="Live" title="The connection of live views">
        {connection}
      </Figure>
    </Group>
  );
}

function Figure({
  name,
  title,
  children,
}: {
  readonly name: string;
  readonly title: string;
  readonly children: string | number | null | undefined | false;
}) {
  return (
    <div title={title}>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0} fw={500} className="numbers">
        {children === null || children === undefined || children === false ? '–' : children}
      </Text>
    </div>
  );
}
