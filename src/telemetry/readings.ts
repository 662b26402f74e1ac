import type { Registry } from 'prom-client';

/** A histogram as it is now: how many were at most each bound, ascending; `count` has those above all bounds, too. */
export interface HistogramReading {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
}

/** A sample of a metric: prom-client gives those of a histogram the names of what they are. */
interface Sample {
  readonly metricName?: string;
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
}

/** Reads metrics by name, added up over labels where nothing else is said. Throws where there is none of the name. */
export interface Readings {
  readonly value: (name: string) => Promise<number>;
  /** Added up by what one label says. */
  readonly byLabel: (name: string, label: string) => Promise<ReadonlyMap<string, number>>;
  readonly histogram: (name: string) => Promise<HistogramReading>;
}

/** Reads the metrics of a registry: the same that Prometheus is given. */
export function readingsOf(registry: Registry): Readings {
  async function samples(name: string): Promise<readonly Sample[]> {
    const metric = registry.getSingleMetric(name);
    if (metric === undefined) throw new Error(`There is no metric ${name}.`);
    return (await metric.get()).values;
  }

  return {
    value: async (name) => total(await samples(name)),
    byLabel: async (name, label) => {
      const found = (await samples(name)).filter(({ metricName = '' }) => !/_(bucket|sum)$/.test(metricName));
      return sumsBy(found, label);
    },
    histogram: async (name) => {
      const all = await samples(name);
      const named = (suffix: string) => all.filter(({ metricName }) => metricName === `${name}_${suffix}`);
      const buckets = sumsBy(named('bucket'), 'le');
      const bounds = [...buckets.keys()]
        .map(Number)
        .filter(Number.isFinite)
        .sort((one, other) => one - other);
      return {
        bounds,
        counts: bounds.map((bound) => buckets.get(String(bound)) ?? 0),
        count: total(named('count')),
        sum: total(named('sum')),
      };
    },
  };
}

function total(samples: readonly Sample[]): number {
  return samples.reduce((sum, { value }) => sum + value, 0);
}

function sumsBy(samples: readonly Sample[], label: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { labels, value } of samples) {
    const key = String(labels[label]);
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return sums;
}
