import { join } from 'node:path';
import type { CommandBus } from '../src/kernel/index.js';
import { GROUP_MAX, openBareLog, readCommands, type BareWork, type CommandRows } from './bare-log.js';
import { promiseOf, type Sent } from './promised-work.js';
import { bench, compare, latency, type Sample, type Variant } from './harness.js';
import { caughtUp, composeIn } from './in-process.js';
import { COMMANDS_PER_ORDER, closedLoop, timed, writeOrder } from './workload.js';

/** What the bare variants do, for who reads the table. */
const NOTES = [
  'bare group commit: better-sqlite3 writes the same rows, all that wait in one transaction. It decides and checks nothing.',
  'bare, looks up and checks: the same, and for each command it looks up the command’s id, reads the order’s events if it does not know the order, and asks whether anything was appended to it since.',
  'bare, promises as much: the same once more, and what every command is promised without any decision: its input is validated by its schema, it gets its ids, the fingerprint that makes it safe to retry, its events as JSON text, and its checksum. No kernel, no bus, no state: what a command costs at least, whoever writes it.',
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
    (
      rows: readonly CommandRows[],
      inFlight: number,
      groupMax: number,
      work: BareWork = 'rows',
      before: (n: number) => void = () => undefined,
    ): Variant =>
    async () => {
      const log = openBareLog(join(scratch(), 'log.sqlite'), groupMax, work);
      const latencies: number[] = [];
      const started = startClock();
      await closedLoop(
        inFlight,
        (n) => n < rows.length && performance.now() - started.at < roundMs,
        (n) =>
          timed(latencies, () => {
            before(n);
            return log.append(rows[n] as CommandRows);
          }),
      );
      const sample = sampleOf(latencies, started);
      log.close();
      return sample;
    };

  const section = async (inFlight: number, orders: number) => {
    const { rows, promised } = await record(orders, inFlight);
    const compared = await compare({
      title: `createOrder and ${COMMANDS_PER_ORDER - 1} × addOrderItem, ${rows.length} commands, ${inFlight} in flight, synchronous=FULL`,
      rounds: quick ? 1 : 5,
      compare: { metric: 'commands/s', reference: 'bare group commit' },
      variants: {
        'bare group commit': bare(rows, inFlight, GROUP_MAX),
        'bare, looks up and checks': bare(rows, inFlight, GROUP_MAX, 'checks'),
        'bare, promises as much': bare(rows, inFlight, GROUP_MAX, 'checks', (n) => promised[n]?.()),
        'kernel, no projections': throughKernel(orders, inFlight, false),
        'kernel, three projections': throughKernel(orders, inFlight, true),
        // Fewer of them: at one fsync a command the rest would only take longer.
        'bare, a transaction each': bare(rows.slice(0, by(200, 1_500, 3_000)), inFlight, 1),
      },
    });
    return { ...compared, notes: NOTES };
  };

  /** The rows that the kernel writes for this load, for the bare variants to write again, and what it did for each before. */
  async function record(orders: number, inFlight: number) {
    const folder = scratch();
    const { kernel, close } = await composeIn(folder, { projections: false });
    const sent = new Map<string, Sent>();
    const commands: CommandBus = {
      send: async (type, input) => {
        const result = await kernel.commands.send(type, input);
        sent.set(result.commandId.replaceAll('-', ''), { type, input });
        return result;
      },
    };
    await closedLoop(
      inFlight,
      (n) => n < orders,
      (n) => writeOrder(commands, n, []),
    );
    await close();
    const rows = readCommands(join(folder, 'log.sqlite'));
    return { rows, promised: rows.map((row) => promiseOf(row, sent)) };
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
