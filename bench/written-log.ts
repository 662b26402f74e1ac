import { composeIn } from './in-process.js';
import { closedLoop, liveOrder } from './workload.js';

const IN_FLIGHT = 256;

/** Writes the whole lives of so many orders (about seven events each) into a log in a folder; returns its head. */
export async function writeLog(folder: string, orders: number): Promise<number> {
  const { kernel, log, close } = await composeIn(folder, { projections: false });
  await closedLoop(
    IN_FLIGHT,
    (n) => n < orders,
    (n) => liveOrder(kernel.commands, n),
  );
  const head = await log.head();
  await close();
  return head;
}
