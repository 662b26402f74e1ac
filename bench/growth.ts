import 'reflect-metadata/lite';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { openLogReadOnly, verifyLog, verifyViews } from '../src/engines/sqlite/index.js';
import { order, orderEvents, orders } from '../src/orders/index.js';
import { orderById } from '../src/orders/queries/orders.queries.js';
import { bareCommands, bareQueries } from './growth-floor.js';
import { growLog, writePattern, type Grown } from './grown-log.js';
import { bench, latency, type Bench, type Section, type Variant } from './harness.js';
import { createHttpClient } from './http-client.js';
import { caughtUp, composeIn } from './in-process.js';
import { operations } from './operations.js';
import { startService } from './service.js';
import { compareSizes, measured } from './sizes.js';
import { closedLoop, timed, writeOrder } from './workload.js';

/** Events in log and views; the others are compared with the first. */
const EVENTS = (process.env['GROWTH_EVENTS'] ?? '10000,1000000,10000000').split(',').map(Number);
const IN_FLIGHT = 64;
const CONNECTIONS = 8;
/** Rows of each table that are compared with their events where a replay would take too long. */
const SAMPLE_ROWS = 20;

/** How much one run does. */
interface Amounts {
  readonly rounds: number;
  readonly orders: number;
  readonly warmUpOrders: number;
  readonly oldOrders: number;
  readonly queries: number;
  readonly requests: number;
}

const FULL: Amounts = {
  rounds: 5,
  orders: 2_000,
  warmUpOrders: 300,
  oldOrders: 1_400,
  queries: 20_000,
  requests: 4_000,
};
const QUICK: Amounts = {
  rounds: 1,
  orders: 40,
  warmUpOrders: 4,
  oldOrders: 40,
  queries: 400,
  requests: 50,
};

await bench('growth', async (running) => {
  const logs = await growLogs(running);
  const amounts = running.quick ? QUICK : FULL;
  return [
    await commands(logs, amounts, running),
    await oldOrders(logs, amounts),
    await queries(logs, amounts),
    await queriesOverHttp(logs, amounts),
    await bareQueries(logs, amounts.rounds, amounts.queries),
    // Last: it leaves logs behind that nobody can use.
    ...(await bareCommands(logs, orders.projections ?? [], amounts, running)),
  ];
});

/** Makes the logs; the first one is verified whole, of the others the views of a few entities. */
async function growLogs({ quick, scratch }: Bench): Promise<readonly Grown[]> {
  const pattern = await writePattern(scratch(), quick ? 100 : undefined);
  const sizes = quick ? [pattern.head, 3 * pattern.head] : EVENTS;
  const logs: Grown[] = [];
  for (const events of sizes) {
    const copies = Math.max(1, Math.round(events / pattern.head));
    const grown = await growLog(pattern, scratch(), copies);
    await verify(grown, logs.length === 0 ? undefined : SAMPLE_ROWS);
    logs.push(grown);
  }
  return logs;
}

/** Throws where the log is not sound, or where views are not what a replay makes. */
async function verify({ folder }: Grown, sample: number | undefined): Promise<void> {
  const file = join(folder, 'log.sqlite');
  if (sample === undefined && verifyLog(file).total > 0) throw new Error('The grown log is not sound.');
  const log = openLogReadOnly(file);
  const about = { viewsFolder: join(folder, 'views'), log, knownTypes: new Set<string>(orderEvents.types) };
  for (const projection of orders.projections ?? []) {
    const report = await verifyViews({ ...about, projection, sample });
    // Sums over all entities have no events of their own to be compared with.
    const fine = report.outcome === 'identical' || (sample !== undefined && report.outcome === 'absent');
    if (!fine) throw new Error(`After growing: ${JSON.stringify(report)}`);
  }
  log.close();
}

