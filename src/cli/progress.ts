import { SingleBar } from 'cli-progress';

/** Without a terminal a line is written this often at most. */
const LINE_EVERY_MS = 2_000;

/** How fast it goes, where whoever does it knows better than can be told from here. */
export interface Pace {
  readonly eventsPerSecond: number;
  /** Null while it cannot be told. */
  readonly leftMs: number | null;
}

/** Shows on standard error how far something is. */
export interface Progress {
  readonly update: (done: number, total: number, pace?: Pace) => void;
  /** Leaves the terminal as it was; safe to call twice. */
  stop(): void;
}

/** A bar on a terminal; elsewhere plain lines, and none for what is over at once. */
export function createProgress(label: string, unit: string): Progress {
  return process.stderr.isTTY ? bar(label, unit) : lines(label, unit);
}

/** Runs the work with its progress shown. */
export async function withProgress<T>(
  label: string,
  unit: string,
  work: (onProgress: Progress['update']) => T | Promise<T>,
): Promise<T> {
  const progress = createProgress(label, unit);
  try {
    return await work(progress.update);
  } finally {
    progress.stop();
  }
}

function bar(label: string, unit: string): Progress {
  const shown = new SingleBar({
    format: `${label} {bar} {percentage} % | {value} of {total} ${unit}{pace}`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  const pace = createPaceMeter();
  let started = false;
  return {
    update: (done, total, known) => {
      const text = paceText(known ?? pace(done, total));
      if (!started) shown.start(total, done, { pace: text });
      started = true;
      shown.setTotal(total);
      shown.update(done, { pace: text });
    },
    stop: () => {
      if (started) shown.stop();
      started = false;
    },
  };
}

/** Tells how long something still takes from how far it has come since it was first looked at. */
function createPaceMeter(): (done: number, total: number) => Partial<Pace> {
  let first: { readonly done: number; readonly at: number } | undefined;
  return (done, total) => {
    const now = performance.now();
    first ??= { done, at: now };
    const gone = done - first.done;
    return { leftMs: gone > 0 ? ((now - first.at) * (total - done)) / gone : null };
  };
}

function lines(label: string, unit: string): Progress {
  let last = performance.now();
  return {
    update: (done, total, pace) => {
      const now = performance.now();
      if (now - last < LINE_EVERY_MS || total === 0) return;
      last = now;
      const left = pace === undefined ? '' : paceText(pace);
      process.stderr.write(`${label}: ${percentOf(done, total)}, ${done} of ${total} ${unit}${left}\n`);
    },
    stop: () => undefined,
  };
}

function percentOf(done: number, total: number): string {
  return `${Math.floor((100 * done) / Math.max(total, 1))} %`;
}

function paceText({ eventsPerSecond, leftMs }: Partial<Pace>): string {
  const rate = eventsPerSecond === undefined ? '' : `, ${Math.round(eventsPerSecond)} a second`;
  return leftMs == null ? rate : `${rate}, ${durationOf(leftMs)} left`;
}

function durationOf(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
