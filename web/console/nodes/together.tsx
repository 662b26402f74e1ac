import { Anchor, Card, Group, Text, ThemeIcon } from '@mantine/core';
import { IconServer2 } from '@tabler/icons-react';
import { useCell, useFeed } from '../feed/index.js';
import { hrefOf } from '../route.js';
import { plural } from '../ui/index.js';

/** One line about all nodes; nothing where there is only this one. */
export function Together() {
  const cluster = useCell(useFeed().cluster);
  if (cluster === undefined || cluster.nodes.length < 2) return null;
  const { nodes } = cluster;
  const ready = nodes.filter((node) => node.ready).length;
  const own = nodes.find(({ self }) => self)?.name ?? '';
  const all = ready === nodes.length;
  return (
    <Card withBorder padding="sm" role="status" aria-label="Nodes">
      <Group gap="sm" wrap="nowrap">
        <ThemeIcon color={all ? 'teal' : 'red'} radius="xl" aria-hidden>
          <IconServer2 size={18} />
        </ThemeIcon>
        <Text>
          <Anchor href={hrefOf('nodes')} inherit underline="always">
            {plural(nodes.length, 'node')}
          </Anchor>{' '}
          serve this log, {all ? 'all of them ready' : `${ready} of them ready`}. This is <b>{own}</b>.
        </Text>
      </Group>
    </Card>
  );
}
