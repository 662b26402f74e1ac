/** A clock that moves only when it is told to. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Throws a RangeError for what is no whole number of milliseconds from 1970 on; it may lie in the past. */
  readonly set: (ms: number) => void;
  /** Forwards by so many ms. Throws a RangeError for a negative number. */
  readonly advance: (ms: number) => void;
}

/** A clock that stands at this time. */
export function createClock(start: number): Clock {
  let time = checked(start);
  return {
    now: () => time,
    set: (ms) => {
      time = checked(ms);
    },
    advance: (ms) => {
      if (!(ms >= 0)) throw new RangeError(`A clock is advanced by 0 ms or more, got ${ms}; set it back.`);
      time = checked(time + ms);
    },
  };
}

function checked(ms: number): number {
  if (Number.isSafeInteger(ms) && ms >= 0) return ms;
  throw new RangeError(`A time is a whole number of milliseconds since 1970, got ${ms}.`);
}

/** Ids of the form of a UUID of version 7 that are the same each time: of the clock's time, and counted. */
export function createIds({ now }: Clock): () => string {
  let count = 0;
  return () => {
    count += 1;
    const time = now().toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count.toString(16).padStart(12, '0')}`;
  };
}
