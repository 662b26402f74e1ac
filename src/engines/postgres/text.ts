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
  return arrayOf(texts.map(encodeText));
}

/** What is as the server is to have it as one array literal; the driver's way of writing these takes several times as long. */
export function arrayOf(values: readonly (string | number | boolean | null)[]): string {
  let literal = '';
  for (const value of values) {
    literal += literal === '' ? '' : ',';
    literal += typeof value === 'string' ? quoted(value) : String(value ?? 'NULL');
  }
  return `{${literal}}`;
}

function quoted(text: string): string {
  return `"${/["\\]/.test(text) ? text.replaceAll(/["\\]/g, '\\$&') : text}"`;
}
