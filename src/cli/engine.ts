/** The engine that the command line operates on; no other file of this folder names one. */
export type { LogReport, Manifest, ReadOnlyLog } from '../engines/sqlite/index.js';

export {
  DataDirError,
  OperationError,
  backupLog,
  checkBackup,
  dataFiles,
  exportLog,
  importLog,
  openLogReadOnly,
  restoreLog,
  verifyLog,
  verifyViews,
} from '../engines/sqlite/index.js';
