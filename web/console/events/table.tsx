import { Anchor, Badge, Group, Table, Text } from '@mantine/core';
import { isAfter, type Position } from 'tidemark/client';
import { hrefOf, useRoute } from '../route.js';
import { Ago, numberOf } from '../ui/index.js';
import type { Listed } from './log.js';

/** Events, newest first; those that came while one looked are seen to arrive. */
export function EventsTable(props: {
  readonly events: readonly Listed[];
  readonly opened: Position | undefined;
}) {
  const query = Object.fromEntries(useRoute().query);
  return (
    <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table highlightOnHover aria-label="Events">
        <Table.Thead>
          <Table.Tr>
            <Table.Th className="right">Position</Table.Th>
            <Table.Th>Event</Table.Th>
            <Table.Th>Tags</Table.Th>
            <Table.Th>Who</Table.Th>
            <Table.Th>Recorded</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.events.map(({ position, type, tags, actor, recordedAt }) => (
            <Table.Tr
              key={position}
              className={
                props.opened !== undefined && isAfter(position, props.opened) ? 'arrived' : undefined
              }
            >
              <Table.Td className="right">
                <Text size="sm" c="dimmed">
                  {numberOf(position)}
                </Text>
              </Table.Td>
              <Table.Td>
                <Anchor size="sm" href={hrefOf('events', '', { ...query, event: position })}>
                  {type}
                </Anchor>
              </Table.Td>
              <Table.Td>
                <Tags tags={tags} />
              </Table.Td>
              <Table.Td>{actor}</Table.Td>
              <Table.Td>
                <Ago time={recordedAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** The entities that an event is about, each a link to all events of it. */
export function Tags({ tags }: { readonly tags: readonly string[] }) {
  return (
    <Group gap={4}>
      {tags.map((tag) => (
        <Badge
          key={tag}
          component="a"
          href={hrefOf('events', '', { tags: tag })}
          className="link-badge"
          variant="light"
          color="gray"
          tt="none"
          maw={220}
          title={tag}
        >
          {tag}
        </Badge>
      ))}
    </Group>
  );
}
