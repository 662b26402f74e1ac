import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { usePort } from 'tidemark/client/react';
import { useCell } from '../feed/index.js';
import { useRoute } from '../route.js';
import { Empty, Failure, Loading, PageHead, plural } from '../ui/index.js';
import { EventDrawer } from './detail.js';
import { filterOf, isOpen, isWhole, narrowingOf, type Narrowing } from './filter.js';
import { FilterForm } from './form.js';
import { createLogView, EVENTS_MAX } from './log.js';
import { EventsTable } from './table.js';

/** The log: what is written now, and what was. */
export function Events() {
  const { query } = useRoute();
  const narrowing = narrowingOf(query);
  return (
    <Stack>
      <PageHead title="Events">The log, newest first: what has happened, and what is happening.</PageHead>
      <FilterForm key={`form ${JSON.stringify(narrowing)}`} narrowing={narrowing} />
      <Listing key={JSON.stringify(narrowing)} narrowing={narrowing} />
      <EventDrawer position={query.get('event') ?? ''} narrowing={narrowing} />
    </Stack>
  );
}

function Listing({ narrowing }: { readonly narrowing: Narrowing }) {
  const port = usePort();
  // The narrowing's texts are this component's key.
  const [view] = useState(() => createLogView(port, filterOf(narrowing)));
  const { events, older, loading, error, opened } = useCell(view.state);
  const open = isOpen(narrowing);
  const [following, setFollowing] = useState(open);
  const [read, setRead] = useState(false);
  useEffect(() => {
    void view.read().then(() => {
      setRead(true);
    });
  }, [view]);
  useEffect(() => (read && following ? view.follow() : undefined), [view, read, following]);
  const types = useMemo(() => [...new Set(events.map(({ type }) => type))], [events]);
  if (error !== undefined && events.length === 0)
    return <Failure error={error} again={() => void view.read()} />;
  if (!read) return <Loading lines={8} />;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {plural(events.length, 'event')} of {plural(types.length, 'type')}
          {events.length >= EVENTS_MAX && ', which is as many as this page keeps'}
          {following ? ', following the log' : open ? ', standing still' : ''}
        </Text>
        {open && (
          <Button
            size="xs"
            variant="default"
            leftSection={following ? <IconPlayerPause size={14} /> : <IconPlayerPlay size={14} />}
            onClick={() => {
              setFollowing(!following);
            }}
          >
            {following ? 'Pause' : 'Follow'}
          </Button>
        )}
      </Group>
      {error !== undefined && <Failure error={error} again={() => void view.read()} />}
      {events.length === 0 ? (
        <Empty title="No event passes the filter">
          {older === null
            ? isWhole(narrowing)
              ? 'The log is empty: nothing has happened yet. What is written appears here by itself.'
              : 'Loosen it, or wait: what passes it appears here by itself.'
            : 'None among those that were looked at. There are older ones.'}
        </Empty>
      ) : (
        <EventsTable events={events} opened={opened} />
      )}
      {older !== null && events.length < EVENTS_MAX && (
        <Group justify="center">
          <Button variant="default" loading={loading} onClick={() => void view.read()}>
            Older
          </Button>
        </Group>
      )}
      {events.length >= EVENTS_MAX && (
        <Text size="sm" c="dimmed" ta="center">
          For older ones, narrow the log to what comes before the last of these.
        </Text>
      )}
    </Stack>
  );
}
