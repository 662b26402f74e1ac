import { join } from 'node:path';
import { openBareLog, readCommands, type BareWork, type CommandRows } from './bare-log.js';
import { bench, compare, latency, type Sample, type Variant } from './harness.js';
import { caughtUp, composeIn } from './in-process.js';
import { COMMANDS_PER_ORDER, closedLoop, timed, writeOrder } from './workload.js';

/** As the engine's own limit: it is never reached at 64 in flight. */
const GROUP_MAX = 512;

/** What the bare variants do, for who reads the table. */
const NOTES = [
  'bare group commit: better-sqlite3 writes the same rows, all that wait in one transaction. It decides and checks nothing.',
  'bare, looks up and checks: the same, and for each command it looks up the command’s id, reads the order’s events if it does not know the order, and asks whether anything was appended to it since.',
  'bare, a transaction each: the same rows with an fsync for each command.',
];

await bench('commands', async ({ quick, by, scratch }) => {
  // However slow the disk is at the moment, a round ends.
  const roundMs = by(500, 400, 3_000);

  const throughKernel =
    (orders: number, inFlight: number, projections: boolean): Variant =>
    async () => {
      const { kernel, close } = await composeIn(scratch(), { projections });
      const latencies: number[] = [];
      const started = startClock();
      await closedLoop(
        inFlight,
        (n) => n < orders && performance.now() - started.at < roundMs,
        (n) => writeOrder(kernel.commands, n, latencies),
      );
      // The views count too: a backlog would only be work put off.
      await caughtUp(kernel);
      const sample = sampleOf(latencies, started);
      await close();
      return sample;
    };

  const bare =
    (rows: readonly CommandRows[], inFlight: number, groupMax: number, work: BareWork = 'rows'): Variant =>
    async () => {
      const log = openBareLog(join(scratch(), 'log.sqlite'), groupMax, work);
      const latencies: number[] = [];
      const started = startClock();
      await closedLoop(
        inFlight,
        (n) => n < rows.length && performance.now() - started.at < roundMs,
        (n) => timed(latencies, () => log.append(rows[n] as CommandRows)),
      );
      const sample = sampleOf(latencies, started);
      log.close();
      return sample;
    };

  const section = async (inFlight: number, orders: number) => {
    const rows = await record(orders, inFlight);
    const compared = await compare({
      title: `createOrder and ${COMMANDS_PER_ORDER - 1} × addOrderItem, ${rows.length} commands, ${inFlight} in flight, synchronous=FULL`,
      rounds: quick ? 1 : 5,
      compare: { metric: 'commands/s', reference: 'bare group commit' },
      variants: {
        'bare group commit': bare(rows, inFlight, GROUP_MAX),
        'bare, looks up and checks': bare(rows, inFlight, GROUP_MAX, 'checks'),
        'kernel, no projections': throughKernel(orders, inFlight, false),
        'kernel, three projections': throughKernel(orders, inFlight, true),
        // Fewer of them: at one fsync a command the rest would only take longer.
        'bare, a transaction each': bare(rows.slice(0, by(200, 1_500, 3_000)), inFlight, 1),
      },
    });
    return { ...compared, notes: NOTES };
  };

  /** The rows that the kernel writes for this load, for the bare variants to write again. */
  async function record(orders: number, inFlight: number): Promise<readonly CommandRows[]> {
    const folder = scratch();
    const { kernel, close } = await composeIn(folder, { projections: false });
    await closedLoop(
      inFlight,
      (n) => n < orders,
      (n) => writeOrder(kernel.commands, n, []),
    );
    await close();
    return readCommands(join(folder, 'log.sqlite'));
  }

  return [await section(64, by(200, 3_000, 5_000)), await section(1, by(40, 300, 600))];
});

function startClock() {
  return { at: performance.now(), cpu: process.cpuUsage() };
}

function sampleOf(latencies: readonly number[], { at, cpu }: ReturnType<typeof startClock>): Sample {
  const seconds = (performance.now() - at) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    'commands/s': latencies.length / seconds,
    ...latency('ack', latencies),
    // Hardly depends on what else the machine does.
    'CPU µs/command': (user + system) / latencies.length,
  };
}
