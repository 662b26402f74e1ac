import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { growLog, writePattern } from './grown-log.js';
import { bench, compare, latency, median, type Variant } from './harness.js';
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
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

await bench('rebuild-commands', async ({ quick, scratch }) => {
  const pattern = await writePattern(scratch(), quick ? 400 : undefined);
  const grown = await growLog(pattern, scratch(), quick ? 4 : Math.ceil(EVENTS / pattern.head));
  const ms = quick ? 300 : 4_000;
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

  const alone: number[] = [];
  for (let round = 0; round < (quick ? 1 : 3); round += 1)
    alone.push(
      await onService(async (service) => {
        const rebuild = await startRebuild(service.url);
        await rebuild.ended;
        return rebuild.rate();
      }),
    );

  type Load = (service: Service) => Promise<InProcessReading>;
  const variants = (load: Load): Record<string, Variant> => ({
    'commands alone': () => onService(async (service) => sampleOf(await load(service))),
    'beside a rebuild of orders': () =>
      onService(async (service) => {
        const rebuild = await startRebuild(service.url);
        const reading = await load(service);
        const [rate, whole] = [rebuild.rate(), rebuild.running()];
        await rebuild.stop();
        return {
          ...sampleOf(reading),
          'rebuild events/s': rate,
          'rebuild × alone': rate / median(alone),
          // Otherwise part of the commands had the service to themselves.
          'rebuilding to the end': whole ? 1 : 0,
        };
      }),
  });
  const section = (title: string, load: Load) =>
    compare({
      title: `${title}, synchronous=FULL (bars: commands 0.85, p99 3)`,
      rounds,
      compare: { metric: 'commands/s', also: ['ack p99 ms'], reference: 'commands alone' },
      variants: variants(load),
    });

  const full = await section(
    `createOrder and 4 × addOrderItem in the service's process, ${IN_FLIGHT} in flight`,
    (service) => service.runCommands(ms, IN_FLIGHT),
  );
  const capacity = full.rows[0]?.metrics['commands/s'] ?? NaN;
  const perSecond = Math.round(capacity * SHARE);
  return [
    full,
    await section(`${perSecond} × createOrder a second, ${SHARE} of that`, (service) =>
      service.paceCommands(ms, perSecond),
    ),
    {
      title: `A rebuild of orders with nothing beside it, about ${grown.events} events`,
      rows: [{ name: 'alone', metrics: { 'rebuild events/s': median(alone) }, rounds: alone }],
    },
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
    ended,
    stop: () => {
      if (state === 'running') state = 'left';
      return ended;
    },
  };
}
