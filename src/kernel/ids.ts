import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 8 * 512;
const COUNTER_MAX = 0xfff;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const pool = Buffer.alloc(POOL_BYTES);
let poolAt = POOL_BYTES;
let lastMs = 0;
let counter = 0;

function randomBytes8(): Buffer {
  if (poolAt === POOL_BYTES) {
    randomFillSync(pool);
    poolAt = 0;
  }
  poolAt += 8;
  return pool.subarray(poolAt - 8, poolAt);
}

/** Moves the 48-bit time and the 12-bit counter on, so that ids of one process never go backwards. */
function tick(nowMs: number, seed: number): void {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = seed & 0x7ff;
  } else if (counter < COUNTER_MAX) {
    counter += 1;
  } else {
    lastMs += 1;
    counter = seed & 0x7ff;
  }
}

/** A new UUID of version 7 (RFC 9562): time first, so that unique indexes grow at one end; ascending in a process. */
export function newId(nowMs: number = Date.now()): string {
  const random = randomBytes8();
  tick(nowMs, random.readUInt16BE(0));
  const time = lastMs.toString(16).padStart(12, '0');
  const variant = (0x80 | ((random[2] ?? 0) & 0x3f)).toString(16);
  const tail = random.toString('hex', 1, 8);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}${tail.slice(0, 2)}-${tail.slice(2)}`;
}

/** Whether the text is a UUID of any version, in either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
