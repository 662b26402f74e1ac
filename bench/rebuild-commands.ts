import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { growLog, writePattern } from './grown-log.js';
import { bench, compare, latency, type Sample, type Variant } from './harness.js';
import { createHttpClient } from './http-client.js';
import { startService, type InProcessReading, type Service } from './service.js';

const EVENTS = Number(process.env['REBUILD_EVENTS'] ?? 200_000);
const IN_FLIGHT = 64;
/** Of what the service can do alone; the rest is for the rebuild. */
const SHARE = 0.5;
const POLL_MS = 200;

const REBUILD = `mutation { rebuildProjection(name: "orders") { generation } }`;
const STATUS = `{ projection(name: "orders") { generation rebuild { eventsPerSecond } } }`;

/** A rebuild that has begun. */
interface Rebuild {
  /** Events a second from its begin until now, or until its end. */
  readonly rate: () => number;
  readonly running: () => boolean;
  /** Stops watching. */
  readonly stop: () => Promise<void>;
}

await bench('rebuild-commands', async ({ quick, scratch }) => {
  const pattern = await writePattern(scratch(), quick ? 400 : undefined);
  const grown = await growLog(pattern, scratch(), quick ? 4 : Math.ceil(EVENTS / pattern.head));
  const ms = quick ? 300 : 3_000;
  const rounds = quick ? 1 : 5;

  /** Each run has a log of its own: commands make it grow. */
  const onService = async <T>(run: (service: Service) => Promise<T>): Promise<T> => {
    const folder = scratch();
    cpSync(grown.folder, folder, { recursive: true });
    // What the copy left to be written would be waited for by the commands.
    execFileSync('sync');
    const service = await startService('service', folder);
    try {
      await service.runCommands(ms / 2, IN_FLIGHT);
      return await run(service);
    } finally {
      await service.stop();
      rmSync(folder, { recursive: true });
    }
  };

  type Load = (service: Service) => Promise<InProcessReading>;
  const variants = (load: Load): Record<string, Variant> => ({
    'commands alone': () => onService(async (service) => sampleOf(await load(service))),
    both: () => onService((service) => rebuilding(service, async () => sampleOf(await load(service)))),
    'rebuild alone': () => onService((service) => rebuilding(service, () => sleep(ms))),
  });
  const section = (title: string, load: Load) =>
    compare({
      title: `${title}, and a rebuild of orders over ${grown.events} events (bars: commands 0.85, p99 3)`,
      rounds,
      compare: { metric: 'commands/s', also: ['ack p99 ms'], reference: 'commands alone' },
      variants: variants(load),
    });

  const full = await section(
    `createOrder and 4 × addOrderItem in the service's process, ${IN_FLIGHT} in flight`,
    (service) => service.runCommands(ms, IN_FLIGHT),
  );
  const capacity = full.rows.find(({ name }) => name === 'commands alone')?.metrics['commands/s'] ?? NaN;
  const perSecond = Math.round(capacity * SHARE);
  return [
    full,
    await section(`${perSecond} such commands a second, ${SHARE} of that`, (service) =>
      service.paceCommands(ms, perSecond),
    ),
  ];
});

function sampleOf({ commandsPerSecond, latencies, loopDelayP99Ms, cpuMs }: InProcessReading) {
  return {
    'commands/s': commandsPerSecond,
    ...latency('ack', latencies),
    'loop delay p99 ms': loopDelayP99Ms,
    'CPU µs/command': (cpuMs / latencies.length) * 1_000,
  };
}

/** Runs `work` beside a rebuild that has just begun, and adds how that went. */
async function rebuilding(service: Service, work: () => Promise<Sample | void>): Promise<Sample> {
  const rebuild = await startRebuild(service.url);
  const sample = await work();
  const [rate, whole] = [rebuild.rate(), rebuild.running()];
  await rebuild.stop();
  // Where it was over before, part of the work had the service to itself.
  return { ...sample, 'rebuild events/s': rate, 'rebuilding to the end': whole ? 1 : 0 };
}

/** Starts a rebuild and watches it. */
async function startRebuild(url: string): Promise<Rebuild> {
  const http = createHttpClient(url, 1);
  const { data } = await http.send(REBUILD, {});
  const old = data['rebuildProjection'].generation as number;
  let rate = NaN;
  let state: 'running' | 'ended' | 'left' = 'running';
  const watch = async (): Promise<void> => {
    while (state === 'running') {
      const answer = await http.send(STATUS, {});
      const { generation, rebuild } = answer.data['projection'];
      if (generation !== old) state = 'ended';
      else if (rebuild !== null) rate = rebuild.eventsPerSecond as number;
      await sleep(POLL_MS);
    }
    http.close();
  };
  const ended = watch();
  return {
    rate: () => rate,
    running: () => state === 'running',
    stop: () => {
      if (state === 'running') state = 'left';
      return ended;
    },
  };
}
