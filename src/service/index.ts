import 'reflect-metadata/lite';
export type { App } from './start.js';
export type { Logger } from './logger.js';
export type { ServiceDefinition } from './definition.js';

export { createLogger } from './logger.js';
export { defineService } from './definition.js';
export { runService } from './run.js';
export { startService } from './start.js';
