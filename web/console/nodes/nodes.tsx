import {
  Alert,
  Anchor,
  Badge,
  Card,
  Group,
  List,
  SimpleGrid,
  Stack,
  Table,
  Text,
  Title,
} from '@mantine/core';
import { IconAlertTriangle, IconExternalLink } from '@tabler/icons-react';
import { useCell, useFeed, type Cluster, type ClusterNode } from '../feed/index.js';
import { STATES } from '../projections/index.js';
import { Ago, Fact, Loading, PageHead, countOf, numberOf } from '../ui/index.js';
import { consoleOf, lagOf, wordOf } from './words.js';

/** All nodes that serve the log, and how far the views of each are. */
export function Nodes() {
  const cluster = useCell(useFeed().cluster);
  return (
    <Stack>
      <PageHead title="Nodes">
        The processes that serve this log, each with views of its own. They say how they are every two
        seconds.
      </PageHead>
      {cluster === undefined ? <Loading /> : <Listed cluster={cluster} />}
    </Stack>
  );
}

function Listed({ cluster: { shared, staleSince, nodes } }: { readonly cluster: Cluster }) {
  return (
    <>
      {staleSince !== null && (
        <Alert
          color="orange"
          variant="light"
          title="This list is old"
          icon={<IconAlertTriangle />}
          role="alert"
        >
          The log’s database does not answer, so nobody knows how the other nodes are. They are shown as they
          were <Ago time={staleSince} />.
        </Alert>
      )}
      {!shared && (
        <Text size="sm" c="dimmed">
          The log is a file of this node, which therefore is the only one. Several nodes share a log in
          PostgreSQL.
        </Text>
      )}
      <SimpleGrid
        cols={{ base: 1, md: nodes.length > 1 ? 2 : 1, xl: Math.min(nodes.length, 3) }}
        spacing="md"
      >
        {nodes.map((node) => (
          <NodeCard key={node.id} node={node} />
        ))}
      </SimpleGrid>
    </>
  );
}

function NodeCard({ node }: { readonly node: ClusterNode }) {
  const { id, name, self, silent, ready, reasons } = node;
  const { label, color } = wordOf(node);
  return (
    <Card withBorder padding="md" component="section" aria-labelledby={`node-${id}`}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h3" id={`node-${id}`} className="node-name">
            {name}
          </Title>
          <Group gap="xs">
            {self && (
              <Badge variant="outline" color="blue">
                This one
              </Badge>
            )}
            <Badge color={color} variant="light">
              {label}
            </Badge>
          </Group>
        </Group>
        <Where node={node} />
        {silent && (
          <Text size="sm" c="dimmed">
            It has ended, or cannot reach the log’s database. What follows is what it said last.
          </Text>
        )}
        {!ready && !silent && (
          <List size="sm" aria-label={`Why ${name} is not ready`}>
            {reasons.map((reason) => (
              <List.Item key={reason}>{reason}</List.Item>
            ))}
          </List>
        )}
        <Facts node={node} />
        <Lags node={node} />
      </Stack>
    </Card>
  );
}

function Where({ node }: { readonly node: ClusterNode }) {
  const { name, self, url } = node;
  const link = consoleOf(node);
  return (
    <Group gap="sm">
      <Text size="sm" className="numbers node-name">
        {url}
      </Text>
      {link !== undefined && !self && (
        <Anchor href={link} size="sm" target="_blank" rel="noreferrer">
          Console of {name} <IconExternalLink size={14} aria-hidden />
        </Anchor>
      )}
    </Group>
  );
}

function Facts({ node: { head, version, startedAt } }: { readonly node: ClusterNode }) {
  return (
    <Group component="dl" gap="lg" my={0} className="facts">
      <Fact label="Knows the log up to">{numberOf(head)}</Fact>
      <Fact label="Version">{version}</Fact>
      <Fact label="Started">
        <Ago time={startedAt} />
      </Fact>
    </Group>
  );
}

function Lags({ node: { name, silent, projections } }: { readonly node: ClusterNode }) {
  return (
    <Table.ScrollContainer
      minWidth={300}
      scrollAreaProps={{
        viewportProps: { tabIndex: 0, role: 'region', 'aria-label': `Projections of ${name}` },
      }}
    >
      <Table aria-label={`Projections of ${name}`} horizontalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Projection</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Applied</Table.Th>
            <Table.Th>Lag</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody className="numbers">
          {projections.map((projection) => (
            <Table.Tr key={projection.name}>
              <Table.Th scope="row" fw={400}>
                {projection.name}
              </Table.Th>
              <Table.Td>
                <Badge
                  color={silent ? 'gray' : STATES[projection.state].color}
                  variant="light"
                  size="sm"
                  miw="max-content"
                >
                  {STATES[projection.state].label}
                </Badge>
              </Table.Td>
              <Table.Td>{numberOf(projection.checkpoint)}</Table.Td>
              <Table.Td>
                <Text size="sm" inherit {...(!projection.healthy && { c: 'red' })}>
                  {lagOf(projection)}
                  {projection.parked > 0 && `, ${countOf(projection.parked)} parked`}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
