import { createContext, createElement, useContext, type ReactElement, type ReactNode } from 'react';
import type { Port } from '../port.js';

const PortContext = createContext<Port | null>(null);

/** Gives the hooks below it the client that they use: the thin one, or an urqlPort or apolloPort. */
export function TidemarkProvider(props: {
  readonly client: Port;
  readonly children?: ReactNode;
}): ReactElement {
  return createElement(PortContext.Provider, { value: props.client }, props.children);
}

/** The client that the provider gives. Throws outside of one. */
export function usePort(): Port {
  const port = useContext(PortContext);
  if (port === null)
    throw new Error('There is no client here. Put a <TidemarkProvider client={…}> around this.');
  return port;
}
