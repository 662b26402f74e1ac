/** The number of a position in its log, for people; the token itself is what the service takes. */
export function numberOf(position: string): string {
  const digits = position.split('-').at(-1) ?? '';
  // Tokens are opaque to programs; that they end on the number is only ever shown.
  return /^\d+$/.test(digits) ? `#${Number(digits).toLocaleString('en')}` : position;
}

/** A count with separators. */
export function countOf(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** `1 event`, `2 events`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countOf(count)} ${count === 1 ? one : many}`;
}

/** A time span for people: `340 ms`, `2.1 s`, `3 min 5 s`, `2 h 4 min`. */
export function spanOf(ms: number): string {
  if (ms < 1) return ms === 0 ? '0 ms' : `${ms.toPrecision(2)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A number with as many digits as one reads: `0.42`, `3.1`, `128`. */
export function shortOf(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) < 10) return String(Number(value.toPrecision(2)));
  return countOf(value);
}

/** A time of day, to the second. */
export function clockOf(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB');
}

/** `createOrder` as `Create order`. */
export function wordsOf(name: string): string {
  const words = name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
