let lastMs = 0;
let counter = 0;

const COUNTER_MAX = 0xfff;

/** A new command id: a UUID of version 7, later than every one that this program made before. */
export function newCommandId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  tick();
  // The variant's two bits.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x80;
  const random = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const time = lastMs.toString(16).padStart(12, '0');
  const count = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${random.slice(0, 4)}-${random.slice(4)}`;
}

/** Counts within a millisecond, and goes on from the last one where the clock was set back or the count is full. */
function tick(): void {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = 0;
  } else if (counter < COUNTER_MAX) counter += 1;
  else {
    lastMs += 1;
    counter = 0;
  }
}
