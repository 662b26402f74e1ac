/**
 * The log, the views and the snapshots in SQLite files; backups, exports and checks of them.
 *
 * @module tidemark/sqlite
 */
export type { DataDir } from './data-dir.js';
export type { Durability } from './connection.js';
export type { Exported, ExportOptions } from './export-log.js';
export type { Finding } from './findings.js';
export type { Imported, ImportOptions } from './import-log.js';
export type { LogReport } from './verify-log.js';
export type { Manifest } from './manifest.js';
export type { ReadOnlyLog } from './read-only-log.js';
export type { Restored, RestoreOptions } from './restore.js';
export type { SqliteLog, SqliteLogOptions } from './log.js';
export type { SqliteSnapshots } from './snapshot-store.js';
export type { VerifyViewsOptions } from './verify-views.js';
export type { ExportHeader, ExportFooter } from './export-format.js';
export type { BackupOptions } from './backup.js';

export { DataDirError, takeDataDir } from './data-dir.js';
export { OperationError } from './operation.js';
export { backupLog, checkBackup } from './backup.js';
export { dataFiles } from './data-dir.js';
export { exportLog } from './export-log.js';
export { importLog } from './import-log.js';
export { openLogReadOnly } from './read-only-log.js';
export { openSqliteLog } from './log.js';
export { restoreLog } from './restore.js';
export { sqliteSnapshots } from './snapshot-store.js';
export { stopCopying } from './copy-back.js';
export { sqliteViews } from './views.js';
export { verifyLog } from './verify-log.js';
export { verifyViews } from './verify-views.js';
