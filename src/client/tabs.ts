import { isPage } from './keeper.js';
import { isPosition } from './position.js';
import type { Position } from './types.js';

/** What memories of different tabs say to each other. */
export type TabMessage =
  | { readonly kind: 'ask' }
  | { readonly kind: 'position'; readonly position: Position }
  | { readonly kind: 'forget'; readonly position: Position };

/** The other tabs. */
export interface Tabs {
  readonly say: (message: TabMessage) => void;
  readonly close: () => void;
}

const ALONE: Tabs = { say: () => undefined, close: () => undefined };

/** Joins the other tabs with this key; alone where it is not wanted, or the browser has no BroadcastChannel. */
export function openTabs(key: string, share: boolean | undefined, hear: (message: TabMessage) => void): Tabs {
  if (!(share ?? isPage()) || typeof BroadcastChannel === 'undefined') return ALONE;
  const channel = new BroadcastChannel(key);
  channel.onmessage = (event: { readonly data: unknown }) => {
    if (isTabMessage(event.data)) hear(event.data);
  };
  // In Node an open channel would keep the program alive.
  (channel as { unref?: () => void }).unref?.();
  return {
    say: (message) => {
      channel.postMessage(message);
    },
    close: () => {
      channel.close();
    },
  };
}

/** Another version of a page may be open in the other tab. */
function isTabMessage(data: unknown): data is TabMessage {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return false;
  const { kind } = data;
  if (kind === 'ask') return true;
  return (kind === 'position' || kind === 'forget') && 'position' in data && isPosition(data.position);
}
