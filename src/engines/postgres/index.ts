export type { Lease, Leases, Run } from './leases.js';
export type { PostgresLog, PostgresLogOptions } from './log.js';
export type { Once, OnceOptions } from './once.js';
export type { Target } from './target.js';

export { LogServerError } from './server-error.js';
export { openLeases } from './leases.js';
export { pruneOperations } from './prune-operations.js';
export { runOnce } from './once.js';
export { openPostgresLog } from './log.js';
export { parseTarget } from './target.js';
