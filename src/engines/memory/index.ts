/**
 * A log and snapshots in memory, for tests and trials; everything is gone with the process.
 *
 * @module tidemark/memory
 */
export type { MemoryLogOptions } from './log.js';

export { createMemoryLog } from './log.js';
export { createMemorySnapshots } from './snapshots.js';
