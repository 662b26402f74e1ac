export type { AuthConfig, Config } from './config.js';
export type { RunningService } from './service-file.js';

export { ConfigError, readConfig } from './config.js';
export { announceService, readServiceFile, retractService, serviceFile } from './service-file.js';
export { VERSION } from './version.js';
