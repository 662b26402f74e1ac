import 'reflect-metadata/lite';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteLog, sqliteViews } from '../src/engines/sqlite/index.js';
import {
  createCommandBus,
  createProjector,
  deadlineIn,
  defineCommand,
  openGenerations,
  type CommandMiddleware,
  type CommandResult,
  type Schema,
} from '../src/kernel/index.js';
import { order, orderEvents } from '../src/orders/index.js';
import { ordersProjection } from '../src/orders/views/orders.projection.js';
import { GROUP_MAX, openBareLog, readCommands, type BareWork, type CommandRows } from './bare-log.js';
import { caughtUp, composeIn } from './in-process.js';
import type { OrderStore, PeerModule, Rebuilding } from './peer.js';
import { closedLoop, subjectOf, writeOrder } from './workload.js';

const BATCH_MAX = 500;

const RESULT: CommandResult = {
  commandId: '',
  status: 'ACCEPTED',
  position: 1,
  duplicate: false,
  refusals: [],
  subject: null,
};

let recorded: Promise<readonly CommandRows[]> | undefined;

/** Tidemark itself, and SQLite without it: run in a process of their own like every peer. */
export const peer: PeerModule = {
  stores: {
    'bare group commit': (folder, orders) => bare(folder, orders, GROUP_MAX, 'rows'),
    'bare, looks up and checks': (folder, orders) => bare(folder, orders, GROUP_MAX, 'checks'),
    'bare, a transaction each': (folder, orders) => bare(folder, orders, 1, 'rows'),
    'tidemark, no projections': (folder) => tidemark(folder, false),
    'tidemark, three projections': (folder) => tidemark(folder, true),
  },
  dispatchers: {
    'async call': async () => async () => RESULT,
    'Map and three middlewares': async () => mapBus(),
    'tidemark, three middlewares': async () => commandBus(),
  },
  rebuilds: { tidemark: rebuildOf },
};

async function tidemark(folder: string, projections: boolean): Promise<OrderStore> {
  const { kernel, close } = await composeIn(folder, { projections });
  const { createOrder, addOrderItem } = order.commands;
  return {
    createOrder: async (input) => subjectOf(await kernel.commands.send(createOrder, input)),
    addItem: async (orderId, item) =>
      void subjectOf(await kernel.commands.send(addOrderItem, { orderId, item })),
    settle: () => caughtUp(kernel),
    close,
  };
}

/** Whatever it is asked, it writes the next command's rows: those that Tidemark wrote for the same load. */
async function bare(folder: string, orders: number, groupMax: number, work: BareWork): Promise<OrderStore> {
  recorded ??= record(join(folder, 'recorded'), orders);
  const rows = await recorded;
  const log = openBareLog(join(folder, 'log.sqlite'), groupMax, work);
  let next = 0;
  const append = async (): Promise<string> => {
    const command = rows[next++];
    if (command === undefined) throw new Error('There are no more rows: record more orders.');
    await log.append(command);
    return '';
  };
  return {
    createOrder: append,
    addItem: async () => void (await append()),
    close: async () => {
      log.close();
    },
  };
}

async function record(folder: string, orders: number): Promise<readonly CommandRows[]> {
  await writeOrders(folder, orders);
  return readCommands(join(folder, 'log.sqlite'));
}

async function writeOrders(folder: string, orders: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { kernel, close } = await composeIn(folder, { projections: false });
  await closedLoop(
    64,
    (n) => n < orders,
    (n) => writeOrder(kernel.commands, n, []),
  );
  await close();
}

type Handle = (command: unknown) => Promise<CommandResult>;

/** What a bus is at least: a look-up by name, and three layers around it. */
function mapBus(): () => Promise<unknown> {
  const handlers = new Map<string, Handle>([['ping', async () => RESULT]]);
  const layer = async (command: unknown, next: Handle): Promise<CommandResult> => next(command);
  const last: Handle = (command) => {
    const handle = handlers.get((command as { name: string }).name);
    if (handle === undefined) throw new Error('Nobody handles this.');
    return handle(command);
  };
  const run = [layer, layer, layer].reduceRight<Handle>(
    (next, around) => (command) => around(command, next),
    last,
  );
  return () => run({ name: 'ping', input: {} });
}

function commandBus(): () => Promise<unknown> {
  const anything: Schema = { '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value }) } };
  const ping = defineCommand('ping', anything);
  const layer: CommandMiddleware = async (command, next) => next(command);
  const bus = createCommandBus({
    commands: [ping],
    handlers: [{ command: 'ping', handle: async () => RESULT }],
    middleware: [layer, layer, layer],
  });
  return () => bus.send(ping, {});
}

async function rebuildOf(logFolder: string, orders: number): Promise<Rebuilding> {
  await writeOrders(logFolder, orders);
  const log = openSqliteLog({ file: join(logFolder, 'log.sqlite') });
  const head = await log.head();
  const knownTypes = new Set<string>(orderEvents.types);
  return {
    events: head,
    rebuild: async (folder) => {
      const started = performance.now();
      const views = sqliteViews(join(folder, 'views'));
      const generations = openGenerations(views, ordersProjection, log.identity, head);
      const projection = ordersProjection;
      const options = { projection, generations, views, log, head, knownTypes, batchMax: BATCH_MAX };
      const projector = createProjector(options);
      projector.start();
      await projector.freshness.wait(head, deadlineIn(60_000));
      const ms = performance.now() - started;
      await projector.stop();
      return ms;
    },
  };
}
