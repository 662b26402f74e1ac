import { createChannel, type Channel, type ChannelOptions } from './channel.js';
import { startReader, type Beginning, type ReaderOptions } from './reader.js';

/** What the frames of a view are made with. */
export type Source<Item> = Pick<ChannelOptions<Item>, 'view' | 'render' | 'createContext'>;

/** One subscription to a view. */
export interface Subscription<Item> extends Source<Item>, Pick<ReaderOptions<Item>, 'sink' | 'onEnd'> {
  /** The same for all who are to be sent the same frames. */
  readonly key: string;
}

/** Brings those together who are sent the same frames. */
export interface Hub<Item> {
  /** Returns how to end it. */
  subscribe(subscription: Subscription<Item>, beginning: Beginning): () => void;
}

interface Entry<Item> {
  readonly key: string;
  readonly source: Source<Item>;
  readonly channel: Channel<Item>;
}

/** A hub without subscriptions; `lengthOf` says how much of the memory for slow readers an item takes. */
export function createHub<Item>(lengthOf: (item: Item) => number): Hub<Item> {
  const entries = new Map<string, Entry<Item>>();

  function channelOf(key: string, source: Source<Item>): Channel<Item> {
    const known = entries.get(key);
    if (known !== undefined) return known.channel;
    const channel = createChannel<Item>({
      ...source,
      lengthOf,
      onClose: () => {
        if (entries.get(key)?.channel === channel) entries.delete(key);
      },
    });
    entries.set(key, { key, source, channel });
    return channel;
  }

  return {
    subscribe: ({ sink, onEnd, ...given }, beginning) => {
      // Readers keep what the first of them brought: their own is not kept in memory once for each.
      const { key, source } = entries.get(given.key) ?? { key: given.key, source: sourceOf(given) };
      const { view } = source;
      return startReader({ view, sink, onEnd, channel: () => channelOf(key, source) }, beginning);
    },
  };
}

function sourceOf<Item>({ view, render, createContext }: Source<Item>): Source<Item> {
  return { view, render, createContext };
}
