/** How many frames a channel keeps for those who read slowly, and how many characters of them. */
export const FRAMES_MAX = 500;
/** See FRAMES_MAX. */
export const FRAMES_LENGTH_MAX = 4 * 1_048_576;

/** A frame as it is sent; `seq` is the last entry of the feed that it tells of. */
export interface LoggedFrame<Item> {
  readonly seq: number;
  readonly position: number;
  readonly item: Item;
}

/** The latest frames of a channel, within bounds. */
export interface FrameLog<Item> {
  add(frame: LoggedFrame<Item>): void;
  /** The place of the first frame after this entry of the feed; `at` of it is undefined where there is none yet. */
  firstAfter(seq: number): number;
  at(place: number): LoggedFrame<Item> | undefined;
  /** Whoever has not been told up to here has missed something that is gone. */
  lost(): number;
  /** Drops what ends at this entry or before it. */
  forget(seq: number): void;
  /** Drops everything up to here, told or not. */
  clear(seq: number): void;
}

/** An empty log. */
export function createFrameLog<Item>(lengthOf: (item: Item) => number): FrameLog<Item> {
  const frames: LoggedFrame<Item>[] = [];
  let length = 0;
  let lost = 0;

  function drop(count: number): void {
    for (const { seq, item } of frames.splice(0, count)) {
      length -= lengthOf(item);
      lost = seq;
    }
  }

  return {
    add: (frame) => {
      frames.push(frame);
      length += lengthOf(frame.item);
      while (frames.length > FRAMES_MAX || length > FRAMES_LENGTH_MAX) drop(1);
    },
    firstAfter: (seq) => {
      let place = frames.length;
      while (place > 0 && (frames[place - 1]?.seq ?? 0) > seq) place -= 1;
      return place;
    },
    at: (place) => frames[place],
    lost: () => lost,
    forget: (seq) => {
      const left = frames.findIndex((frame) => frame.seq > seq);
      drop(left === -1 ? frames.length : left);
    },
    clear: (seq) => {
      drop(frames.length);
      lost = seq;
    },
  };
}