/** The same load as the bench of commands: it writes orders that were not there. */
function commands(logs: readonly Grown[], amounts: Amounts, { scratch }: Bench): Promise<Section> {
  const variant =
    (grown: Grown): Variant =>
    async () => {
      let { folder } = grown;
      if (grown === logs[0]) {
        // It would not stay small.
        folder = scratch();
        cpSync(grown.folder, folder, { recursive: true });
      }
      const { kernel, close } = await composeIn(folder, { projections: true });
      const write = async (count: number): Promise<readonly number[]> => {
        const latencies: number[] = [];
        await closedLoop(
          IN_FLIGHT,
          (n) => n < count,
          (n) => writeOrder(kernel.commands, n, latencies),
        );
        await caughtUp(kernel);
        return latencies;
      };
      await write(amounts.warmUpOrders);
      const sample = await measured(['commands/s', 'ack', 'CPU µs/command'], () => write(amounts.orders));
      await close();
      return sample;
    };
  return compareSizes(
    `createOrder and 4 × addOrderItem with three projections, ${IN_FLIGHT} in flight, synchronous=FULL (bar: 0.8)`,
    { logs, metric: 'commands/s', rounds: amounts.rounds, variant },
  );
}

/** Each command is about another order, whose events are read; all are refused, so nothing changes. */
function oldOrders(logs: readonly Grown[], { rounds, oldOrders: count }: Amounts): Promise<Section> {
  const variant =
    ({ folder, orderId }: Grown): Variant =>
    async () => {
      const { kernel, close } = await composeIn(folder, { projections: true });
      const sample = await measured(['commands/s', 'ack', 'CPU µs/command'], async () => {
        const latencies: number[] = [];
        await closedLoop(
          IN_FLIGHT,
          (n) => n < count,
          async (n) => {
            const input = { orderId: orderId(n), paymentReference: 'again' };
            const { status } = await timed(latencies, () =>
              kernel.commands.send(order.commands.payOrder, input),
            );
            if (status === 'ACCEPTED') throw new Error('An order was paid twice.');
          },
        );
        return latencies;
      });
      await close();
      return sample;
    };
  const title = `payOrder to ${count} orders of all ages, each refused, ${IN_FLIGHT} in flight: nothing is in memory`;
  return compareSizes(title, { logs, metric: 'commands/s', rounds, variant });
}

async function queries(logs: readonly Grown[], { rounds, queries: count }: Amounts): Promise<Section> {
  const open = await Promise.all(logs.map(({ folder }) => composeIn(folder, { projections: true })));
  let asked = 0;
  const variant = ({ orderId }: Grown, at: number): Variant => {
    const kernel = open[at]?.kernel;
    return () =>
      measured(['queries/s', 'query', 'CPU µs/query'], async () => {
        const latencies: number[] = [];
        for (let n = 0; n < count; n += 1) {
          const id = orderId(asked++);
          const found = await timed(latencies, async () => kernel?.queries.ask(orderById, id));
          if (found?.value?.id !== id) throw new Error(`The order ${id} was not found.`);
        }
        return latencies;
      });
  };
  const title = `orderById through the query bus, one at a time, ${count} orders of all ages (bar: p99 1.25)`;
  const section = await compareSizes(title, { logs, metric: 'query p99 ms', rounds, variant });
  for (const { close } of open) await close();
  return section;
}

async function queriesOverHttp(
  logs: readonly Grown[],
  { rounds, requests: count }: Amounts,
): Promise<Section> {
  const services = await Promise.all(logs.map(({ folder }) => startService('service', folder)));
  const clients = services.map(({ url }) => createHttpClient(url, CONNECTIONS));
  let asked = 0;
  const variant =
    ({ orderId }: Grown, at: number): Variant =>
    async () => {
      await services[at]?.read();
      const latencies: number[] = [];
      const started = performance.now();
      await closedLoop(
        CONNECTIONS,
        (n) => n < count,
        async () => {
          const id = orderId(asked++);
          const answer = await timed(latencies, async () => clients[at]?.send(operations.order, { id }));
          if (answer?.data['order']?.id !== id) throw new Error(`The order ${id} was not found.`);
        },
      );
      const seconds = (performance.now() - started) / 1_000;
      const { cpuMs = NaN } = (await services[at]?.read()) ?? {};
      return {
        'queries/s': count / seconds,
        ...latency('query', latencies),
        'CPU µs/query': (cpuMs / count) * 1_000,
      };
    };
  const title = `order(id) over HTTP, ${CONNECTIONS} connections, ${count} orders of all ages (bar: p99 1.25)`;
  const section = await compareSizes(title, { logs, metric: 'query p99 ms', rounds, variant });
  for (const client of clients) client.close();
  for (const service of services) await service.stop();
  return section;
}
