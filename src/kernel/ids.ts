import { randomFillSync, randomInt } from 'node:crypto';

/** Random bytes of one id: what follows the time and the counter. */
const ID_BYTES = 8;
const ID_DIGITS = 2 * ID_BYTES;
const COUNTER_MAX = 0xfff;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** The third group of an id for each counter, the version before it. */
const COUNTERS = Array.from({ length: COUNTER_MAX + 1 }, (_, count) => `${(0x7000 | count).toString(16)}-`);

const pool = Buffer.alloc(512 * ID_BYTES);
/** The pool as hex digits, and how many of them are used up. */
let digits = '';
let used = 0;
let lastMs = 0;
/** The first two groups of the ids of `lastMs`. */
let timeText = '';
let counter = 0;

/** Where in the digits those of one id begin, its variant set. */
function drawDigits(): number {
  if (used === digits.length) {
    randomFillSync(pool);
    for (let at = 0; at < pool.length; at += ID_BYTES) pool[at] = 0x80 | ((pool[at] ?? 0) & 0x3f);
    digits = pool.toString('hex');
    used = 0;
  }
  used += ID_DIGITS;
  return used - ID_DIGITS;
}

/** Moves the 48-bit time and the 12-bit counter on, so that ids of one process never go backwards. */
function tick(nowMs: number): void {
  if (nowMs <= lastMs && counter < COUNTER_MAX) {
    counter += 1;
    return;
  }
  lastMs = Math.max(nowMs, lastMs + 1);
  counter = randomInt(0x800);
  const time = lastMs.toString(16).padStart(12, '0');
  timeText = `${time.slice(0, 8)}-${time.slice(8)}-`;
}

/** A new UUID of version 7 (RFC 9562): time first, so that unique indexes grow at one end; ascending in a process. */
export function newId(nowMs: number = Date.now()): string {
  const at = drawDigits();
  tick(nowMs);
  return `${timeText}${COUNTERS[counter] ?? ''}${digits.slice(at, at + 4)}-${digits.slice(at + 4, at + ID_DIGITS)}`;
}

/** Whether the text is a UUID of any version, in either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
