import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';

const STEP_MS = 10_000;
const UNITS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

function agoOf(ms: number): string {
  for (const { unit, ms: size } of UNITS)
    if (ms >= size) return relative.format(-Math.floor(ms / size), unit);
  return ms < STEP_MS ? 'just now' : `${Math.floor(ms / 1_000)} seconds ago`;
}

/** How long ago something was, kept current, with the exact time as its title. */
export function Ago({ time }: { readonly time: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, STEP_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
  const exact = new Date(time);
  return (
    <Text component="time" span inherit dateTime={time} title={exact.toLocaleString('en-GB')}>
      {agoOf(Math.max(0, now - exact.getTime()))}
    </Text>
  );
}
