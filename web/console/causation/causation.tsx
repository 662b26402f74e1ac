import { Button, Grid, Group, Paper, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState, type FormEvent } from 'react';
import { useLive, useQuery } from 'tidemark/client/react';
import { go, hrefOf, useRoute } from '../route.js';
import { Empty, Failure, Loading, PageHead, plural } from '../ui/index.js';
import { Detail } from './detail.js';
import { causationOf, tagTail } from './documents.js';
import { graphOf, type Node } from './graph.js';
import { GraphList } from './list.js';
import { Picture } from './picture.js';

/** What led to what for one entity: commands, events, rows. */
export function Causation() {
  const { rest: tag } = useRoute();
  return (
    <Stack>
      <PageHead title="Causation">
        What led to what for one entity: who asked for what, which events came of it, and which rows these
        changed.
      </PageHead>
      <TagForm key={`form ${tag}`} tag={tag} />
      {tag === '' ? (
        <Empty title="Whose history?">
          Name a tag such as <b>order:0197…</b>, or follow a tag from the list of events.
        </Empty>
      ) : (
        <CausationOf key={tag} tag={tag} />
      )}
    </Stack>
  );
}

function TagForm({ tag }: { readonly tag: string }) {
  const [wanted, setWanted] = useState(tag);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    go(hrefOf('causation', wanted.trim()));
  };
  return (
    <Paper withBorder p="sm" component="form" onSubmit={submit} role="search" aria-label="Choose an entity">
      <Group align="flex-end">
        <TextInput
          label="Tag"
          placeholder="order:0197…"
          flex={1}
          value={wanted}
          onChange={(event) => {
            setWanted(event.currentTarget.value);
          }}
        />
        <Button type="submit" disabled={wanted.trim() === ''}>
          Show
        </Button>
      </Group>
    </Paper>
  );
}

function CausationOf({ tag }: { readonly tag: string }) {
  const { data, error, refetch } = useQuery(causationOf, { tag }, { follow: false });
  const [chosen, setChosen] = useState<Node>();
  useRefetchOnEvents(tag, refetch);
  const graph = useMemo(() => data && graphOf(data), [data]);
  if (error !== undefined) return <Failure error={error} again={() => void refetch()} />;
  if (graph === undefined || data === undefined) return <Loading lines={8} />;
  if (graph.nodes.length === 0)
    return (
      <Empty title="Nothing has happened to it">
        No event carries the tag {tag}. It appears here by itself.
      </Empty>
    );
  const events = data.events.nodes.length;
  return (
    <Grid>
      <Grid.Col span={{ base: 12, lg: chosen === undefined ? 12 : 8 }}>
        <Stack gap="xs">
          <Text size="sm" c="dimmed" role="status">
            {plural(events, 'event')} of {tag}
            {data.events.pageInfo.hasPreviousPage && ', the newest; there are older ones'}
          </Text>
          <Tabs defaultValue="graph">
            <Tabs.List>
              <Tabs.Tab value="graph">Graph</Tabs.Tab>
              <Tabs.Tab value="list">List</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="graph" pt="xs">
              <Picture graph={graph} selected={chosen?.id} onSelect={setChosen} />
            </Tabs.Panel>
            <Tabs.Panel value="list" pt="xs">
              <GraphList graph={graph} onSelect={setChosen} />
            </Tabs.Panel>
          </Tabs>
        </Stack>
      </Grid.Col>
      {chosen !== undefined && (
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Detail key={chosen.id} node={chosen} />
        </Grid.Col>
      )}
    </Grid>
  );
}

/** Reads again when something new is written with the tag. */
function useRefetchOnEvents(tag: string, refetch: () => Promise<void>): void {
  const { data: count = 0 } = useLive(
    tagTail,
    { tag, after: null },
    { reduce: (before: number | undefined, { data }) => (before ?? 0) + (data?.events.events.length ?? 0) },
  );
  const read = useRef(0);
  useEffect(() => {
    if (count === read.current) return;
    read.current = count;
    void refetch();
  }, [count, refetch]);
}
