import { fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBars } from './bars.js';
import { RESULTS } from './harness.js';
import { START_FLAGS } from './service.js';
import { countBars, formatBars, readResults } from './results.js';

/** What the bars need that can be had in five minutes; `peers` runs where its packages are installed. */
const BENCHES = ['commands', 'http', 'read-your-writes', 'replay', 'long-entity', 'event-loop', 'peers'];

// Runs the short set, then prints the bars: those of benches that are not in it as the last full run left them.
// `--save` keeps what was measured as if it were of full runs.
const save = process.argv.includes('--save');
const out = save ? RESULTS : mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
const started = performance.now();
const failed: string[] = [];
for (const name of BENCHES) {
  if (name === 'peers' && !existsSync(new URL('peers/node_modules', import.meta.url))) {
    process.stdout.write('\nThe peers are not installed; npm run bench:peers does that.\n');
    continue;
  }
  const child = fork(...scriptOf(name));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) failed.push(name);
}
/** Built, as users run it; the peers' packages are found from the source. */
function scriptOf(name: string): [string, string[], ForkOptions] {
  const script = name === 'peers' ? './peers.ts' : `../dist/bench/bench/${name}.js`;
  const execArgv = name === 'peers' ? process.execArgv : START_FLAGS;
  return [fileURLToPath(new URL(script, import.meta.url)), ['--short', '--out', out], { execArgv }];
}

const fresh = readResults(out);
const kept = readResults(RESULTS).filter(({ bench }) => fresh.every((result) => result.bench !== bench));
const readings = readBars([...fresh, ...kept]);
const seconds = Math.round((performance.now() - started) / 1_000);
process.stdout.write(`\nThe bars, after ${seconds} s\n\n${formatBars(readings)}\n\n${countBars(readings)}\n`);
if (!save) rmSync(out, { recursive: true, force: true });
if (failed.length > 0) throw new Error(`These benches failed: ${failed.join(', ')}.`);
