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
  /** What else there is to say, below the table. */
  readonly notes?: readonly string[];
}

/** `quick` only shows that a bench runs; `short` is what `npm run bench` takes; `full` is what is kept. */
export type Mode = 'quick' | 'short' | 'full';

/** What a bench works with. */
export interface Bench {
  /** True for a smoke run of a few seconds whose figures mean nothing. */
  readonly quick: boolean;
  /** One of three by how long the bench may take: quick, short or full. */
  readonly by: <T>(quick: T, short: T, full: T) => T;
  /** A new folder that is removed at the end. */
  readonly scratch: () => string;
}

/** What a run of a bench writes as JSON. */
export interface BenchResult {
  readonly bench: string;
  readonly mode: Mode;
  readonly at: string;
  readonly seconds: number;
  readonly machine: Machine;
  readonly sections: readonly Section[];
}

/** Where a bench ran. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly platform: string;
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

/** Where full runs write what they measured: from the repository's root, where npm runs scripts, as a built bench lies elsewhere. */
export const RESULTS = resolve('bench/results');

/** A bench may take this long; after that the process ends with a failure. */
const TIME_MAX_MS = 25 * 60_000;

/**
 * Runs a bench and prints its tables. A full run writes `results/<name>.json`; `--quick` and `--short` write nothing, unless
 * `--out <folder>` says where.
 */
export async function bench(name: string, run: (bench: Bench) => Promise<readonly Section[]>): Promise<void> {
  const { mode, out } = readArguments();
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
    const by = <T>(quick: T, short: T, full: T): T => ({ quick, short, full })[mode];
    const sections = await run({ quick: mode === 'quick', by, scratch });
    const seconds = Math.round((performance.now() - started) / 1_000);
    print(name, sections, seconds);
    if (out !== undefined)
      write(out, { bench: name, mode, at: new Date().toISOString(), seconds, machine: machine(), sections });
  } finally {
    clearTimeout(watchdog);
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function readArguments(): { readonly mode: Mode; readonly out: string | undefined } {
  const { argv } = process;
  const mode = argv.includes('--quick') ? 'quick' : argv.includes('--short') ? 'short' : 'full';
  const out = argv.includes('--out') ? argv[argv.indexOf('--out') + 1] : undefined;
  return { mode, out: out ?? (mode === 'full' ? RESULTS : undefined) };
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

function machine(): Machine {
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
  for (const { title, rows, notes = [] } of sections)
    process.stdout.write(`\n${[title, formatTable(rows), ...notes].join('\n')}\n`);
}

function write(folder: string, result: BenchResult): void {
  mkdirSync(folder, { recursive: true });
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value;
  writeFileSync(join(folder, `${result.bench}.json`), `${JSON.stringify(result, rounded, 1)}\n`);
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
