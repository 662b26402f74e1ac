import { Anchor, Drawer, Group, Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useQuery } from 'tidemark/client/react';
import type { OneEventQuery } from '../generated/graphql.js';
import { go, hrefOf } from '../route.js';
import { Ago, Copyable, Empty, Failure, Json, Loading, NO_BANNER, numberOf, wordsOf } from '../ui/index.js';
import { oneEvent } from './documents.js';
import type { Narrowing } from './filter.js';
import { Tags } from './table.js';

type Event = NonNullable<OneEventQuery['event']>;

/** One event, over the list that it was chosen from. */
export function EventDrawer({
  position,
  narrowing,
}: {
  readonly position: string;
  readonly narrowing: Narrowing;
}) {
  return (
    <Drawer
      opened={position !== ''}
      onClose={() => {
        go(hrefOf('events', '', { ...narrowing }));
      }}
      position="right"
      size="lg"
      // Locking would need a style of its own, which the page's policy has no room for.
      lockScroll={false}
      attributes={NO_BANNER}
      title={<Text fw={600}>Event {position === '' ? '' : numberOf(position)}</Text>}
      closeButtonProps={{ 'aria-label': 'Close the event' }}
    >
      {position !== '' && <Detail key={position} position={position} />}
    </Drawer>
  );
}

function Detail({ position }: { readonly position: string }) {
  const { data, error, refetch } = useQuery(oneEvent, { position }, { follow: false });
  if (error !== undefined) return <Failure error={error} again={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  if (data.event === null) return <Empty title="There is no event at this position" />;
  return <Known event={data.event} />;
}

function Known({ event }: { readonly event: Event }) {
  const {
    type,
    schemaVersion,
    tags,
    actor,
    recordedAt,
    issuedAt,
    command,
    commandId,
    correlationId,
    causationId,
  } = event;
  return (
    <Stack>
      <Table variant="vertical" layout="fixed">
        <Table.Tbody>
          <Row label="Type">
            {type}, version {schemaVersion}
          </Row>
          <Row label="Position">
            <Copyable value={event.position} what="the position" />
          </Row>
          <Row label="Recorded">
            <Ago time={recordedAt} />
          </Row>
          <Row label="Command">
            {command === null ? 'unknown' : wordsOf(command.name)} by {actor}, issued <Ago time={issuedAt} />
          </Row>
          <Row label="Tags">
            <Tags tags={tags} />
          </Row>
          <Row label="Command id">
            <Copyable value={commandId} what="the command id" />
          </Row>
          <Row label="Correlation id">
            <Copyable value={correlationId} what="the correlation id" />
          </Row>
          <Row label="Causation id">
            {causationId === null ? 'none' : <Copyable value={causationId} what="the causation id" />}
          </Row>
        </Table.Tbody>
      </Table>
      <Group gap="md">
        <Anchor href={hrefOf('events', '', { command: commandId })}>All of this command</Anchor>
        <Anchor href={hrefOf('events', '', { correlation: correlationId })}>All that belongs together</Anchor>
        {tags.map((tag) => (
          <Anchor key={tag} href={hrefOf('causation', tag)} title={tag}>
            Causation of {tag.split(':')[0]}
          </Anchor>
        ))}
      </Group>
      <div>
        <Text fw={600} mb={4}>
          Data
        </Text>
        <Json value={event.data} label="Data of the event" />
      </div>
    </Stack>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={130}>{label}</Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}
