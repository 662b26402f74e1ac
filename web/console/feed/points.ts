/** A histogram since the start, as the service sends it. */
export interface Buckets {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
}

/** What a point is made of: two statuses that followed each other. */
export interface Measured {
  readonly at: string;
  readonly commands: readonly { readonly name: string; readonly count: number }[];
  readonly commandSeconds: Buckets;
  readonly commitCommands: Buckets;
  readonly commitSyncSeconds: Buckets;
  readonly readAfterSeconds: Buckets;
  readonly readAfterWaiters: readonly { readonly name: string; readonly count: number }[];
  readonly sockets: number;
  readonly subscriptions: number;
  readonly operationsRunning: number;
  readonly operationsQueued: number;
  readonly eventLoopDelayP50Ms: number;
  readonly eventLoopDelayP99Ms: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
}

/** Half of what was measured, and all but a hundredth of it, in ms; null where nothing was. */
export interface Quantiles {
  readonly p50: number | null;
  readonly p99: number | null;
}

/** What happened from one status to the next, rates per second. */
export interface Point {
  /** Seconds since 1970. */
  readonly at: number;
  readonly accepted: number;
  readonly refused: number;
  readonly duplicate: number;
  readonly failed: number;
  readonly command: Quantiles;
  /** How many commands took at most each bound but more than the one before, and, last, more than all. */
  readonly commandCounts: readonly number[];
  readonly groupMean: number | null;
  readonly groupMax: number | null;
  readonly sync: Quantiles;
  readonly wait: Quantiles;
  readonly waiting: number;
  readonly loop: Quantiles;
  /** Share of one processor, in per cent. */
  readonly cpu: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly sockets: number;
  readonly subscriptions: number;
  readonly running: number;
  readonly queued: number;
}

const SUCCESSES: readonly string[] = ['accepted', 'refused', 'duplicate'];
const MS_PER_SECOND = 1_000;
const BYTES_PER_MB = 1_048_576;

/** What happened between two statuses of one service, the later one last. */
export function pointOf(before: Measured, now: Measured): Point {
  const at = Date.parse(now.at) / MS_PER_SECOND;
  const seconds = Math.max(at - Date.parse(before.at) / MS_PER_SECOND, 0.001);
  const rate = (wanted: (name: string) => boolean): number =>
    Math.max(0, sum(now.commands, wanted) - sum(before.commands, wanted)) / seconds;
  const commands = between(before.commandSeconds, now.commandSeconds);
  const groups = between(before.commitCommands, now.commitCommands);
  return {
    at,
    accepted: rate((name) => name === 'accepted'),
    refused: rate((name) => name === 'refused'),
    duplicate: rate((name) => name === 'duplicate'),
    failed: rate((name) => !SUCCESSES.includes(name)),
    command: quantilesInMs(commands),
    commandCounts: perBucket(commands),
    groupMean: groups.count === 0 ? null : groups.sum / groups.count,
    groupMax: quantile(groups, 1),
    sync: quantilesInMs(between(before.commitSyncSeconds, now.commitSyncSeconds)),
    wait: quantilesInMs(between(before.readAfterSeconds, now.readAfterSeconds)),
    waiting: sum(now.readAfterWaiters, () => true),
    loop: { p50: now.eventLoopDelayP50Ms, p99: now.eventLoopDelayP99Ms },
    cpu: (100 * Math.max(0, now.cpuSeconds - before.cpuSeconds)) / seconds,
    rssMb: now.rssBytes / BYTES_PER_MB,
    heapMb: now.heapUsedBytes / BYTES_PER_MB,
    sockets: now.sockets,
    subscriptions: now.subscriptions,
    running: now.operationsRunning,
    queued: now.operationsQueued,
  };
}

function sum(counts: Measured['commands'], wanted: (name: string) => boolean): number {
  return counts.reduce((total, { name, count }) => total + (wanted(name) ? count : 0), 0);
}

/** What was measured from one state of a histogram to the next. */
export function between(before: Buckets, now: Buckets): Buckets {
  return {
    bounds: now.bounds,
    // A bucket that nothing had gone into yet was not sent.
    counts: now.counts.map((count, index) => count - (before.counts[index] ?? 0)),
    count: now.count - before.count,
    sum: now.sum - before.sum,
  };
}

function quantilesInMs(buckets: Buckets): Quantiles {
  const inMs = (share: number): number | null => {
    const seconds = quantile(buckets, share);
    return seconds === null ? null : seconds * MS_PER_SECOND;
  };
  return { p50: inMs(0.5), p99: inMs(0.99) };
}

/** What a share of all measurements is at most, as if they were spread evenly in each bucket; null without any. */
export function quantile({ bounds, counts, count }: Buckets, share: number): number | null {
  if (count <= 0) return null;
  const wanted = count * share;
  const index = counts.findIndex((upTo) => upTo >= wanted);
  const upper = bounds[index];
  // More than the last bound is all that is known of it.
  if (upper === undefined) return bounds.at(-1) ?? null;
  const lower = bounds[index - 1] ?? 0;
  const below = counts[index - 1] ?? 0;
  const within = (counts[index] ?? 0) - below;
  return within <= 0 ? upper : lower + ((upper - lower) * (wanted - below)) / within;
}

/** How many were in each bucket by itself, and, last, above all of them. */
export function perBucket({ counts, count }: Buckets): readonly number[] {
  return [...counts, count].map((upTo, index) => upTo - (counts[index - 1] ?? 0));
}
