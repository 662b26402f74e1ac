export { createMemoryLog } from './log.js';
