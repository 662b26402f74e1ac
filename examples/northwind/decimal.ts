/**
 * The decimal text of a number as its author wrote it. JavaScript prints the shortest decimal that reads back as
 * the same number, so 0.15 stays "0.15"; a number that carries float noise shows more decimals than
 * `decimalsMax` and throws a RangeError instead of being rounded silently. Negative numbers throw as well.
 */
export function exactDecimal(value: number, decimalsMax: number): string {
  const text = String(value);
  const match = /^\d+(?:\.(\d+))?$/.exec(text);
  if (!match || (match[1]?.length ?? 0) > decimalsMax) {
    throw new RangeError(`expected a decimal with at most ${decimalsMax} decimals, got ${text}`);
  }
  return text;
}

/** A decimal text in units of 10^-decimals: `unitsOf("12.5", 2)` is 1250n. Throws a RangeError when it does not fit. */
export function unitsOf(text: string, decimals: number): bigint {
  const match = /^(-?\d+)(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[2] ?? '';
  if (!match || fraction.length > decimals) {
    throw new RangeError(`expected a decimal with at most ${decimals} decimals, got ${JSON.stringify(text)}`);
  }
  return BigInt(`${match[1]}${fraction.padEnd(decimals, '0')}`);
}

/** Cents as people read them: `1,354,458.59`. */
export function formatCents(cents: bigint): string {
  const absolute = cents < 0n ? -cents : cents;
  const fraction = String(absolute % 100n).padStart(2, '0');
  return `${cents < 0n ? '-' : ''}${(absolute / 100n).toLocaleString('en-US')}.${fraction}`;
}
