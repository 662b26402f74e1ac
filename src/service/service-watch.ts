import type { ServiceFacts, ServiceWatch } from '../graphql/index.js';
import { createServiceSampler, type Readings, type ServiceSample } from '../telemetry/index.js';
import { VERSION, type Config } from '../settings/index.js';

/** What `serviceStatus` shows of a service that starts now. */
export function serviceWatch(readings: Readings, { durability }: Pick<Config, 'durability'>): ServiceWatch {
  const about = { startedAt: Date.now(), version: VERSION, durability };
  const { watch, latest } = createServiceSampler(readings);
  let shown: { readonly sample: ServiceSample; readonly facts: ServiceFacts } | undefined;
  return {
    watch,
    // The same facts for the same sample: that is how those who watch know that there is nothing new.
    latest: async () => {
      const sample = await latest();
      if (shown?.sample !== sample) shown = { sample, facts: { ...about, ...sample } };
      return shown.facts;
    },
  };
}
