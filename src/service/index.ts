import 'reflect-metadata/lite';
export type { Config } from '../settings/index.js';
export type { App } from './start.js';
export type { Logger } from './logger.js';
export type { ServiceDefinition } from './definition.js';

export { readConfig } from '../settings/index.js';
export { createLogger } from './logger.js';
export { defineService } from './definition.js';
export { runService } from './run.js';
export { startService } from './start.js';
