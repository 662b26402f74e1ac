import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caughtUp, composeIn } from './in-process.js';
import { closedLoop, writeOrder } from './workload.js';

/** How many orders, of five commands each. */
const ORDERS = 6_000;

// To be run under --cpu-prof: the command path at 64 in flight with all projections, and nothing else.
const folder = mkdtempSync(join(tmpdir(), 'tidemark-profile-'));
const { kernel, close } = await composeIn(folder, {
  projections: !process.argv.includes('--no-projections'),
});
await closedLoop(
  64,
  (n) => n < ORDERS,
  (n) => writeOrder(kernel.commands, n, []),
);
await caughtUp(kernel);
await close();
rmSync(folder, { recursive: true });
