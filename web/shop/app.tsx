import { useEffect, useState } from 'react';
import { TidemarkProvider } from 'tidemark/client/react';
import { SignIn } from '../common/sign-in.js';
import { setToken, useToken } from '../common/session.js';
import { whoMay } from './documents/index.js';
import { Frame } from './frame.js';
import { FailureAlert, Loading } from './parts/index.js';
import { ServiceContext, failureOf, serviceFor, type Failure, type Service } from './service/index.js';

const WHY = 'The shop shows orders to those who may see them. Sign in with a token of this service.';

/** The page: asks for a token where the service wants one. */
export function App() {
  const token = useToken();
  // Another visitor is another service, with a memory and a socket of their own.
  return <Opened key={token ?? ''} service={serviceFor(token)} signedIn={token !== null} />;
}

type Entry =
  | { readonly status: 'asking' }
  | { readonly status: 'open' }
  | { readonly status: 'closed'; failure: Failure };

function Opened({ service, signedIn }: { readonly service: Service; readonly signedIn: boolean }) {
  const [entry, setEntry] = useState<Entry>({ status: 'asking' });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let left = false;
    void service.client
      .query(whoMay, {})
      .toPromise()
      .then(({ error, operation }) => {
        if (left) return;
        setEntry(
          error ? { status: 'closed', failure: failureOf(error, operation.context) } : { status: 'open' },
        );
      });
    return () => {
      left = true;
    };
  }, [service, round]);
  const again = (): void => {
    setEntry({ status: 'asking' });
    setRound(round + 1);
  };
  if (entry.status === 'asking') return <Waiting />;
  if (entry.status === 'closed') return <Closed failure={entry.failure} signedIn={signedIn} again={again} />;
  return (
    <ServiceContext value={service}>
      <TidemarkProvider client={service.port}>
        <Frame signedIn={signedIn} />
      </TidemarkProvider>
    </ServiceContext>
  );
}

function Waiting() {
  return (
    <main>
      <Loading rows={3} />
    </main>
  );
}

interface ClosedProps {
  readonly failure: Failure;
  readonly signedIn: boolean;
  readonly again: () => void;
}

function Closed({ failure, signedIn, again }: ClosedProps) {
  if (failure.code === 'UNAUTHENTICATED')
    return <SignIn title="Tidemark shop" why={signedIn ? failure.message : WHY} />;
  return (
    <main>
      {failure.code === 'FORBIDDEN' && signedIn ? (
        <FailureAlert
          failure={failure}
          retry={() => setToken(null)}
          retryLabel="Sign in with another token"
        />
      ) : (
        <FailureAlert failure={failure} retry={again} />
      )}
    </main>
  );
}
