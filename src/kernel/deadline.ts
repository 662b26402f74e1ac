/** A point in time that several waits share. */
export interface Deadline {
  /** Milliseconds left, never below 0. */
  leftMs(): number;
}

/** The deadline `timeoutMs` from now, by the monotonic clock. */
export function deadlineIn(timeoutMs: number): Deadline {
  const end = performance.now() + timeoutMs;
  return { leftMs: () => Math.max(0, end - performance.now()) };
}
