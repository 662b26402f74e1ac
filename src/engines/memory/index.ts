export type { MemoryLogOptions } from './log.js';

export { createMemoryLog } from './log.js';
export { createMemorySnapshots } from './snapshots.js';
