export type { Lease, Leases, Run } from './leases.js';
export type { PostgresLog, PostgresLogOptions } from './log.js';
export type { Target } from './target.js';

export { LogServerError } from './server-error.js';
export { openLeases } from './leases.js';
export { openPostgresLog } from './log.js';
export { parseTarget } from './target.js';
