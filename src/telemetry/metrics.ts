import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import {
  TidemarkError,
  type CommandMiddleware,
  type CommitMeasure,
  type Kernel,
  type ReadWait,
} from '../kernel/index.js';
import { readingsOf, type Readings } from './readings.js';

/** From 100 µs to 10 s. */
const SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];
const GROUP_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** The service's measurements, for Prometheus to collect. */
export interface Metrics {
  /** Counts and times commands by name and outcome. */
  readonly middleware: CommandMiddleware;
  observeCommit(measure: CommitMeasure): void;
  /** Times the wait of a read that asked for a position. */
  observeWait(wait: ReadWait): void;
  /** Reports lag, waiters and so on of a kernel whenever it is collected. */
  watch(kernel: Kernel): void;
  /** How many WebSocket clients and subscriptions there are. */
  sockets(count: () => { readonly sockets: number; readonly subscriptions: number }): void;
  /** How many operations run over HTTP, and how many wait for their start. */
  operations(count: () => { readonly running: number; readonly queued: number }): void;
  /** What has been measured, for those who show it. */
  readonly readings: Readings;
  /** Everything measured, as Prometheus text. */
  collect(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Measurements that start at zero; each service has its own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const commands = new Histogram({
    name: 'tidemark_command_duration_seconds',
    help: 'Time from the bus to the answer, by command and outcome (accepted, refused, duplicate, or an error code).',
    labelNames: ['command', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const groups = new Histogram({
    name: 'tidemark_commit_commands',
    help: 'Commands that shared one transaction and one fsync.',
    buckets: GROUP_SIZES,
    registers,
  });
  const syncs = new Histogram({
    name: 'tidemark_commit_sync_seconds',
    help: 'Time that COMMIT took, the fsync included.',
    buckets: SECONDS,
    registers,
  });
  const writes = new Histogram({
    name: 'tidemark_commit_write_seconds',
    help: 'Time that the writes of one transaction took before COMMIT.',
    buckets: SECONDS,
    registers,
  });
  const waits = new Histogram({
    name: 'tidemark_read_after_wait_seconds',
    help: 'How long reads that asked for a position waited for it, by outcome (reached, stale); 0 where it was there.',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers,
  });

  return {
    middleware: async (command, next) => {
      const end = commands.startTimer({ command: command.name });
      try {
        const result = await next(command);
        end({ outcome: result.duplicate ? 'duplicate' : result.status.toLowerCase() });
        return result;
      } catch (error) {
        end({ outcome: error instanceof TidemarkError ? error.code : 'INTERNAL' });
        throw error;
      }
    },
    observeCommit: ({ commands: count, writeMs, syncMs }) => {
      groups.observe(count);
      writes.observe(writeMs / 1_000);
      syncs.observe(syncMs / 1_000);
    },
    observeWait: ({ waitedMs, stale }) => {
      waits.observe({ outcome: stale ? 'stale' : 'reached' }, waitedMs / 1_000);
    },
    watch: (kernel) => {
      watchProjections(kernel, registers);
    },
    sockets: (count) => {
      gauge('tidemark_websockets', 'Open WebSockets.', registers, () => count().sockets);
      gauge('tidemark_subscriptions', 'Running subscriptions.', registers, () => count().subscriptions);
    },
    operations: (count) => {
      gauge('tidemark_operations_running', 'Operations over HTTP.', registers, () => count().running);
      gauge(
        'tidemark_operations_queued',
        'Operations that wait for their start.',
        registers,
        () => count().queued,
      );
    },
    readings: readingsOf(registry),
    collect: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function gauge(name: string, help: string, registers: Registry[], read: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}

function watchProjections(kernel: Kernel, registers: Registry[]): void {
  const perProjection = (
    name: string,
    help: string,
    read: (projection: string) => number | undefined,
  ): void => {
    new Gauge({
      name,
      help,
      labelNames: ['projection'],
      registers,
      collect() {
        this.reset();
        for (const projection of kernel.projectors.keys()) {
          const value = read(projection);
          if (value !== undefined) this.set({ projection }, value);
        }
      },
    });
  };
  const status = (name: string) => kernel.projectors.get(name)?.status();
  perProjection(
    'tidemark_projection_lag_events',
    'Events not yet applied.',
    (name) => status(name)?.lagEvents ?? 0,
  );
  perProjection(
    'tidemark_projection_lag_seconds',
    'How long the oldest event not yet applied has been waiting.',
    (name) => (status(name)?.lagMs ?? 0) / 1_000,
  );
  perProjection('tidemark_projection_healthy', '1 while it works and is as fresh as it declares.', (name) =>
    status(name)?.healthy === true ? 1 : 0,
  );
  perProjection(
    'tidemark_projection_parked_events',
    'Events set aside.',
    (name) => status(name)?.parked ?? 0,
  );
  perProjection(
    'tidemark_projection_parked_entities',
    'Entities of which events are set aside.',
    (name) => status(name)?.parkedEntities ?? 0,
  );
  perProjection(
    'tidemark_projection_rebuild_progress',
    'Share of the log that the generation which is being built has applied, 0 to 1; none while none is built.',
    (name) => status(name)?.rebuild?.progress,
  );
  new Gauge({
    name: 'tidemark_projection_state',
    help: '1 for the state that a projection is in: LIVE, CATCHING_UP, BUILDING, PAUSED, FAILED or STOPPED.',
    labelNames: ['projection', 'state'],
    registers,
    collect() {
      this.reset();
      for (const { name, state } of kernel.status()) this.set({ projection: name, state }, 1);
    },
  });
  perProjection(
    'tidemark_projection_checkpoint',
    'The position up to which the log has been applied.',
    (name) => status(name)?.checkpoint ?? 0,
  );
  perProjection(
    'tidemark_read_after_waiters',
    'Reads that wait for a position.',
    (name) => kernel.projectors.get(name)?.freshness.waiters() ?? 0,
  );
  gauge('tidemark_log_head', 'The last position of the log.', registers, () =>
    Math.max(0, ...kernel.status().map(({ head }) => head)),
  );
  const applied = new Counter({
    name: 'tidemark_projection_rows_total',
    help: 'Rows that projections wrote.',
    labelNames: ['projection'],
    registers,
  });
  const batches = new Histogram({
    name: 'tidemark_projection_batch_seconds',
    help: 'Time that one batch of a projection took, commit included.',
    labelNames: ['projection'],
    buckets: SECONDS,
    registers,
  });
  for (const [projection, projector] of kernel.projectors) {
    projector.onCommit(({ changes, durationMs }) => {
      applied.inc({ projection }, changes.length);
      batches.observe({ projection }, durationMs / 1_000);
    });
  }
}
