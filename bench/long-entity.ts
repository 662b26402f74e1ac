import 'reflect-metadata/lite';
import { join } from 'node:path';
import { openSqliteLog, sqliteSnapshots, sqliteViews, type SqliteLog } from '../src/engines/sqlite/index.js';
import {
  EVENTS_PER_COMMAND_MAX,
  SNAPSHOT_EVERY,
  createKernel,
  newId,
  type EventLog,
  type Kernel,
  type NewEvent,
} from '../src/kernel/index.js';
import { order, orderEvents, orders } from '../src/orders/index.js';
import { bench, compare, latency, type Variant } from './harness.js';
import { orderOf, subjectOf, timed } from './workload.js';

/** How a command finds its state. */
interface Setting {
  readonly cached: boolean;
  readonly snapshots: boolean;
}

/** What a snapshot is behind on average. */
const TAIL = SNAPSHOT_EVERY / 2;
const ADDRESS = { ...orderOf(0).shippingAddress, line2: null };

await bench('long-entity', async ({ by, scratch }) => {
  const section = async (events: number, coldCommands: number) => {
    const folder = scratch();
    const log = openSqliteLog({ file: join(folder, 'log.sqlite'), durability: 'full' });
    const orderId = newId();
    await fill(log, folder, orderId, events);
    const commands = by(20, 100, 300);
    const run = (setting: Setting, count: number): Variant => measure(log, folder, orderId, setting, count);
    try {
      return await compare({
        title: `an order of ${events} events, one command at a time, synchronous=FULL`,
        rounds: by(1, 5, 5),
        compare: { metric: 'command p50 ms', reference: 'state in memory' },
        variants: {
          'state in memory': run({ cached: true, snapshots: false }, commands),
          'snapshot and what came after': run({ cached: false, snapshots: true }, commands),
          'log only': run({ cached: false, snapshots: false }, coldCommands),
        },
      });
    } finally {
      log.close();
    }
  };

  // So many events, and so many commands that read all of them.
  const lengths = by(
    [
      [10, 20],
      [10_000, 2],
    ],
    [
      [10, 100],
      [10_000, 10],
    ],
    [
      [10, 300],
      [10_000, 50],
      [100_000, 8],
    ],
  ) as readonly (readonly [number, number])[];
  const sections = [];
  for (const [events, coldCommands] of lengths) sections.push(await section(events, coldCommands));
  return sections;
});

/** Sends commands that find everything as they want it: they cost what they read and one fsync, and nothing grows. */
function measure(
  log: SqliteLog,
  folder: string,
  orderId: string,
  setting: Setting,
  commands: number,
): Variant {
  return async () => {
    let read = 0;
    const counting: EventLog = {
      ...log,
      read: async (scope, options) => {
        const found = await log.read(scope, options);
        read += found.length;
        return found;
      },
    };
    const { kernel, close } = await compose(counting, folder, setting);
    if (setting.cached) await change(kernel, orderId, []);
    read = 0;
    const latencies: number[] = [];
    for (let n = 0; n < commands; n += 1) await change(kernel, orderId, latencies);
    await close();
    return { 'events read/command': read / commands, ...latency('command', latencies) };
  };
}

async function compose(log: EventLog, folder: string, { cached, snapshots }: Setting) {
  const store = sqliteSnapshots(join(folder, 'snapshots.sqlite'));
  const kernel = await createKernel({
    log,
    views: sqliteViews(join(folder, 'views')),
    modules: [{ ...orders, projections: [], queries: [] }],
    ...(!cached && { states: { entriesMax: 0 } }),
    ...(snapshots && { snapshots: store }),
  });
  const close = async (): Promise<void> => {
    await kernel.stop();
    store.close();
  };
  return { kernel, close };
}

/** Writes an order with so many events, and leaves a snapshot where it is long enough for one. */
async function fill(log: SqliteLog, folder: string, orderId: string, count: number): Promise<void> {
  const { items: _, ...input } = orderOf(0);
  const money = { lines: [], freight: 0 };
  const times = { createdAt: 0, orderedAt: null };
  const data = { orderId, ...input, shippingAddress: ADDRESS, ...money, ...times };
  const created = orderEvents.encode({ type: 'OrderCreated', data });
  const changed = orderEvents.encode({
    type: 'ShippingAddressChanged',
    data: { orderId, shippingAddress: ADDRESS },
  });
  await write(log, [created]);
  const tail = Math.min(TAIL, count - 1);
  await write(log, Array<NewEvent>(count - 1 - tail).fill(changed));
  const { kernel, close } = await compose(log, folder, { cached: false, snapshots: true });
  await change(kernel, orderId, []);
  await close();
  await write(log, Array<NewEvent>(tail).fill(changed));
}

async function write(log: SqliteLog, events: readonly NewEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += EVENTS_PER_COMMAND_MAX) {
    const id = newId();
    const command = {
      id,
      name: 'fill',
      actor: 'bench',
      issuedAt: 0,
      correlationId: id,
      causationId: null,
      fingerprint: id.replaceAll('-', ''),
      result: null,
    };
    await log.append({ events: events.slice(from, from + EVENTS_PER_COMMAND_MAX), command });
  }
}

async function change({ commands }: Kernel, orderId: string, into: number[]): Promise<void> {
  const type = order.commands.changeShippingAddress;
  subjectOf(await timed(into, () => commands.send(type, { orderId, shippingAddress: ADDRESS })));
}
