import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FeedEntry } from '../../kernel/index.js';
import type { RequestContext } from '../context.js';
import { createFrameLog } from './frame-log.js';
import { consistencyOf, type LiveFrame, type LiveView } from './live-view.js';
import { createPending, framesOf } from './pending.js';
import { shareSnapshots, snapshotsOf, type Snapshot } from './snapshots.js';

/** How many changed rows may wait to be told; beyond that everybody starts over. */
export const PENDING_CHANGES_MAX = 10_000;
/** For how many positions at a time what was missed since is kept while nothing changes. */
const MISSED_MAX = 10;
/** How many frames at most somebody is told of what was missed, and how many characters of them; beyond that, a snapshot. */
const MISSED_FRAMES_MAX = 500;
const MISSED_LENGTH_MAX = 1_048_576;
/** How long frames are handed out before others get their turn, in ms. */
const SLICE_MS = 4;

/** Where frames go. */
export interface Sink<Item> {
  /** Whether it takes more without piling it up. */
  isClear(): boolean;
  /** Calls the listener once, when it is clear again. */
  whenClear(listener: () => void): void;
  send(item: Item): void;
}

/** One who reads a channel. */
export interface Reader<Item> {
  readonly sink: Sink<Item>;
  /** It has been told everything up to this entry of the feed; Infinity until its first frame has been read. */
  seq: number;
  /** Of the last frame that it was sent. */
  position: number;
  /** Who is `joining` is sent nothing by the channel; who is `blocked`, nothing until its sink is clear. */
  state: 'joining' | 'reading' | 'blocked';
  /** Frames that it was not sent are gone. */
  readonly startOver: () => void;
  /** Another generation is served; `last` is the last frame, where that is what it knows. */
  readonly move: (last: LiveFrame | undefined) => void;
  readonly fail: (error: unknown) => void;
}

/** What came after a position, and the entry of the feed that it goes up to. */
export interface Missed<Item> {
  readonly seq: number;
  readonly items: readonly Item[];
  readonly position: number;
}

/** What a channel works with. */
export interface ChannelOptions<Item> {
  readonly view: LiveView;
  /** Makes a frame what is sent, with a context of those who may see it. */
  readonly render: (frame: LiveFrame, context: RequestContext) => Item | Promise<Item>;
  readonly createContext: () => RequestContext;
  readonly lengthOf: (item: Item) => number;
  /** Called once: nobody reads it any more, or another generation is served. */
  readonly onClose: () => void;
}

/** All who are sent the same frames of a view, each of which is made once. */
export interface Channel<Item> {
  isClosed(): boolean;
  /** From here on what comes after the reader's `seq` is kept for it. */
  add(reader: Reader<Item>): void;
  /** Sends it what came after its `seq`, and all that comes. */
  enter(reader: Reader<Item>): void;
  leave(reader: Reader<Item>): void;
  /** All rows as they are; those who ask at the same time share one read, but not with a context of their own. */
  snapshot(reader: Reader<Item>, own?: RequestContext): Promise<Snapshot<Item>>;
  /** What came after the position; undefined where nobody can tell. */
  missedSince(reader: Reader<Item>, position: number): Promise<Missed<Item> | undefined>;
  discontinuity(position: number): Promise<Item>;
}

