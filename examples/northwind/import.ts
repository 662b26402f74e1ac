import { parseArgs } from 'node:util';
import { RequestFailed } from './attempt.js';
import { importNorthwind, type Progress } from './import-northwind.js';
import { createProgress } from './progress.js';
import { exitCodeOf, summaryLines } from './report.js';

const DEFAULT_URL = 'http://127.0.0.1:4000';
const DEFAULT_IN_FLIGHT = '32';
const SECOND_SIGNAL_AFTER_MS = 1_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const display = createProgress(process.stderr);
  let answered = 0;
  const onProgress = (progress: Progress) => {
    answered = progress.done;
    display.show(progress);
  };
  try {
    const { values } = parseArgs({
      options: { 'in-flight': { type: 'string', default: DEFAULT_IN_FLIGHT } },
    });
    const summary = await importNorthwind({
      url: process.env['TIDEMARK_URL'] ?? DEFAULT_URL,
      token: process.env['TIDEMARK_TOKEN'],
      inFlight: Number(values['in-flight']),
      onProgress,
      signal: stopSignal(),
    });
    display.stop();
    console.log(summaryLines(summary).join('\n'));
    return exitCodeOf(summary);
  } catch (error) {
    display.stop();
    console.error(error instanceof Error ? error.message : error);
    if (answered > 0) console.error(`After ${answered} answered commands; running it again continues there.`);
    return error instanceof RequestFailed && error.kind === 'stopped' ? 130 : 1;
  }
}

/**
 * Aborts on SIGINT or SIGTERM. A second signal ends the process at once, but only after a moment: Ctrl-C reaches a
 * script both from the terminal and from the npm process above it.
 */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let stoppedAt = 0;
  const onSignal = () => {
    if (stop.signal.aborted && Date.now() - stoppedAt > SECOND_SIGNAL_AFTER_MS) process.exit(130);
    if (stop.signal.aborted) return;
    stoppedAt = Date.now();
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stop.signal;
}
