import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Cell } from './cell.js';
import type { Feed } from './feed.js';

const FeedContext = createContext<Feed | null>(null);

/** Gives the feed to all below. */
export const FeedProvider = FeedContext.Provider;

/** The feed. Throws outside of a FeedProvider. */
export function useFeed(): Feed {
  const feed = useContext(FeedContext);
  if (feed === null) throw new Error('There is no feed here. Put a <FeedProvider value={…}> around this.');
  return feed;
}

/** What a cell holds, kept current. */
export function useCell<Value>({ get, subscribe }: Cell<Value>): Value {
  return useSyncExternalStore(subscribe, get);
}
