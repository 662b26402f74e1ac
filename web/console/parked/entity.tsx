import {
  Alert,
  Anchor,
  Button,
  Card,
  Code,
  Group,
  ScrollArea,
  Stack,
  Text,
  Textarea,
  Title,
} from '@mantine/core';
import { useState } from 'react';
import type { ParkedQuery } from '../generated/graphql.js';
import { hrefOf } from '../route.js';
import { Ago, Confirm, Json, numberOf, plural, useOperate, wordsOf } from '../ui/index.js';
import { retryParked, skipParked } from './documents.js';

type ParkedEvent = ParkedQuery['parkedEvents']['nodes'][number];

/** What is set aside of one entity: the event that could not be applied, and those that wait behind it. */
export interface Entity {
  readonly name: string;
  readonly first: ParkedEvent;
  readonly behind: readonly ParkedEvent[];
}

/** The longest reason that the service takes. */
const REASON_LENGTH_MAX = 1_000;

interface EntityProps {
  readonly projection: string;
  readonly entity: Entity;
  readonly onChanged: () => void;
}

/** One entity that has events set aside, with what can be done about them. */
export function EntityCard({ projection, entity, onChanged }: EntityProps) {
  const { name, first, behind } = entity;
  const { busy, operate } = useOperate();

  async function retry(): Promise<void> {
    await operate(retryParked, { projection, position: first.position }, ({ retryParked: { applied } }) =>
      applied === 0 ? 'It still fails: nothing was applied.' : `${plural(applied, 'event')} applied.`,
    );
    onChanged();
  }

  return (
    <Card withBorder component="section" aria-label={name}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <div>
            <Title order={2} size="h4">
              <Anchor href={hrefOf('causation', name)} inherit>
                {name}
              </Anchor>
            </Title>
            <Text size="sm" c="dimmed">
              {wordsOf(first.type)}{' '}
              <Anchor href={hrefOf('events', '', { event: first.position })} inherit underline="always">
                {numberOf(first.position)}
              </Anchor>
              , set aside <Ago time={first.parkedAt} />, tried {plural(first.attempts, 'time')}
            </Text>
          </div>
          <Group gap="xs">
            <Button size="xs" loading={busy} onClick={() => void retry()}>
              Retry
            </Button>
            <Skip projection={projection} entity={entity} onChanged={onChanged} />
          </Group>
        </Group>
        <Alert color="red" variant="light" title={first.error ?? 'It waits behind another event.'}>
          {first.stack !== null && (
            <details>
              <summary>Stack</summary>
              <ScrollArea viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': `Stack of ${name}` }}>
                <Code block>{first.stack}</Code>
              </ScrollArea>
            </details>
          )}
        </Alert>
        <details>
          <summary>Data of the event</summary>
          <Json value={first.event?.data ?? null} label={`Data of ${name}`} />
        </details>
        {behind.length > 0 && (
          <details>
            <summary>{plural(behind.length, 'event waits', 'events wait')} behind it</summary>
            <ul>
              {behind.map(({ position, type }) => (
                <li key={position}>
                  <Anchor href={hrefOf('events', '', { event: position })} inherit underline="always">
                    {numberOf(position)}
                  </Anchor>{' '}
                  {wordsOf(type)}
                </li>
              ))}
            </ul>
          </details>
        )}
      </Stack>
    </Card>
  );
}

function Skip({ projection, entity: { name, first, behind }, onChanged }: EntityProps) {
  const { busy, operate } = useOperate();
  const [opened, setOpened] = useState(false);
  const [reason, setReason] = useState('');

  async function skip(): Promise<void> {
    const variables = { projection, position: first.position, reason: reason.trim() };
    const done = await operate(
      skipParked,
      variables,
      ({ skipParked: { skipped, applied } }) =>
        `${plural(skipped, 'event')} skipped, ${plural(applied, 'event')} applied.`,
    );
    if (done !== undefined) setOpened(false);
    onChanged();
  }

  return (
    <>
      <Button
        size="xs"
        variant="outline"
        color="red"
        onClick={() => {
          setReason('');
          setOpened(true);
        }}
      >
        Skip…
      </Button>
      <Confirm
        opened={opened}
        title={`Skip ${numberOf(first.position)} of ${name}`}
        action="Skip it for good"
        grave
        busy={busy}
        disabled={reason.trim() === ''}
        onConfirm={() => void skip()}
        onClose={() => {
          setOpened(false);
        }}
      >
        <Stack gap="xs">
          <Text size="sm">
            {projection} will never apply {wordsOf(first.type).toLowerCase()} {numberOf(first.position)}, also
            not when it is rebuilt. This cannot be undone. The event stays in the log, and other projections
            keep what they made of it.
          </Text>
          <Text size="sm">
            {behind.length === 0
              ? 'Nothing waits behind it.'
              : `${plural(behind.length, 'event')} behind it will be applied as if it had not been.`}{' '}
            Readers of {name} then see rows without it.
          </Text>
          <Textarea
            label="Why it may be passed over"
            description="It is written down with your name."
            value={reason}
            onChange={(event) => {
              setReason(event.currentTarget.value);
            }}
            maxLength={REASON_LENGTH_MAX}
            autosize
            minRows={2}
            required
            data-autofocus
          />
        </Stack>
      </Confirm>
    </>
  );
}
