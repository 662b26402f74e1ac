import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import { openSqliteLog, type SqliteLog } from '../../src/engines/sqlite/index.js';
import type { EventLog } from '../../src/kernel/index.js';
import { tempDir } from './temp-dir.js';

/** A log in a file, in a new folder when no file is named; closed after the test. */
export function openFileLog(file: string = join(tempDir(), 'log.sqlite')): SqliteLog {
  const log = openSqliteLog({ file });
  onTestFinished(() => {
    log.close();
  });
  return log;
}

/** Every engine by name, and how to get a new, empty log of it. */
export const engines: readonly (readonly [string, () => EventLog])[] = [
  ['memory', createMemoryLog],
  ['sqlite', openFileLog],
];
