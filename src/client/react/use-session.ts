import { useSyncExternalStore } from 'react';
import type { Connection } from '../session.js';
import type { Consistency, Position, Readable } from '../types.js';
import { usePort } from './provider.js';

function useReadable<Value>({ get, subscribe }: Readable<Value>): Value {
  return useSyncExternalStore(subscribe, get, get);
}

/** What this session has written or seen: every later read shows it. */
export function usePosition(): Position | undefined {
  const { position, subscribe } = usePort().session.memory;
  return useReadable({ get: position, subscribe });
}

/** How fresh the last answer that read a view was. */
export function useConsistency(): Consistency | undefined {
  return useReadable(usePort().session.consistency);
}

/** The latest position that a command of this session wrote. */
export function useWritten(): Position | undefined {
  return useReadable(usePort().session.written);
}

/** What the socket of live views is doing. */
export function useConnection(): Connection {
  return useReadable(usePort().session.connection);
}
