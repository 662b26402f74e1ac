export type { PostgresLog, PostgresLogOptions } from './log.js';
export type { Target } from './target.js';

export { LogServerError } from './trouble.js';
export { openPostgresLog } from './log.js';
export { parseTarget } from './target.js';
