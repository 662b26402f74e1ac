/**
 * The log in PostgreSQL, for several nodes; leases for what only one of them does at a time.
 *
 * @module tidemark/postgres
 */
export type { Lease, Leases, Run } from './leases.js';
export type { PostgresLog, PostgresLogOptions } from './log.js';
export type { Once, OnceOptions } from './once.js';
export type { Target } from './target.js';
export type { Mark } from './watch.js';

export { LogServerError } from './server-error.js';
export { openLeases } from './leases.js';
export { pruneOperations } from './prune-operations.js';
export { runOnce } from './once.js';
export { openPostgresLog } from './log.js';
export { parseTarget } from './target.js';
