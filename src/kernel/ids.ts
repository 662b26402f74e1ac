import { randomFillSync } from 'node:crypto';

/** Random bytes of one id: two for where the counter starts, eight for its end. */
const ID_BYTES = 10;
const COUNTER_MAX = 0xfff;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** The two hex digits of each byte. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const pool = Buffer.alloc(512 * ID_BYTES);
let poolAt = pool.length;
let lastMs = 0;
/** The first two groups of the ids of `lastMs`. */
let timeText = '';
let counter = 0;

/** Where in the pool fresh random bytes begin. */
function drawRandom(): number {
  if (poolAt === pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  poolAt += ID_BYTES;
  return poolAt - ID_BYTES;
}

/** Moves the 48-bit time and the 12-bit counter on, so that ids of one process never go backwards. */
function tick(nowMs: number, seed: number): void {
  if (nowMs <= lastMs && counter < COUNTER_MAX) {
    counter += 1;
    return;
  }
  lastMs = Math.max(nowMs, lastMs + 1);
  counter = seed & 0x7ff;
  const time = lastMs.toString(16).padStart(12, '0');
  timeText = `${time.slice(0, 8)}-${time.slice(8)}`;
}

/** A new UUID of version 7 (RFC 9562): time first, so that unique indexes grow at one end; ascending in a process. */
export function newId(nowMs: number = Date.now()): string {
  const at = drawRandom();
  tick(nowMs, pool.readUInt16BE(at));
  const version = hex(0x70 | (counter >> 8)) + hex(counter & 0xff);
  const variant = hex(0x80 | (random(at + 2) & 0x3f)) + hex(random(at + 3));
  let tail = '';
  for (let byte = at + 4; byte < at + ID_BYTES; byte += 1) tail += hex(random(byte));
  return `${timeText}-${version}-${variant}-${tail}`;
}

function random(at: number): number {
  return pool[at] ?? 0;
}

function hex(byte: number): string {
  return HEX[byte] ?? '';
}

/** Whether the text is a UUID of any version, in either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
