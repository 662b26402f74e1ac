import { READ_AFTER_TIMEOUT_MS, TidemarkError, deadlineIn, type Projector } from '../../kernel/index.js';
import type { RequestContext } from '../context.js';
import type { Channel, Reader, Sink } from './channel.js';
import type { LiveFrame, LiveView } from './live-view.js';

/** What a reader works with. Ten thousand of them share one view. */
export interface ReaderOptions<Item> {
  readonly view: LiveView;
  readonly sink: Sink<Item>;
  /** The channel of those who are sent the same. */
  readonly channel: () => Channel<Item>;
  /** Called once, with an error where it ended with one. */
  readonly onEnd: (error?: unknown) => void;
}

/** How a reader begins. */
export interface Beginning {
  /** The position of the last frame that it has from before; undefined where it has none. */
  readonly after: number | undefined;
  /** The subscription's own context. */
  readonly context: RequestContext;
}

/** What a reader that starts over is told before the snapshot, and what it knows of the view. */
interface Again {
  /** Of the last frame that it has: changes after it are missing. */
  readonly after: number;
  /** The last frame, where that is what it knows; a snapshot that says the same is not sent. */
  readonly last?: LiveFrame | undefined;
}

/** Reads a view from its beginning or after a position, until the returned function is called. */
export function startReader<Item>(options: ReaderOptions<Item>, beginning: Beginning): () => void {
  const { view, sink, onEnd } = options;
  let isGone = false;
  let channel: Channel<Item> | undefined;
  let abortWait: (() => void) | undefined;
  const reader: Reader<Item> = {
    sink,
    seq: Infinity,
    position: beginning.after ?? 0,
    state: 'joining',
    startOver: () => {
      begin(() => show({ after: reader.position }));
    },
    move: (last) => {
      // Who is joining finds out by itself.
      if (reader.state === 'joining') return;
      reader.state = 'joining';
      begin(() => show({ after: reader.position, last }));
    },
    fail: end,
  };

  function end(error?: unknown): void {
    if (isGone) return;
    isGone = true;
    abortWait?.();
    channel?.leave(reader);
    onEnd(error);
  }

  function begin(work: () => Promise<void>): void {
    work().catch(end);
  }

  async function wait(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    abortWait = () => {
      abort.abort();
    };
    await work(abort.signal);
    abortWait = undefined;
  }

  function join(): Channel<Item> {
    if (channel?.isClosed() !== false) channel = options.channel();
    reader.seq = Infinity;
    channel.add(reader);
    return channel;
  }

  /** A snapshot, and what comes after it. With a context of its own it waits for what its operation asked for. */
  async function show(again?: Again, own?: RequestContext): Promise<void> {
    for (;;) {
      // Positions never go back: a generation that was gone back to has to catch up first.
      if (view.projector.freshness.checkpoint() < reader.position)
        await wait((signal) => reached(view.projector, reader.position, signal));
      if (isGone) return;
      const joined = join();
      const { seq, frame, item } = await joined.snapshot(reader, own);
      const isKnown = again?.last !== undefined && view.isSame(again.last, frame);
      const gap = again === undefined || isKnown ? undefined : await joined.discontinuity(again.after);
      if (isGone) return;
      // Another generation is served by now.
      if (joined.isClosed()) continue;
      if (gap !== undefined) sink.send(gap);
      if (!isKnown) sink.send(item);
      reader.position = Math.max(reader.position, frame.position);
      reader.seq = seq;
      joined.enter(reader);
      return;
    }
  }

  /** What came after the position, and what comes then. */
  async function goOn(after: number, context: RequestContext): Promise<void> {
    const position = Math.max(after, context.readsAfter() ?? 0);
    await wait((signal) => waitFor(view.projector, position, context.limits.readAfterMs, signal));
    if (isGone) return;
    const joined = join();
    const missed = await joined.missedSince(reader, after);
    if (isGone) return;
    if (missed === undefined || joined.isClosed()) {
      await show({ after });
      return;
    }
    for (const item of missed.items) sink.send(item);
    reader.position = missed.position;
    reader.seq = missed.seq;
    joined.enter(reader);
  }

  // A scope of its own: what only the beginning takes is not to be kept as long as the reader.
  function first({ after, context }: Beginning): void {
    const own = context.readsAfter() === undefined ? undefined : context;
    begin(() => (after === undefined ? show(undefined, own) : goOn(after, context)));
  }

  first(beginning);
  return () => {
    end();
  };
}

/** Rejects with STALE_READ where the views do not get there in time: what they show would go back in time. */
async function waitFor(
  { freshness }: Projector,
  position: number,
  timeoutMaxMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = deadlineIn(Math.min(READ_AFTER_TIMEOUT_MS, timeoutMaxMs));
  if ((await freshness.wait(position, deadline, signal)) !== 'timeout') return;
  throw new TidemarkError(
    'STALE_READ',
    'The view has not reached this position yet. Subscribe again in a moment.',
  );
}

/** Resolves when the views are there (after a rollback they go on from an earlier position), or the signal aborts. */
function reached(projector: Projector, position: number, signal: AbortSignal): Promise<void> {
  const isReached = (): boolean => signal.aborted || projector.freshness.checkpoint() >= position;
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isReached()) return;
      for (const stop of stops) stop();
      signal.removeEventListener('abort', look);
      resolve();
    };
    const stops = [projector.onCommit(look), projector.onSwitch(look)];
    signal.addEventListener('abort', look);
    look();
  });
}
