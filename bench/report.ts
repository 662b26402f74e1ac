import { writeFileSync } from 'node:fs';
import { readBars } from './bars.js';
import { RESULTS } from './harness.js';
import { countBars, formatReport, readResults } from './results.js';

// Writes RESULTS.md from what the last full run of each bench left behind.
const results = readResults(RESULTS);
const readings = readBars(results);
writeFileSync(new URL('RESULTS.md', import.meta.url), formatReport(results, readings));
process.stdout.write(`bench/RESULTS.md: ${countBars(readings)}\n`);
