const WINDOW_MS = 10_000;

/** How many events a second, over the last ten seconds. */
export interface Rate {
  add(events: number): void;
  perSecond(): number;
}

/** A rate that starts at nothing. */
export function createRate(now: () => number = () => performance.now()): Rate {
  const startedAt = now();
  let marks: { readonly at: number; readonly events: number }[] = [];
  const recent = (): typeof marks => {
    const from = now() - WINDOW_MS;
    if ((marks[0]?.at ?? from) < from) marks = marks.filter(({ at }) => at >= from);
    return marks;
  };
  return {
    add: (events) => {
      const last = marks.at(-1);
      // Marks of the same tenth of a second are one, so that their number is bounded.
      if (last !== undefined && now() - last.at < WINDOW_MS / 100)
        marks[marks.length - 1] = { at: last.at, events: last.events + events };
      else recent().push({ at: now(), events });
    },
    perSecond: () => {
      const span = Math.min(WINDOW_MS, Math.max(100, now() - startedAt));
      return (1_000 * recent().reduce((sum, { events }) => sum + events, 0)) / span;
    },
  };
}
