import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Grown } from './grown-log.js';
import { compare, latency, type Sample, type Section, type Variant } from './harness.js';

/** What is compared over the sizes of logs. */
export interface Sizes {
  readonly logs: readonly Grown[];
  readonly metric: string;
  readonly rounds: number;
  readonly variant: (grown: Grown, at: number) => Variant;
}

/** Compares logs of several sizes with the first of them; their files are in memory beforehand. */
export async function compareSizes(
  title: string,
  { logs, metric, rounds, variant }: Sizes,
): Promise<Section> {
  for (const { folder } of logs) await warm(folder);
  const nameOf = ({ events }: Grown): string => `${events.toLocaleString('en-US')} events`;
  const variants = Object.fromEntries(logs.map((grown, at) => [nameOf(grown), variant(grown, at)]));
  const reference = Object.keys(variants)[0] ?? '';
  return compare({ title, variants, rounds, compare: { metric, reference } });
}

/** Reads the files once, so that what is measured is the service and not whether the system still has them in memory. */
async function warm(folder: string): Promise<void> {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.sqlite')) continue;
    for await (const _ of createReadStream(join(folder, name), { highWaterMark: 1_048_576 }));
  }
}

/** Runs what notes how long each thing took; the processor's time hardly depends on what else the machine does. */
export async function measured(
  [rate, each, cpuOfEach]: readonly [string, string, string],
  run: () => Promise<readonly number[]>,
): Promise<Sample> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const latencies = await run();
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    [rate]: latencies.length / seconds,
    ...latency(each, latencies),
    [cpuOfEach]: (user + system) / latencies.length,
  };
}
