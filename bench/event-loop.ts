import { bench, compare, latency, type Variant } from './harness.js';
import { startService } from './service.js';
import { slowDisk } from './slow-disk.js';

const IN_FLIGHT = 64;
/** What an fsync takes longer on the slow disk. */
const SLOWER_MS = 10;

await bench('event-loop', async ({ by, scratch }) => {
  const run =
    (slowerMs: number): Variant =>
    async () => {
      const folder = scratch();
      const env = slowerMs === 0 ? {} : slowDisk(scratch(), folder, slowerMs);
      const service = await startService('service', folder, env);
      await service.runCommands(by(200, 500, 1_000), IN_FLIGHT);
      const reading = await service.runCommands(by(500, 1_500, 4_000), IN_FLIGHT);
      await service.stop();
      return {
        'loop delay p99 ms': reading.loopDelayP99Ms,
        'loop delay max ms': reading.loopDelayMaxMs,
        'commands/s': reading.commandsPerSecond,
        ...latency('ack', reading.latencies),
        'CPU µs/command': (reading.cpuMs / reading.latencies.length) * 1_000,
      };
    };
  return [
    await compare({
      title: `The service under full load: createOrder and 4 × addOrderItem in its process, ${IN_FLIGHT} in flight, synchronous=FULL (bar: p99 20 ms)`,
      rounds: by(1, 5, 5),
      compare: { metric: 'loop delay p99 ms', reference: 'this disk' },
      variants: {
        'this disk': run(0),
        [`a disk whose fsync takes ${SLOWER_MS} ms more`]: run(SLOWER_MS),
      },
    }),
  ];
});
