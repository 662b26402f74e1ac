import type { FeedEntry } from '../../kernel/index.js';
import type { LiveFrame, LiveView } from './live-view.js';

/** How many changed rows one frame tells of at most, but for those of a single commit. */
export const FRAME_CHANGES_MAX = 500;

/** Entries that are to be told, in groups that may each become one frame. */
export interface Pending {
  add(entry: FeedEntry): void;
  /** What is added from here on goes into another group: somebody has been shown what is there by now. */
  seal(): void;
  take(): readonly FeedEntry[] | undefined;
  clear(): void;
  isEmpty(): boolean;
  /** How many changed rows wait. */
  changes(): number;
}

/** Nothing yet. */
export function createPending(): Pending {
  let groups: FeedEntry[][] = [];
  let isSealed = true;
  let changes = 0;
  return {
    add: (entry) => {
      if (isSealed) groups.push([]);
      isSealed = false;
      groups.at(-1)?.push(entry);
      changes += entry.changes.length;
    },
    seal: () => {
      isSealed = true;
    },
    take: () => {
      const group = groups.shift();
      if (groups.length === 0) isSealed = true;
      for (const entry of group ?? []) changes -= entry.changes.length;
      return group;
    },
    clear: () => {
      groups = [];
      isSealed = true;
      changes = 0;
    },
    isEmpty: () => groups.length === 0,
    changes: () => changes,
  };
}

/** What a view says of these entries, each frame with the last entry that it tells of. */
export function framesOf(
  view: LiveView,
  entries: readonly FeedEntry[],
): readonly { readonly seq: number; readonly frame: LiveFrame }[] {
  return chunksOf(view, entries).flatMap((chunk) => {
    const frame = view.tell(chunk);
    const seq = chunk.at(-1)?.seq;
    return frame === undefined || seq === undefined ? [] : [{ seq, frame }];
  });
}

function chunksOf(
  { gathers }: Pick<LiveView, 'gathers'>,
  entries: readonly FeedEntry[],
): readonly (readonly FeedEntry[])[] {
  if (!gathers) return entries.map((entry) => [entry]);
  const chunks: FeedEntry[][] = [];
  let changes = Infinity;
  for (const entry of entries) {
    changes += entry.changes.length;
    if (changes > FRAME_CHANGES_MAX) {
      chunks.push([]);
      changes = entry.changes.length;
    }
    chunks.at(-1)?.push(entry);
  }
  return chunks;
}
