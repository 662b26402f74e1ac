/**
 * A whole service from a definition: settings, log, views, GraphQL over one HTTP port, probes, metrics, an orderly end.
 *
 * @module tidemark/service
 */
import 'reflect-metadata/lite';
export type { AuthConfig, Config } from '../settings/index.js';
export type { App, StartHooks } from './start.js';
export type { Logger } from './logger.js';
export type { ServiceDefinition } from './definition.js';

export { readConfig } from '../settings/index.js';
export { createLogger } from './logger.js';
export { defineService } from './definition.js';
export { runService } from './run.js';
export { startService } from './start.js';
