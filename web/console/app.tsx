import './console.css';
import { Center, Loader } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { ServiceError, createClient, createMemory } from 'tidemark/client';
import { TidemarkProvider } from 'tidemark/client/react';
import { authorization, useToken } from '../common/session.js';
import { SignIn } from '../common/sign-in.js';
import { Causation } from './causation/index.js';
import { Events } from './events/index.js';
import { FeedProvider, createFeed, useCell, useFeed } from './feed/index.js';
import { Nodes } from './nodes/index.js';
import { OperationsLog } from './operations/index.js';
import { Overview } from './overview/index.js';
import { Parked } from './parked/index.js';
import { Projections } from './projections/index.js';
import { useRoute, type PageName } from './route.js';
import { Shell } from './shell/index.js';
import { Failure } from './ui/index.js';

/** Relative to the page, so that a path prefix in front works. */
const ENDPOINT = '../graphql';
/** Operators are told of a failure soon, and try again themselves. */
const ATTEMPTS_MAX = 2;

const PAGES: Readonly<Record<PageName, () => React.JSX.Element>> = {
  overview: Overview,
  nodes: Nodes,
  projections: Projections,
  parked: Parked,
  events: Events,
  causation: Causation,
  operations: OperationsLog,
};

/** The console for operators; who signs in as somebody else begins anew. */
export function App() {
  const token = useToken();
  return <Session key={token ?? ''} />;
}

function Session() {
  const { client, feed } = useState(connect)[0];
  useEffect(() => feed.start(), [feed]);
  return (
    <TidemarkProvider client={client}>
      <FeedProvider value={feed}>
        <Gate />
      </FeedProvider>
    </TidemarkProvider>
  );
}

function connect() {
  const client = createClient({
    url: ENDPOINT,
    token: () => authorization()?.replace('Bearer ', ''),
    // The console looks at what is there; it waits for nothing that it has seen elsewhere.
    memory: createMemory({ storage: null, share: false }),
    retry: { attemptsMax: ATTEMPTS_MAX },
  });
  return { client, feed: createFeed(client) };
}

/** Nothing is shown, and nothing is known, before the service has told this visitor how it is doing. */
function Gate() {
  const feed = useFeed();
  const failure = useCell(feed.failure);
  const known = useCell(feed.status) !== undefined;
  const token = useToken();
  const why = failure && whyNot(failure, token !== null);
  if (why !== undefined) return <SignIn title="Tidemark console" why={why} />;
  if (failure !== undefined) return <Failed error={failure} />;
  if (known) return <Page />;
  return (
    <Center component="main" mih="100vh">
      <Loader aria-label="Connecting to the service" />
    </Center>
  );
}

/** Why this visitor may not see the console; undefined where it is about something else. */
function whyNot(error: Error, signedIn: boolean): string | undefined {
  const code = error instanceof ServiceError ? error.code : '';
  if (code === 'FORBIDDEN')
    return 'You are signed in, but not as an operator: the console needs a token with the role admin.';
  if (code === 'UNAUTHENTICATED')
    return 'The console is for operators: sign in with a token that has the role admin.';
  // The socket was closed with 4403: what the token is worth is decided there.
  if (signedIn && error.message.includes('4403'))
    return 'Your token is wrong or its time is up. Sign in with one that has the role admin.';
  return undefined;
}

function Failed({ error }: { readonly error: Error }) {
  return (
    <Center component="main" mih="100vh" p="md">
      <Failure
        error={error}
        again={() => {
          window.location.reload();
        }}
      />
    </Center>
  );
}

function Page() {
  const { page } = useRoute();
  const seen = useRef(page);
  // Who listens learns that another page is shown; at first the browser says so itself.
  useEffect(() => {
    if (page === seen.current) return;
    seen.current = page;
    document.getElementById('content')?.focus();
  }, [page]);
  const Shown = PAGES[page];
  return (
    <Shell>
      <Shown />
    </Shell>
  );
}
