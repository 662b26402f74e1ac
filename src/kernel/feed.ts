import { bytesOf } from './bytes-of.js';
import { CompositionError } from './errors.js';
import type { Commit } from './follower.js';
import type { Projection } from './projection.js';
import type { RowChange, ViewStore } from './views.js';

/** How many changed rows a feed keeps, and about how many bytes of them; the oldest commits go first. */
export const FEED_BOUNDS: FeedBounds = { changesMax: 10_000, bytesMax: 16 * 1_048_576 };

/** How many places of dropped entries are left empty. */
const DROPPED_MAX = 1_000;

/** How far back a feed reaches. */
export interface FeedBounds {
  readonly changesMax: number;
  readonly bytesMax: number;
}

/** What a commit changed in the tables that live views follow; commits that changed nothing there are none. */
export interface FeedEntry {
  /** Counts the entries of a feed and its new beginnings, so that later ones have a higher number. */
  readonly seq: number;
  readonly after: number;
  readonly checkpoint: number;
  readonly changes: readonly RowChange[];
}

/** What came after a position. */
export interface Continuation {
  readonly entries: readonly FeedEntry[];
  /**
   * Those of the entries of which nobody can tell whether who has seen the position has seen them: they began before it,
   * or changed rows without moving the checkpoint.
   */
  readonly unclear: readonly FeedEntry[];
}

/** Who follows a feed. */
export interface FeedFollower {
  /** Called for each commit, in order. */
  readonly commit: (entry: FeedEntry) => void;
  /** From here on any row may be another one: another generation is served. */
  readonly restart: () => void;
}

/** What of a table is followed: the row with this key, or all rows. */
export interface Followed {
  readonly table: string;
  readonly key?: string | undefined;
}

/** The latest changes of the tables of a projection that live views follow, in the order of their commits. */
export interface Feed {
  /** Rises with each entry and each new beginning. */
  seq(): number;
  /** All commits up to here have been told. */
  checkpoint(): number;
  /** What came after the position; undefined where the feed does not reach back to it, or may have missed something since. */
  since(position: number): Continuation | undefined;
  /** Calls the follower in the turn of each commit that changes what it follows. Returns how to stop it. */
  follow(what: Followed, follower: FeedFollower): () => void;
}

/** A feed, and how it is told what happened. */
export interface FeedSource extends Feed {
  /** Tells followers of a commit, and keeps it for those who come later. */
  commit(commit: Pick<Commit, 'after' | 'checkpoint' | 'changes'>): void;
  /** This generation is served from now on. */
  readonly restart: (store: Pick<ViewStore, 'checkpoint' | 'settled'>) => void;
}

interface KeptEntry extends FeedEntry {
  readonly bytes: number;
}

