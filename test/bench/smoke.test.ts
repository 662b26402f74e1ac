import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readBars } from '../../bench/bars.js';
import { formatReport, readResults } from '../../bench/results.js';
import { ended, startChild } from '../support/child.js';

/** Those that are over in a few seconds and need nothing that is not installed. */
const BENCHES = [
  'commands',
  'replay',
  'read-your-writes',
  'long-entity',
  'courses',
  'http',
  'fanout',
  'cluster',
];
/** Those of which every bar that speaks of them must find its figure. */
const WITH_BARS = ['commands', 'replay', 'read-your-writes', 'long-entity'];

/** Beside other tests; the one with a server and several nodes takes longest. */
const TIMEOUT_MS = 180_000;

const out = mkdtempSync(join(tmpdir(), 'tidemark-bench-smoke-'));
afterAll(() => {
  rmSync(out, { recursive: true, force: true });
});

// That they run, never how fast.
describe('a quick run', () => {
  it.each(BENCHES)(
    'of the bench %s ends with a table and the same as JSON',
    async (name) => {
      const script = new URL(`../../bench/${name}.ts`, import.meta.url);
      const { output, code } = await ended(startChild(script, '--quick', '--out', out));
      expect(code, output).toBe(0);
      const result = readResults(out).find(({ bench }) => bench === name);
      expect(result).toMatchObject({ mode: 'quick' });
      expect(result?.sections.length).toBeGreaterThan(0);
      for (const { title, rows } of result?.sections ?? []) {
        expect(output).toContain(title);
        for (const row of rows) {
          expect(output).toContain(`\n| ${row.name}`);
          expect(Object.values(row.metrics)).toSatisfy((all: number[]) => all.every(Number.isFinite));
        }
      }
    },
    TIMEOUT_MS,
  );
});

describe('the report', () => {
  it('finds the figure of each bar, and has every table', () => {
    const results = readResults(out);
    const readings = readBars(results);
    const lost = readings.filter(({ bar, value }) => WITH_BARS.includes(bar.at.bench) && value === undefined);
    expect(lost.map(({ bar }) => bar.what)).toEqual([]);
    const report = formatReport(results, readings);
    for (const { title } of results.flatMap(({ sections }) => sections)) expect(report).toContain(title);
  });

  it('says of bars without a result that they were not measured', () => {
    const readings = readBars([]);
    expect(readings.every(({ met }) => met === undefined)).toBe(true);
    expect(formatReport([], readings)).toContain(`0 met, 0 missed, ${readings.length} not measured.`);
  });
});
