export { createMemoryLog } from './log.js';
export { createMemorySnapshots } from './snapshots.js';
