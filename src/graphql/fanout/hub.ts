import type { RequestContext } from '../context.js';
import { createChannel, type Channel, type ChannelOptions, type Sink } from './channel.js';
import { startReader } from './reader.js';

/** One subscription to a view. */
export interface Subscription<Item> extends Pick<ChannelOptions<Item>, 'view' | 'render' | 'createContext'> {
  /** The same for all who are sent the same frames. */
  readonly key: string;
  readonly after: number | undefined;
  /** The subscription's own context. */
  readonly context: RequestContext;
  readonly sink: Sink<Item>;
  /** Called once, with an error where it ended with one. */
  readonly onEnd: (error?: unknown) => void;
}

/** Brings those together who are sent the same frames. */
export interface Hub<Item> {
  /** Returns how to end it. */
  subscribe(subscription: Subscription<Item>): () => void;
  /** How many different streams of frames there are. */
  channels(): number;
}

/** A hub without subscriptions. */
export function createHub<Item>(lengthOf: (item: Item) => number): Hub<Item> {
  // With their keys, so that a thousand subscriptions do not each keep a copy of the same text.
  const channels = new Map<string, { readonly key: string; readonly channel: Channel<Item> }>();

  function channelOf(key: string, what: Omit<ChannelOptions<Item>, 'lengthOf' | 'onClose'>): Channel<Item> {
    const known = channels.get(key);
    if (known !== undefined) return known.channel;
    const channel = createChannel<Item>({
      ...what,
      lengthOf,
      onClose: () => {
        if (channels.get(key)?.channel === channel) channels.delete(key);
      },
    });
    channels.set(key, { key, channel });
    return channel;
  }

  return {
    channels: () => channels.size,
    subscribe: ({ key: given, view, render, createContext, ...reading }) => {
      const what = { view, render, createContext };
      const key = channels.get(given)?.key ?? given;
      return startReader({ ...reading, view, channel: () => channelOf(key, what) });
    },
  };
}
