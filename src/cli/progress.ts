import { SingleBar } from 'cli-progress';

/** Without a terminal a line is written this often at most. */
const LINE_EVERY_MS = 2_000;

/** Shows on standard error how far something is. */
export interface Progress {
  readonly update: (done: number, total: number) => void;
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
    format: `${label} {bar} {percentage} % | {value} of {total} ${unit} | {eta_formatted} left`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  let started = false;
  return {
    update: (done, total) => {
      if (!started) shown.start(total, done);
      started = true;
      shown.setTotal(total);
      shown.update(done);
    },
    stop: () => {
      if (started) shown.stop();
      started = false;
    },
  };
}

function lines(label: string, unit: string): Progress {
  let last = performance.now();
  return {
    update: (done, total) => {
      const now = performance.now();
      if (now - last < LINE_EVERY_MS || total === 0) return;
      last = now;
      process.stderr.write(`${label}: ${Math.floor((100 * done) / total)} %, ${done} of ${total} ${unit}\n`);
    },
    stop: () => undefined,
  };
}
