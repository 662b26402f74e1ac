import { useMemo, useSyncExternalStore } from 'react';
import type { Document } from '../types.js';
import { createCommandStore, type CommandOptions, type CommandState } from './command-store.js';
import { usePort } from './provider.js';

/** A command to be sent, and where it is. */
export interface UsedCommand<Data, Variables> {
  readonly state: CommandState<Data>;
  /** Sends it; resolves once it is accepted, refused or failed, and never rejects. */
  readonly send: (variables: Variables) => Promise<CommandState<Data>>;
  /** Sends what failed again, under the id that it had, so that it is done once. */
  readonly again: () => Promise<CommandState<Data>>;
  /** Goes back to idle; what was sent goes on without it. */
  readonly reset: () => void;
}

/**
 * Sends a command and follows it until the views show it. Select `userErrors` (or `receipt { status }`), so that a
 * refusal can be told. A component that is gone does not stop its command.
 */
export function useCommand<Data, Variables>(
  document: Document<Data, Variables>,
  { projection, visibleMs }: CommandOptions = {},
): UsedCommand<Data, Variables> {
  const port = usePort();
  const store = useMemo(
    () =>
      createCommandStore<Data, Variables>(port, document, {
        ...(projection !== undefined && { projection }),
        ...(visibleMs !== undefined && { visibleMs }),
      }),
    [port, document, projection, visibleMs],
  );
  const state = useSyncExternalStore(store.subscribe, store.get, store.get);
  return useMemo(
    () => ({
      state,
      send: (variables: Variables) => store.send(variables),
      again: store.again,
      reset: store.reset,
    }),
    [state, store],
  );
}
