/** PostgreSQL's text holds anything but NUL, which is written as `\0`, and a backslash therefore as two. */
export function encodeText(text: string): string {
  const whole = text.toWellFormed();
  return /[\\\0]/.test(whole) ? whole.replaceAll('\\', '\\\\').replaceAll('\0', '\\0') : whole;
}

/** What `encodeText` was given. */
export function decodeText(text: string): string {
  return text.includes('\\')
    ? text.replaceAll(/\\([\\0])/g, (_, escaped) => (escaped === '0' ? '\0' : '\\'))
    : text;
}

/** The same for what may be null. */
export function encodeNullable(text: string | null): string | null {
  return text === null ? null : encodeText(text);
}

/** The same for what may be null. */
export function decodeNullable(text: string | null): string | null {
  return text === null ? null : decodeText(text);
}

/** Texts as one array literal of PostgreSQL, encoded: arrays of arrays must all be of one length, literals need not. */
export function arrayLiteral(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${encodeText(text).replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
