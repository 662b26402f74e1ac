import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Container,
  Group,
  NavLink,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { Suspense, lazy, useEffect, useRef } from 'react';
import { Redirect, Route, Router, Switch, useLocation } from 'wouter';
import { ConnectionBanner } from './connection-banner.js';
import classes from './frame.module.css';
import { OrdersPage } from './orders/index.js';
import { Catch, Empty, Loading, PageHead } from './parts/index.js';
import { Go, useFragment } from './place/index.js';
import { useService, type Visitor } from './service/index.js';
import { ConsistencyStrip } from './strip/index.js';

// Each page but the first is loaded when somebody goes there.
const OrderPage = lazy(async () => ({ default: (await import('./order/index.js')).OrderPage }));
const NewOrderPage = lazy(async () => ({ default: (await import('./new-order/index.js')).NewOrderPage }));
const CustomersPage = lazy(async () => ({ default: (await import('./customers/index.js')).CustomersPage }));
const SalesPage = lazy(async () => ({ default: (await import('./sales/index.js')).SalesPage }));
const ComparePage = lazy(async () => ({ default: (await import('./compare/index.js')).ComparePage }));

const VisitorMenu = lazy(async () => ({ default: (await import('./visitor-menu.js')).VisitorMenu }));

const HEADER_PX = 54;

interface Place {
  readonly path: string;
  readonly label: string;
  readonly staffOnly?: boolean;
}

const PLACES: readonly Place[] = [
  { path: '/orders', label: 'Orders' },
  { path: '/customers', label: 'Customers', staffOnly: true },
  { path: '/sales', label: 'Sales' },
  { path: '/compare', label: 'Two panes' },
];

/** What stands around every page. */
export function Frame({ signedIn }: { readonly signedIn: boolean }) {
  return (
    <Router hook={useFragment} searchHook={useFragment.searchHook} hrefs={useFragment.hrefs}>
      <Shell signedIn={signedIn} />
    </Router>
  );
}

function Shell({ signedIn }: { readonly signedIn: boolean }) {
  const { visitor } = useService();
  const [open, { toggle, close }] = useDisclosure(false);
  const places = PLACES.filter(({ staffOnly = false }) => !staffOnly || visitor.role !== 'customer');
  return (
    <AppShell
      header={{ height: HEADER_PX }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { desktop: true, mobile: !open } }}
      padding={0}
    >
      <a href="#main" className={classes['skip']} onClick={skip}>
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="md" wrap="nowrap">
          <Burger
            opened={open}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={open ? 'Close the menu' : 'Open the menu'}
          />
          <Go to="/orders" c="inherit" underline="never" fw={700} style={{ whiteSpace: 'nowrap' }}>
            Tidemark shop
          </Go>
          <Group gap={4} component="nav" aria-label="Pages" visibleFrom="sm" wrap="nowrap">
            <Places places={places} />
          </Group>
          <Group gap="xs" ms="auto" wrap="nowrap">
            <SchemeButton />
            <Suspense fallback={<Text size="sm">{visitor.name}</Text>}>
              <VisitorMenu visitor={visitor} signedIn={signedIn} />
            </Suspense>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" hiddenFrom="sm" aria-label="Pages" aria-hidden={!open} inert={!open}>
        <Places places={places} asList onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes['main'] ?? ''}>
        <Container size="xl" py="md" px="md">
          <ConnectionBanner />
          <Content />
        </Container>
      </AppShell.Main>
      <footer className={classes['strip']}>
        <ConsistencyStrip />
      </footer>
    </AppShell>
  );
}

function Content() {
  const { visitor } = useService();
  const [path] = useLocation();
  useFocusOnArrival(path);
  return (
    <Catch key={path}>
      <Suspense fallback={<Loading />}>
        <Pages role={visitor.role} />
      </Suspense>
    </Catch>
  );
}

/** The fragment is where the visitor is, so that a link into the page has to be followed by hand. */
function skip(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Places({
  places,
  asList = false,
  onGo,
}: {
  readonly places: readonly Place[];
  readonly asList?: boolean;
  readonly onGo?: () => void;
}) {
  const [path] = useLocation();
  return places.map(({ path: to, label }) => {
    const here = path === to || path.startsWith(`${to}/`);
    return asList ? (
      <NavLink
        key={to}
        href={`#${to}`}
        label={label}
        active={here}
        aria-current={here ? 'page' : undefined}
        {...(onGo && { onClick: onGo })}
      />
    ) : (
      <Button
        key={to}
        component="a"
        href={`#${to}`}
        size="compact-sm"
        variant={here ? 'light' : 'subtle'}
        color={here ? 'teal' : 'gray'}
        c="var(--mantine-color-text)"
        aria-current={here ? 'page' : undefined}
      >
        {label}
      </Button>
    );
  });
}

function Pages({ role }: { readonly role: Visitor['role'] }) {
  return (
    <Switch>
      <Route path="/orders">
        <OrdersPage />
      </Route>
      <Route path="/orders/:id">{({ id }) => <OrderPage key={id} id={id} />}</Route>
      <Route path="/new">
        <NewOrderPage />
      </Route>
      {role !== 'customer' && (
        <Route path="/customers">
          <CustomersPage />
        </Route>
      )}
      <Route path="/sales">
        <SalesPage />
      </Route>
      <Route path="/compare">
        <ComparePage />
      </Route>
      <Route path="/">
        <Redirect to="/orders" replace />
      </Route>
      <Route>
        <PageHead title="Not here" />
        <Empty title="There is no such page">
          Go to the <Go to="/orders">orders</Go>.
        </Empty>
      </Route>
    </Switch>
  );
}

/** After going somewhere, keyboards and screen readers go on at the page's content; not when the page is opened. */
function useFocusOnArrival(path: string): void {
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    document.getElementById('main')?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [path]);
}

function SchemeButton() {
  const scheme = useComputedColorScheme('light');
  const { setColorScheme } = useMantineColorScheme();
  const dark = scheme === 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={dark ? 'Use light colours' : 'Use dark colours'}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}
