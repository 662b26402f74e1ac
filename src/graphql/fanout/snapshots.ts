import type { Feed } from '../../kernel/index.js';
import type { RequestContext } from '../context.js';
import type { LiveFrame, LiveView } from './live-view.js';

/** A frame with all rows, and the entry of the feed up to which it has them. */
export interface Snapshot<Item> {
  readonly seq: number;
  readonly frame: LiveFrame;
  readonly item: Item;
}

/** Who waits for a snapshot: its `seq` is set in the turn of the read, so that what comes after is kept for it. */
export interface SnapshotReader {
  seq: number;
}

/** Takes a snapshot; calls `onRead` in the turn of the read. */
export type TakeSnapshot<Item> = (
  context: RequestContext,
  onRead: (seq: number) => void,
) => Promise<Snapshot<Item>>;

/** Reads all of a view, and makes it what is sent. */
export function snapshotsOf<Item>(
  view: LiveView,
  render: (frame: LiveFrame, context: RequestContext) => Item | Promise<Item>,
): TakeSnapshot<Item> {
  const { feed } = view.projector;
  return async (context, onRead) => {
    let seq = Infinity;
    const frame = await view.snapshot(async (query, input) => {
      let position = 0;
      const value = await context.ask(query, input, 0, (consistency) => {
        position = consistency.position;
        seq = feed.seq();
        onRead(seq);
      });
      return { value, position };
    });
    return { seq, frame, item: await render(frame, context) };
  };
}

/** One snapshot for all who ask while it is being made, and until the view has moved on. */
export interface SharedSnapshots<Item> {
  take(reader: SnapshotReader): Promise<Snapshot<Item>>;
}

interface Taken<Item> {
  readonly promise: Promise<Snapshot<Item>>;
  readonly readers: Set<SnapshotReader>;
  /** Undefined until it has been read. */
  readAt: { readonly seq: number; readonly checkpoint: number } | undefined;
  isReady: boolean;
}

/** No snapshot yet. */
export function shareSnapshots<Item>(
  feed: Pick<Feed, 'seq' | 'checkpoint'>,
  take: (onRead: (seq: number) => void) => Promise<Snapshot<Item>>,
): SharedSnapshots<Item> {
  let latest: Taken<Item> | undefined;

  const isCurrent = ({ isReady, readAt }: Taken<Item>): boolean =>
    !isReady || (readAt?.seq === feed.seq() && readAt.checkpoint === feed.checkpoint());

  function begin(): Taken<Item> {
    const read: Pick<Taken<Item>, 'readers' | 'readAt' | 'isReady'> = {
      readers: new Set(),
      readAt: undefined,
      isReady: false,
    };
    const promise = take((seq) => {
      read.readAt = { seq, checkpoint: feed.checkpoint() };
      for (const reader of read.readers) reader.seq = seq;
      read.readers.clear();
    });
    const taken: Taken<Item> = Object.assign(read, { promise });
    const done = (isReady: boolean): void => {
      taken.isReady = true;
      if (!isReady && latest === taken) latest = undefined;
    };
    taken.promise.then(
      () => {
        done(true);
      },
      () => {
        done(false);
      },
    );
    return taken;
  }

  return {
    take: (reader) => {
      if (latest === undefined || !isCurrent(latest)) latest = begin();
      if (latest.readAt === undefined) latest.readers.add(reader);
      else reader.seq = latest.readAt.seq;
      return latest.promise;
    },
  };
}
