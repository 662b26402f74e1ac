import { ActionIcon, Anchor, AppShell, Badge, Burger, Group, NavLink, Text, Tooltip } from '@mantine/core';
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconActivity,
  IconAlertTriangle,
  IconHistory,
  IconList,
  IconLogout,
  IconMoon,
  IconServer2,
  IconSitemap,
  IconStack2,
  IconSun,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useConnection } from 'tidemark/client/react';
import { setToken, useToken } from '../../common/session.js';
import { useCell, useFeed } from '../feed/index.js';
import { hrefOf, useRoute, type PageName } from '../route.js';
import { countOf } from '../ui/index.js';

const LINKS: readonly { readonly page: PageName; readonly label: string; readonly Icon: typeof IconList }[] =
  [
    { page: 'overview', label: 'Overview', Icon: IconActivity },
    { page: 'nodes', label: 'Nodes', Icon: IconServer2 },
    { page: 'projections', label: 'Projections', Icon: IconStack2 },
    { page: 'parked', label: 'Parked events', Icon: IconAlertTriangle },
    { page: 'events', label: 'Events', Icon: IconList },
    { page: 'causation', label: 'Causation', Icon: IconSitemap },
    { page: 'operations', label: 'Operations', Icon: IconHistory },
  ];

/** The frame around every page: where one is, how the service is, and whether what is shown is live. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <a
        className="skip-link"
        href="#content"
        onClick={(event) => {
          // The fragment is where the page is; only the focus moves.
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        Skip to content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? 'Close the menu' : 'Open the menu'}
              aria-expanded={opened}
            />
            <Anchor href={hrefOf('overview')} fw={700} c="inherit" underline="never">
              Tidemark{' '}
              <Text span c="dimmed" visibleFrom="xs">
                console
              </Text>
            </Anchor>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Health />
            <Live />
            <SchemeToggle />
            <SignOut />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages" withBorder>
        <Links onNavigate={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function Links({ onNavigate }: { readonly onNavigate: () => void }) {
  const { page } = useRoute();
  const feed = useFeed();
  const parked = useCell(feed.projections).reduce((sum, each) => sum + each.parked, 0);
  const lost = useCell(feed.cluster)?.nodes.filter(({ ready }) => !ready).length ?? 0;
  return LINKS.map(({ page: to, label, Icon }) => (
    <NavLink
      key={to}
      href={hrefOf(to)}
      label={label}
      leftSection={<Icon size={18} aria-hidden />}
      rightSection={
        <Count
          count={to === 'parked' ? parked : to === 'nodes' ? lost : 0}
          what={to === 'nodes' ? 'not ready' : 'parked'}
        />
      }
      active={page === to}
      aria-current={page === to ? 'page' : undefined}
      onClick={onNavigate}
    />
  ));
}

function Count({ count, what }: { readonly count: number; readonly what: string }) {
  if (count === 0) return null;
  return (
    <Badge color="red" size="sm" aria-label={`${count} ${what}`}>
      {countOf(count)}
    </Badge>
  );
}

function Health() {
  const status = useCell(useFeed().status);
  if (status === undefined) return null;
  return (
    <Badge
      component="a"
      href={hrefOf('overview')}
      className="link-badge"
      color={status.ready ? 'teal' : 'red'}
    >
      {status.ready ? 'Ready' : 'Not ready'}
    </Badge>
  );
}

const CONNECTIONS = {
  idle: { label: 'Idle', color: 'gray', title: 'Nothing is subscribed to.' },
  connecting: { label: 'Connecting', color: 'yellow', title: 'The socket is being opened.' },
  open: { label: 'Live', color: 'teal', title: 'What is shown is pushed by the service.' },
  retrying: {
    label: 'Offline',
    color: 'orange',
    title: 'The socket was lost. It is opened again by itself.',
  },
} as const;

function Live() {
  const { label, color, title } = CONNECTIONS[useConnection()];
  return (
    <Tooltip label={title}>
      <Badge
        variant="dot"
        color={color}
        role="status"
        tabIndex={0}
        aria-label={`Connection: ${label}. ${title}`}
      >
        {label}
      </Badge>
    </Tooltip>
  );
}

function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme() === 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      onClick={() => {
        setColorScheme(dark ? 'light' : 'dark');
      }}
      aria-label={dark ? 'Use light colours' : 'Use dark colours'}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}

function SignOut() {
  if (useToken() === null) return null;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label="Sign out"
      onClick={() => {
        setToken(null);
      }}
    >
      <IconLogout size={18} />
    </ActionIcon>
  );
}
