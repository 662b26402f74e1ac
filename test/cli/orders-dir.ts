import Database from 'better-sqlite3';
import { join } from 'node:path';
import { openSqliteLog, sqliteViews, takeDataDir } from '../../src/engines/sqlite/index.js';
import { createKernel, newId, type Kernel } from '../../src/kernel/index.js';
import { service } from '../../src/app.js';
import { order } from '../../src/orders/index.js';
import { ORDER } from '../support/order-operations.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

const { createOrder, placeOrder, cancelOrder } = order.commands;

/** A kernel with the orders on a data directory, as the service has it, without the network. */
export async function openOrders(dataDir: string): Promise<{ kernel: Kernel; close: () => Promise<void> }> {
  const taken = takeDataDir(dataDir);
  const log = openSqliteLog({ file: taken.logFile, durability: 'normal' });
  const kernel = await createKernel({ log, views: sqliteViews(taken.viewsFolder), modules: service.modules });
  kernel.start();
  const close = async (): Promise<void> => {
    await kernel.stop();
    log.close();
    taken.release();
  };
  return { kernel, close };
}

/** Creates orders, each with a placement, a no-op, a refusal, and every third with a cancellation. */
export async function writeOrders(kernel: Kernel, count: number): Promise<void> {
  const { commands } = kernel;
  for (let n = 0; n < count; n += 1) {
    const { subject: orderId } = await commands.send(
      createOrder,
      { ...ORDER, reference: `PO-${n} “ä\u{1F30A}`, customerId: `C${n % 7}` },
      { actor: `user ${n % 3}`, ...(n % 2 === 0 && { correlationId: newId(), causationId: newId() }) },
    );
    await commands.send(placeOrder, { orderId });
    await commands.send(placeOrder, { orderId });
    await commands.send(placeOrder, { orderId: newId() });
    if (n % 3 === 0) await commands.send(cancelOrder, { orderId, reason: 'changed my mind' });
  }
}

/** Waits until all views hold all of the log. */
export async function caughtUp(kernel: Kernel): Promise<void> {
  await until(() => {
    for (const { name, checkpoint, head } of kernel.status())
      if (checkpoint < head) throw new Error(`${name} is at ${checkpoint} of ${head}`);
  });
}

/** A data directory with that many orders and complete views, which nobody has open. */
export async function ordersDir(count: number): Promise<string> {
  const dataDir = tempDir();
  const { kernel, close } = await openOrders(dataDir);
  await writeOrders(kernel, count);
  await caughtUp(kernel);
  await close();
  return dataDir;
}

/** Changes a file of a data directory by hand. */
export function byHand(dataDir: string, file: string, ...statements: readonly string[]): void {
  const database = new Database(join(dataDir, file));
  for (const statement of statements) database.exec(statement);
  database.close();
}

/** The first column of the first row of a query on the log. */
export function ask(dataDir: string, query: string): unknown {
  const database = new Database(join(dataDir, 'log.sqlite'), { readonly: true });
  try {
    return database.prepare(query).pluck().get();
  } finally {
    database.close();
  }
}
