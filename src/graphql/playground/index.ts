export type { PlaygroundHandler, PlaygroundOptions, PlaygroundTab } from './playground.js';
export { createPlayground } from './playground.js';
export { operatePlayground } from './operate.js';