/** A channel that follows its view from now on. */
export function createChannel<Item>(options: ChannelOptions<Item>): Channel<Item> {
  const { view, render, createContext, lengthOf, onClose } = options;
  const { feed } = view.projector;
  const readers = new Set<Reader<Item>>();
  const log = createFrameLog<Item>(lengthOf);
  const pending = createPending();
  const missed = new Map<number, Promise<Missed<Item> | undefined>>();
  let last: { readonly seq: number; readonly frame: LiveFrame } | undefined;
  let isPumping = false;
  let isClosed = false;
  const takeSnapshot = snapshotsOf(view, render);
  const shared = shareSnapshots<Item>(feed, (onRead) => snapshot(createContext(), onRead));

  const unfollow = feed.follow(view.follows, {
    commit: (entry) => {
      missed.clear();
      pending.add(entry);
      if (pending.changes() > PENDING_CHANGES_MAX) giveUp(entry);
      pump();
    },
    restart: () => {
      const moved = [...readers];
      const known = moved.map(lastOf);
      readers.clear();
      close();
      for (const [index, reader] of moved.entries()) reader.move(known[index]);
    },
  });

  /** What has piled up is told nobody: all start over. */
  function giveUp({ seq }: FeedEntry): void {
    pending.clear();
    last = undefined;
    log.clear(seq);
  }

  function lastOf({ state, seq }: Reader<Item>): LiveFrame | undefined {
    const isUpToDate = state === 'reading' && !isPumping && seq >= (last?.seq ?? Infinity);
    return isUpToDate ? last?.frame : undefined;
  }

  function pump(): void {
    if (isPumping) return;
    isPumping = true;
    // Not in the turn of the commit, for which others wait, too.
    setImmediate(() => void run());
  }

  async function run(): Promise<void> {
    try {
      do {
        for (let group = pending.take(); group !== undefined; group = pending.take()) await tell(group);
        await deliver();
      } while (!pending.isEmpty());
    } catch (error) {
      for (const reader of readers) reader.fail(error);
    } finally {
      isPumping = false;
    }
  }

  async function tell(group: readonly FeedEntry[]): Promise<void> {
    for (const { seq, frame } of framesOf(view, group)) {
      const item = await renderTold(frame);
      log.add({ seq, position: frame.position, item });
      last = { seq, frame };
    }
  }

  function renderTold(frame: LiveFrame): Item | Promise<Item> {
    const context = createContext();
    context.show(consistencyOf(view, frame.position));
    return render(frame, context);
  }

  /** To each reader what it lacks, in slices; what all have been sent is forgotten. */
  async function deliver(): Promise<void> {
    let began = performance.now();
    let least = Infinity;
    for (const reader of readers) {
      if (reader.state === 'reading') advance(reader);
      least = Math.min(least, reader.seq);
      if (performance.now() - began < SLICE_MS) continue;
      await nextTurn();
      began = performance.now();
    }
    // Who came meanwhile has read what came after what all others have been sent.
    log.forget(least);
  }

  function advance(reader: Reader<Item>): void {
    for (let place = log.firstAfter(reader.seq); ; place += 1) {
      const frame = log.at(place);
      const isBehind = reader.seq < log.lost();
      if (frame === undefined && !isBehind) return;
      if (!reader.sink.isClear()) {
        block(reader);
        return;
      }
      if (frame === undefined || isBehind) {
        reader.state = 'joining';
        reader.seq = Infinity;
        reader.startOver();
        return;
      }
      reader.sink.send(frame.item);
      reader.seq = frame.seq;
      reader.position = frame.position;
    }
  }

  function block(reader: Reader<Item>): void {
    reader.state = 'blocked';
    reader.sink.whenClear(() => {
      if (reader.state === 'blocked' && readers.has(reader)) enter(reader);
    });
  }

  function enter(reader: Reader<Item>): void {
    reader.state = 'reading';
    advance(reader);
  }

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    unfollow();
    pending.clear();
    onClose();
  }

  async function snapshot(context: RequestContext, onRead: (seq: number) => void): Promise<Snapshot<Item>> {
    const taken = await takeSnapshot(context, (seq) => {
      // What comes from here on is told apart from what the snapshot has.
      pending.seal();
      onRead(seq);
    });
    if ((last?.seq ?? 0) <= taken.seq) last = taken;
    return taken;
  }

  async function renderMissed(position: number): Promise<Missed<Item> | undefined> {
    const found = feed.since(position);
    const seq = feed.seq();
    pending.seal();
    if (found === undefined || framesOf(view, found.unclear).length > 0) return undefined;
    const frames = framesOf(view, found.entries);
    if (frames.length > MISSED_FRAMES_MAX) return undefined;
    const items: Item[] = [];
    let length = 0;
    for (const { frame } of frames) {
      const item = await renderTold(frame);
      length += lengthOf(item);
      if (length > MISSED_LENGTH_MAX) return undefined;
      items.push(item);
    }
    return { seq, items, position: frames.at(-1)?.frame.position ?? position };
  }

  return {
    isClosed: () => isClosed,
    add: (reader) => {
      readers.add(reader);
    },
    enter,
    leave: (reader) => {
      readers.delete(reader);
      if (readers.size === 0) close();
    },
    snapshot: (reader, own) =>
      own === undefined
        ? shared.take(reader)
        : snapshot(own, (seq) => {
            reader.seq = seq;
          }),
    missedSince: (reader, position) => {
      reader.seq = feed.seq();
      const known = missed.get(position) ?? renderMissed(position);
      if (missed.size >= MISSED_MAX) missed.clear();
      missed.set(position, known);
      return known;
    },
    discontinuity: async (position) => render(view.discontinuity(position), createContext()),
  };
}
