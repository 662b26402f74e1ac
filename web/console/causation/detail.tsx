import { Anchor, Card, Code, Group, ScrollArea, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from 'tidemark/client/react';
import { hrefOf } from '../route.js';
import { Ago, Copyable, Failure, Loading, numberOf, wordsOf } from '../ui/index.js';
import { rowAsOf } from './documents.js';
import type { Change, Node } from './graph.js';

/** What is known of the node that was chosen. */
export function Detail({ node }: { readonly node: Node }) {
  const { kind, title, position, changes = [] } = node;
  return (
    <Card withBorder component="section" aria-label="What was chosen" aria-live="polite">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {title}
        </Title>
        {kind === 'row' ? (
          changes.map((change) => <Row key={change.key.join(' ')} change={change} />)
        ) : (
          <Facts node={node} />
        )}
        <Anchor href={hrefOf('events', '', { event: position })} size="sm">
          Event {numberOf(position)} in the log
        </Anchor>
      </Stack>
    </Card>
  );
}

function Facts({ node: { kind, event } }: { readonly node: Node }) {
  if (event === undefined) return null;
  const { actor, issuedAt, recordedAt, commandId, correlationId, causationId, command } = event;
  const ids = [
    { label: 'Command id', value: commandId, href: hrefOf('events', '', { command: commandId }) },
    {
      label: 'Correlation id',
      value: correlationId,
      href: hrefOf('events', '', { correlation: correlationId }),
    },
    ...(causationId === null
      ? []
      : [
          { label: 'Causation id', value: causationId, href: hrefOf('events', '', { command: causationId }) },
        ]),
  ];
  return (
    <Stack gap={6}>
      <Text size="sm">
        {kind === 'command' ? 'Issued' : 'Recorded'} <Ago time={kind === 'command' ? issuedAt : recordedAt} />
        , by {actor}
        {kind === 'event' && command !== null && <> as {wordsOf(command.name).toLowerCase()}</>}.
      </Text>
      {ids.map(({ label, value, href }) => (
        <Group key={label} gap="xs" wrap="nowrap">
          <Anchor href={href} size="sm" miw={110}>
            {label}
          </Anchor>
          <Copyable value={value} what={`the ${label.toLowerCase()}`} />
        </Group>
      ))}
    </Stack>
  );
}

const KINDS = { ADDED: 'added', CHANGED: 'changed', REMOVED: 'removed' } as const;

function Row({ change }: { readonly change: Change }) {
  const { key, shared } = change;
  return (
    <Stack gap={6}>
      <Text size="sm">
        Row <Code>{key.join(', ')}</Code>{' '}
        {shared
          ? 'was touched. Other entities’ events make it, too, so what changed cannot be told.'
          : `was ${KINDS[change.change]}.`}
      </Text>
      {!shared && (
        <>
          <Columns change={change} />
          <details>
            <summary>The row as of this event</summary>
            <AsOf change={change} />
          </details>
        </>
      )}
    </Stack>
  );
}

function Columns({ change: { columns } }: { readonly change: Change }) {
  return (
    <ScrollArea viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Columns that changed' }}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Column</Table.Th>
            <Table.Th>Before</Table.Th>
            <Table.Th>After</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map(({ column, before, after }) => (
            <Table.Tr key={column}>
              <Table.Td>{column}</Table.Td>
              <Table.Td>
                <Value value={before} />
              </Table.Td>
              <Table.Td>
                <Value value={after} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Value({ value }: { readonly value: unknown }) {
  if (value === null)
    return (
      <Text span c="dimmed" size="sm">
        –
      </Text>
    );
  return <Code>{typeof value === 'string' ? value : JSON.stringify(value)}</Code>;
}

/** Asked of the log when it is opened: the view may be elsewhere by now. */
function AsOf({ change: { projection, table, key, position } }: { readonly change: Change }) {
  const { data, error, refetch } = useQuery(rowAsOf, { projection, table, key, position }, { follow: false });
  if (error !== undefined) return <Failure error={error} again={() => void refetch()} />;
  if (data === undefined) return <Loading lines={2} />;
  const row = new Map(
    data.rowOrigin.flatMap(({ columns }) => columns.map(({ column, after }) => [column, after] as const)),
  );
  return (
    <Stack gap={4}>
      <Text size="sm" c="dimmed">
        Made by {data.rowOrigin.map(({ type }) => type).join(', ')}.
      </Text>
      <Table variant="vertical">
        <Table.Tbody>
          {[...row].map(([column, value]) => (
            <Table.Tr key={column}>
              <Table.Th>{column}</Table.Th>
              <Table.Td>
                <Value value={value} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
