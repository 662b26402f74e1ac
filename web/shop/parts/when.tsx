import { useEffect, useState } from 'react';

/** What is longer ago than this is told by its date. */
const RELATIVE_S_MAX = 30 * 86_400;
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const RECENT_S = 45;
const TICK_MS = 30_000;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

function relativeText(at: number, now: number): string {
  const seconds = (at - now) / 1_000;
  if (Math.abs(seconds) > RELATIVE_S_MAX) return day.format(at);
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  if (step === undefined) return Math.abs(seconds) < RECENT_S ? 'just now' : relative.format(-1, 'minute');
  const [unit, size] = step;
  return relative.format(Math.round(seconds / size), unit);
}

/** An instant as people say it, with the exact time as its title. */
export function When({ at }: { readonly at: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const date = new Date(at);
  return (
    <time dateTime={at} title={exact.format(date)}>
      {relativeText(date.getTime(), Math.max(now, date.getTime()))}
    </time>
  );
}
