import cliProgress from 'cli-progress';
import type { Progress } from './import-northwind.js';

/** Shows how far the import is. `stop` may be called at any time, and more than once. */
export interface ProgressDisplay {
  show: (progress: Progress) => void;
  stop: () => void;
}

/** Where progress goes: stderr, or something like it in a test. */
export interface ProgressStream extends NodeJS.WritableStream {
  isTTY?: boolean;
}

const LINE_EVERY_MS = 2_000;

/** A progress bar on a terminal; elsewhere (a file, a CI log) a plain line every two seconds and one at the end. */
export function createProgress(stream: ProgressStream): ProgressDisplay {
  return stream.isTTY ? progressBar(stream) : progressLines(stream);
}

function progressBar(stream: ProgressStream): ProgressDisplay {
  const bar = new cliProgress.SingleBar({
    stream,
    format: '{bar} {percentage}% | {value}/{total} commands | {rate}/s | {eta} s left',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    etaBuffer: 500,
    hideCursor: false,
    // The import stops in its own way on SIGINT; the bar must not take part in that.
    gracefulExit: false,
  });
  return {
    show: (progress) => {
      if (bar.isActive) bar.update(progress.done, { rate: rateOf(progress) });
      else bar.start(progress.total, progress.done, { rate: rateOf(progress) });
    },
    stop: () => {
      if (bar.isActive) bar.stop();
    },
  };
}

function progressLines(stream: ProgressStream): ProgressDisplay {
  let shownAtMs = 0;
  return {
    show: (progress) => {
      const { done, total, elapsedMs } = progress;
      if (elapsedMs - shownAtMs < LINE_EVERY_MS && done < total) return;
      shownAtMs = elapsedMs;
      stream.write(`${done}/${total} commands, ${rateOf(progress)}/s\n`);
    },
    stop: () => {},
  };
}

/** Whole commands per second so far. */
export function rateOf({ done, elapsedMs }: Pick<Progress, 'done' | 'elapsedMs'>): number {
  return elapsedMs > 0 ? Math.round((done * 1000) / elapsedMs) : 0;
}
