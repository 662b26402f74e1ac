import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { formatTable } from './table.js';

/** What one run of a variant measured, by metric; the metric's name ends in its unit. */
export type Sample = Readonly<Record<string, number>>;

/** Runs a variant once, on a state of its own. */
export type Variant = () => Promise<Sample>;

/** The medians of one variant over all rounds, and each round's value of the metric that is compared. */
export interface Row {
  readonly name: string;
  readonly metrics: Sample;
  readonly rounds: readonly number[];
}

/** A table of a bench's report. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** What a bench works with. */
export interface Bench {
  /** True for a smoke run of a few seconds whose figures mean nothing. */
  readonly quick: boolean;
  /** A new folder that is removed at the end. */
  readonly scratch: () => string;
}

/** How variants are run against each other. */
export interface Comparison {
  readonly title: string;
  readonly variants: Readonly<Record<string, Variant>>;
  readonly rounds: number;
  /** The metric that variants are compared by, others that are too, and the variant that they are compared with. */
  readonly compare: {
    readonly metric: string;
    readonly also?: readonly string[];
    readonly reference: string;
  };
}

/** A bench may take this long; after that the process ends with a failure. */
const TIME_MAX_MS = 25 * 60_000;

/** Runs a bench, prints its tables, and writes `results/<name>.json` unless the run was a quick one. */
export async function bench(name: string, run: (bench: Bench) => Promise<readonly Section[]>): Promise<void> {
  const quick = process.argv.includes('--quick');
  const folders: string[] = [];
  const watchdog = setTimeout(() => {
    process.stderr.write(`${name} took longer than ${TIME_MAX_MS / 60_000} minutes.\n`);
    process.exit(1);
  }, TIME_MAX_MS);
  const scratch = (): string => {
    const folder = mkdtempSync(join(tmpdir(), `tidemark-bench-${name}-`));
    folders.push(folder);
    return folder;
  };
  try {
    const started = performance.now();
    const sections = await run({ quick, scratch });
    const seconds = Math.round((performance.now() - started) / 1_000);
    print(name, sections, seconds);
    if (!quick) write(name, sections, seconds);
  } finally {
    clearTimeout(watchdog);
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Runs all variants in each round, every other round backwards, after a warm-up that is not counted. */
export async function compare({
  title,
  variants,
  rounds,
  compare: { metric, also = [], reference },
}: Comparison): Promise<Section> {
  const names = Object.keys(variants);
  const samples = new Map<string, Sample[]>(names.map((name) => [name, []]));
  for (let round = rounds > 1 ? -1 : 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await variants[name]?.();
      if (sample !== undefined && round >= 0) samples.get(name)?.push(sample);
      progress(`${title}: ${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}, ${name}`);
    }
  }
  progress('');
  const base = samples.get(reference) ?? [];
  const rows = names.map((name) => {
    const own = samples.get(name) ?? [];
    const ratios = [metric, ...also].map((compared) => [
      `${compared} × ${reference}`,
      median(own.map((sample, round) => (sample[compared] ?? NaN) / (base[round]?.[compared] ?? NaN))),
    ]);
    const metrics: Sample = { ...medians(own), ...Object.fromEntries(ratios) };
    return { name, metrics, rounds: own.map((sample) => sample[metric] ?? NaN) };
  });
  return { title, rows };
}

/** The middle value; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** The value that this share of the values does not exceed; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** p50 and p99 under these names. */
export function latency(name: string, values: readonly number[]): Sample {
  return { [`${name} p50 ms`]: percentile(values, 0.5), [`${name} p99 ms`]: percentile(values, 0.99) };
}

function medians(samples: readonly Sample[]): Sample {
  const metrics = Object.keys(samples[0] ?? {});
  return Object.fromEntries(
    metrics.map((metric) => [metric, median(samples.map((sample) => sample[metric] ?? NaN))]),
  );
}

function machine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

function print(name: string, sections: readonly Section[], seconds: number): void {
  const { cpu, cores, memoryGiB, node } = machine();
  process.stdout.write(`\n${name}: ${seconds} s on ${cores} × ${cpu}, ${memoryGiB} GiB, Node ${node}\n`);
  for (const { title, rows } of sections) process.stdout.write(`\n${title}\n${formatTable(rows)}\n`);
}

function write(name: string, sections: readonly Section[], seconds: number): void {
  // From the repository's root, where npm runs scripts: a built bench lies elsewhere.
  const folder = resolve('bench/results');
  mkdirSync(folder, { recursive: true });
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value;
  const result = { bench: name, at: new Date().toISOString(), seconds, machine: machine(), sections };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(result, rounded, 1)}\n`);
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
