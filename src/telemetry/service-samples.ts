import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { HistogramReading, Readings } from './readings.js';
import { createSampler, type Sampler } from './sampler.js';

/** How often the event loop is asked how late it is, in ms. */
const DELAY_RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1_000_000;

/** How the service is doing: counts and histograms since the start, everything else as it is now. */
export interface ServiceSample {
  /** In ms since 1970. */
  readonly at: number;
  readonly commands: ReadonlyMap<string, number>;
  readonly commandSeconds: HistogramReading;
  readonly commitCommands: HistogramReading;
  readonly commitSyncSeconds: HistogramReading;
  readonly readAfterSeconds: HistogramReading;
  readonly readAfterWaiters: ReadonlyMap<string, number>;
  readonly sockets: number;
  readonly subscriptions: number;
  readonly operationsRunning: number;
  readonly operationsQueued: number;
  /** How late the event loop was since the sample before. */
  readonly eventLoopDelayP50Ms: number;
  readonly eventLoopDelayP99Ms: number;
  /** Processor time of the process, in seconds. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
}

/** Samples of the running service, from its metrics. */
export function createServiceSampler(readings: Readings): Sampler<ServiceSample> {
  // Prometheus empties its own at each collection, so this is another one; it runs while somebody watches.
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  // It measures from one question to the next.
  const late = (percentile: number): number =>
    delay.count === 0
      ? 0
      : Math.max(0, delay.percentile(percentile) / NANOSECONDS_PER_MS - DELAY_RESOLUTION_MS);
  return createSampler({
    start: () => delay.enable(),
    stop: () => delay.disable(),
    take: async () => {
      const delays = { eventLoopDelayP50Ms: late(50), eventLoopDelayP99Ms: late(99) };
      delay.reset();
      return { at: Date.now(), ...delays, ...processNow(), ...(await measuredNow(readings)) };
    },
  });
}

function processNow(): Pick<ServiceSample, 'cpuSeconds' | 'rssBytes' | 'heapUsedBytes'> {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return { cpuSeconds: (user + system) / 1_000_000, rssBytes: rss, heapUsedBytes: heapUsed };
}

async function measuredNow({ value, byLabel, histogram }: Readings) {
  return {
    commands: await byLabel('tidemark_command_duration_seconds', 'outcome'),
    commandSeconds: await histogram('tidemark_command_duration_seconds'),
    commitCommands: await histogram('tidemark_commit_commands'),
    commitSyncSeconds: await histogram('tidemark_commit_sync_seconds'),
    readAfterSeconds: await histogram('tidemark_read_after_wait_seconds'),
    readAfterWaiters: await byLabel('tidemark_read_after_waiters', 'projection'),
    sockets: await value('tidemark_websockets'),
    subscriptions: await value('tidemark_subscriptions'),
    operationsRunning: await value('tidemark_operations_running'),
    operationsQueued: await value('tidemark_operations_queued'),
  };
}
