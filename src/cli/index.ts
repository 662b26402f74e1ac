export type { CliContext } from './verb.js';

export { UsageError } from './verb.js';
export { runCli, runCliProcess } from './run.js';
