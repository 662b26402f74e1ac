const WORD_BYTES = 8;
const HEADER_BYTES = 24;

/**
 * About how many bytes plain data takes in memory: right within a small factor, as the engine does not tell what it
 * shares. Looks at all of it, but stops once it has counted more than `max`.
 */
export function bytesOf(value: unknown, max = Infinity): number {
  // Not recursive: however deep the data is, a command must not fail because of an estimate.
  const rest: unknown[] = [value];
  let bytes = 0;
  while (rest.length > 0 && bytes <= max) bytes += WORD_BYTES + take(rest.pop(), rest);
  return bytes;
}

/** The value's own bytes; its members are left for later. */
function take(value: unknown, rest: unknown[]): number {
  if (typeof value === 'string') return HEADER_BYTES + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) {
    for (const item of value) rest.push(item);
    return HEADER_BYTES;
  }
  if (ArrayBuffer.isView(value)) return HEADER_BYTES + value.byteLength;
  if (value instanceof Map) {
    for (const [key, member] of value) rest.push(key, member);
  } else if (value instanceof Set) {
    for (const member of value) rest.push(member);
  }
  return HEADER_BYTES + takeMembers(value, rest);
}

function takeMembers(value: object, rest: unknown[]): number {
  let bytes = 0;
  for (const key in value) {
    // Objects of one shape share their keys, records do not; nobody says which this is.
    bytes += WORD_BYTES + 2 * key.length;
    rest.push((value as Record<string, unknown>)[key]);
  }
  return bytes;
}
