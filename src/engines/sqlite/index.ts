export type { DataDir } from './data-dir.js';
export type { Durability } from './connection.js';
export type { SqliteLog, SqliteLogOptions } from './log.js';

export { DataDirError, takeDataDir } from './data-dir.js';
export { openSqliteLog } from './log.js';
export { sqliteViews } from './view-store.js';
