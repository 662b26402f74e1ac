import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import { useQuery } from 'tidemark/client/react';
import { useCell, useFeed, type Projection } from '../feed/index.js';
import type { ParkedQuery } from '../generated/graphql.js';
import { go, hrefOf, useRoute } from '../route.js';
import { Empty, Failure, Loading, PageHead, plural, useOperate } from '../ui/index.js';
import { parkedEvents, retryParked } from './documents.js';
import { EntityCard, type Entity } from './entity.js';

/** What projections have set aside, by entity. */
export function Parked() {
  const projections = useCell(useFeed().projections);
  const { rest } = useRoute();
  const worst = [...projections].sort((one, other) => other.parked - one.parked)[0];
  const chosen = projections.find(({ name }) => name === rest) ?? worst;
  return (
    <Stack>
      <PageHead title="Parked events">
        What a projection could not apply is set aside with everything behind it of the same entity. Everybody
        else goes on; nothing is lost. Mend what was wrong, then retry.
      </PageHead>
      {chosen === undefined ? (
        <Loading />
      ) : (
        <>
          <SegmentedControl
            aria-label="Projection"
            value={chosen.name}
            onChange={(name) => {
              go(hrefOf('parked', name));
            }}
            data={projections.map(({ name, parked }) => ({ value: name, label: `${name} (${parked})` }))}
          />
          <ParkedOf key={chosen.name} projection={chosen} />
        </>
      )}
    </Stack>
  );
}

function ParkedOf({ projection: { name, parked } }: { readonly projection: Projection }) {
  const { busy, operate } = useOperate();
  const { data, error, loading, refetch } = useQuery(
    parkedEvents,
    { projection: name, after: null },
    { follow: false },
  );
  const entities = useMemo(() => byEntity(data), [data]);
  const operations = useCell(useFeed().operations);
  const last = operations.find(({ projection, position }) => projection === name && position !== null)?.seq;
  useRefetch(`${parked} ${last ?? ''}`, refetch);

  async function retryAll(): Promise<void> {
    for (const { first } of entities) {
      const done = await operate(retryParked, { projection: name, position: first.position });
      if (done === undefined) break;
    }
    await refetch();
  }

  if (error !== undefined) return <Failure error={error} again={() => void refetch()} />;
  if (data === undefined) return loading ? <Loading /> : null;
  const { totalCount, nodes } = data.parkedEvents;
  if (totalCount === 0)
    return <Empty title="Nothing is set aside">{`${name} has applied every event that it has read.`}</Empty>;
  return (
    <Stack>
      <Group justify="space-between">
        <Text role="status">
          {plural(totalCount, 'event')} of {plural(entities.length, 'entity', 'entities')}
          {nodes.length < totalCount && `, of which the first ${nodes.length} are shown`}
        </Text>
        <Button size="sm" loading={busy} onClick={() => void retryAll()}>
          Retry all
        </Button>
      </Group>
      {entities.map((entity) => (
        <EntityCard key={entity.name} projection={name} entity={entity} onChanged={() => void refetch()} />
      ))}
    </Stack>
  );
}

/** Reads again when what it depends on has changed, but not at first. */
function useRefetch(key: string, refetch: () => Promise<void>): void {
  const read = useRef(key);
  useEffect(() => {
    if (read.current === key) return;
    read.current = key;
    void refetch();
  }, [key, refetch]);
}

function byEntity(data: ParkedQuery | undefined): readonly Entity[] {
  const found = new Map<string, Entity>();
  for (const node of data?.parkedEvents.nodes ?? []) {
    const known = found.get(node.entity);
    if (known === undefined) found.set(node.entity, { name: node.entity, first: node, behind: [] });
    else found.set(node.entity, { ...known, behind: [...known.behind, node] });
  }
  return [...found.values()];
}
