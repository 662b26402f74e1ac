import type { Consistency, FeedEntry, Followed, Projector, Query } from '../../kernel/index.js';

/** What is pushed: it is so at its position. */
export interface LiveFrame {
  readonly position: number;
}

/** Asks a query; the position is the one that it was read at. */
export type Read = <Input, Output, Views extends object>(
  query: Query<Input, Output, Views>,
  input: Input,
) => Promise<{ readonly value: Output; readonly position: number }>;

/**
 * A view that pushes: all of it first, then every change. Whoever may see the same and asks for the same is sent the same
 * frames, so that nothing here depends on who subscribes but on what they may see.
 */
export interface LiveView<Frame extends LiveFrame = LiveFrame> {
  readonly projector: Projector;
  readonly follows: Followed;
  /** The entity whose parked events concern it; all of them where left out. */
  readonly entity?: string | undefined;
  /** The first frame: all of it, from one read. */
  readonly snapshot: (read: Read) => Promise<Frame>;
  /** What to say of these changes; undefined for nothing. */
  readonly tell: (entries: readonly FeedEntry[]) => Frame | undefined;
  /** Says that changes after the position are missing, and that a snapshot follows. */
  readonly discontinuity: (position: number) => Frame;
  /** Whether changes of several commits go into one frame; else there is one for each. */
  readonly gathers: boolean;
  /** Whether a snapshot of another generation says nothing that the last frame did not say. */
  readonly isSame: (last: Frame, snapshot: Frame) => boolean;
}

/** How fresh a frame is that was made of a change alone. */
export function consistencyOf({ projector, entity }: LiveView, position: number): Consistency {
  const { head, lagMs, parked } = projector.status();
  return {
    position,
    head,
    lagMs,
    stale: false,
    waitedMs: 0,
    parked: entity === undefined ? parked : projector.parkedCount(entity),
  };
}
