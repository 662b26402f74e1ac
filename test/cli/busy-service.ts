/** Run as `node --import tsx busy-service.ts DATA_DIR`: writes orders until it is killed; prints each acknowledged id. */
import 'reflect-metadata/lite';
import { order } from '../../src/orders/index.js';
import { ORDER } from '../support/order-operations.js';
import { openOrders } from './orders-dir.js';

const [dataDir = ''] = process.argv.slice(2);
const LANES = 8;
const { kernel } = await openOrders(dataDir);

async function run(): Promise<never> {
  for (;;) {
    const { commandId, position } = await kernel.commands.send(order.commands.createOrder, ORDER);
    process.stdout.write(`${commandId} ${position}\n`);
  }
}

await Promise.all(Array.from({ length: LANES }, run));