/** A feed that begins with the store as it is; where that is `settled`, who has seen its checkpoint has missed nothing. */
export function createFeed(
  { name, tables, followed }: Pick<Projection, 'name' | 'tables' | 'followed'>,
  store: Pick<ViewStore, 'checkpoint' | 'settled'>,
  { changesMax, bytesMax }: FeedBounds = FEED_BOUNDS,
): FeedSource {
  const routes = new Map(followed.map((table) => [table, createRoute(tables[table]?.key[0] ?? '')]));
  const entries: (KeptEntry | undefined)[] = [];
  /** So many of the first places are empty. */
  let dropped = 0;
  const kept = { changes: 0, bytes: 0 };
  let seq = 0;
  let checkpoint = store.checkpoint();
  /** What came after here is known; after exactly here, only where that is clear. */
  let start = { at: checkpoint, isClear: store.settled() };

  function keep(entry: KeptEntry): void {
    entries.push(entry);
    kept.changes += entry.changes.length;
    kept.bytes += entry.bytes;
    while (kept.changes > changesMax || kept.bytes > bytesMax) dropOldest();
  }

  function dropOldest(): void {
    const oldest = entries[dropped];
    if (oldest === undefined) return;
    entries[dropped] = undefined;
    dropped += 1;
    // Seldom, as it moves all that are left.
    if (dropped > DROPPED_MAX) {
      entries.splice(0, dropped);
      dropped = 0;
    }
    kept.changes -= oldest.changes.length;
    kept.bytes -= oldest.bytes;
    start = { at: oldest.checkpoint, isClear: oldest.after < oldest.checkpoint };
  }

  function restart(from: Pick<ViewStore, 'checkpoint' | 'settled'>): void {
    entries.length = 0;
    dropped = 0;
    kept.changes = 0;
    kept.bytes = 0;
    seq += 1;
    checkpoint = from.checkpoint();
    start = { at: checkpoint, isClear: from.settled() };
    for (const follower of new Set([...routes.values()].flatMap((route) => route.all()))) follower.restart();
  }

  return {
    seq: () => seq,
    checkpoint: () => checkpoint,
    since: (position) => {
      if (routes.size === 0 || position > checkpoint || position < start.at) return undefined;
      if (position === start.at && !start.isClear) return undefined;
      let first = entries.length;
      while (first > dropped && comesAfter(entries[first - 1], position)) first -= 1;
      const found = entries.slice(first).filter((entry) => entry !== undefined);
      return { entries: found, unclear: found.filter((entry) => isUnclear(entry, position)) };
    },
    follow: ({ table, key }, follower) => {
      const route = routes.get(table);
      if (route === undefined)
        throw new CompositionError(
          `The projection ${name} must list ${table} in \`followed\`, so that live views can follow it.`,
        );
      return route.add(key, follower);
    },
    commit: (commit) => {
      const moved = commit.after < commit.checkpoint;
      // Views that are served for the first time hold what their last commit brought.
      if (routes.size === 0 || (moved && commit.checkpoint <= checkpoint)) return;
      checkpoint = commit.checkpoint;
      const changes = commit.changes.filter((change) => routes.has(change.table));
      if (changes.length === 0) return;
      seq += 1;
      const bytes = changes.reduce((sum, { after }) => sum + bytesOf(after, bytesMax), 0);
      const entry: KeptEntry = { seq, after: commit.after, checkpoint, changes, bytes };
      keep(entry);
      for (const follower of followersOf(routes, changes)) follower.commit(entry);
    },
    restart,
  };
}

function comesAfter(entry: FeedEntry | undefined, position: number): boolean {
  return entry !== undefined && (entry.checkpoint > position || isUnclear(entry, position));
}

function isUnclear({ after, checkpoint }: FeedEntry, position: number): boolean {
  return after < checkpoint ? after < position && position < checkpoint : checkpoint === position;
}

/** Those who follow one table, found by the key of a changed row. */
interface Route {
  readonly add: (key: string | undefined, follower: FeedFollower) => () => void;
  readonly of: (change: RowChange) => Iterable<FeedFollower>;
  readonly all: () => readonly FeedFollower[];
}

function createRoute(column: string): Route {
  const everything = new Set<FeedFollower>();
  const byKey = new Map<string, Set<FeedFollower>>();
  const keyOf = ({ before, after }: RowChange): string =>
    // The rows are the projection's own, and the column is a part of their key.
    String((((after ?? before) as Record<string, unknown> | undefined) ?? {})[column]);
  return {
    add: (key, follower) => {
      const set = key === undefined ? everything : (byKey.get(key) ?? new Set());
      set.add(follower);
      if (key !== undefined) byKey.set(key, set);
      return () => {
        set.delete(follower);
        if (key !== undefined && set.size === 0 && byKey.get(key) === set) byKey.delete(key);
      };
    },
    of: (change) => (byKey.size === 0 ? everything : [...everything, ...(byKey.get(keyOf(change)) ?? [])]),
    all: () => [...everything, ...[...byKey.values()].flatMap((set) => [...set])],
  };
}

/** Each of them once, however many of the rows it follows were changed. */
function followersOf(
  routes: ReadonlyMap<string, Route>,
  changes: readonly RowChange[],
): ReadonlySet<FeedFollower> {
  const found = new Set<FeedFollower>();
  for (const change of changes)
    for (const follower of routes.get(change.table)?.of(change) ?? []) found.add(follower);
  return found;
}
