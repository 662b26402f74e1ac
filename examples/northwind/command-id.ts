import { createHash } from 'node:crypto';

const NAMESPACE = 'tidemark/examples/northwind';
const TIMESTAMP_MAX = 2 ** 48 - 1;

/**
 * The command id of a named command: a UUID of version 8 (RFC 9562) that is the same for the same input, on every
 * machine and at every run. The millisecond timestamp leads, so that ids sort by date and land beside each other in
 * the service's index; the other 74 free bits are a SHA-256 of the name. Throws a RangeError for an invalid date.
 */
export function commandIdOf(name: string, date: Date): string {
  const timestamp = date.getTime();
  if (!(timestamp >= 0 && timestamp <= TIMESTAMP_MAX)) {
    throw new RangeError(`expected a date between 1970 and 10889, got ${timestamp} ms`);
  }
  const bytes = createHash('sha256').update(`${NAMESPACE}\n${name}`).digest().subarray(0, 16);
  bytes.writeUIntBE(timestamp, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6); // version 8
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8); // the variant of RFC 9562
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
