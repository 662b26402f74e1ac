import { Anchor, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { unwrap } from 'tidemark/client';
import { usePort } from 'tidemark/client/react';
import { useCell, useFeed, type Operation } from '../feed/index.js';
import { hrefOf } from '../route.js';
import { Ago, Copyable, Empty, Failure, PageHead, numberOf, wordsOf } from '../ui/index.js';
import { olderOperations } from './documents.js';

/** Who did what, when; the newest first. */
export function OperationsLog() {
  const live = useCell(useFeed().operations);
  const { older, more, error, loadMore, loading } = useOlder();
  const shown = new Map([...live, ...older].map((operation) => [operation.seq, operation]));
  const operations = [...shown.values()].sort((one, other) => other.seq - one.seq);
  return (
    <Stack>
      <PageHead title="Operations">
        Who did what to which projection, and when. New ones appear by themselves.
      </PageHead>
      {operations.length === 0 ? (
        <Empty title="Nobody has done anything yet">
          Rebuilds, pauses, retries and the like are written down here, with the name of who did them.
        </Empty>
      ) : (
        <Listed operations={operations} />
      )}
      {error !== undefined && <Failure error={error} again={loadMore} />}
      {more && (operations.at(-1)?.seq ?? 1) > 1 && (
        <Group justify="center">
          <Button variant="default" loading={loading} onClick={loadMore}>
            Older
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Listed({ operations }: { readonly operations: readonly Operation[] }) {
  return (
    <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table stickyHeader striped>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>Who</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>Projection</Table.Th>
            <Table.Th>About</Table.Th>
            <Table.Th>Correlation</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {operations.map(({ seq, at, actor, name, projection, position, reason, correlationId }) => (
            <Table.Tr key={seq}>
              <Table.Td>
                <Ago time={at} />
              </Table.Td>
              <Table.Td>{actor}</Table.Td>
              <Table.Td>{wordsOf(name)}</Table.Td>
              <Table.Td>{projection}</Table.Td>
              <Table.Td>
                {position !== null && (
                  <Anchor href={hrefOf('events', '', { event: position })} size="sm">
                    {numberOf(position)}
                  </Anchor>
                )}
                {reason !== null && <Text size="sm">{reason}</Text>}
              </Table.Td>
              <Table.Td maw={160}>
                <Copyable value={correlationId} what="the correlation id" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function useOlder() {
  const port = usePort();
  const [older, setOlder] = useState<readonly Operation[]>([]);
  const [next, setNext] = useState<{ readonly cursor: string | null; readonly more: boolean }>({
    cursor: null,
    more: true,
  });
  const [loading, setLoading] = useState(false);
  const [error, setError] = useState<Error>();

  async function load(): Promise<void> {
    setLoading(true);
    setError(undefined);
    try {
      const { operations } = unwrap(await port.execute('query', olderOperations, { before: next.cursor }));
      setOlder((known) => [...known, ...operations.nodes]);
      setNext({ cursor: operations.pageInfo.startCursor, more: operations.pageInfo.hasPreviousPage });
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    } finally {
      setLoading(false);
    }
  }

  return { older, loading, error, more: next.more, loadMore: () => void load() };
}
