import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteLog, type SqliteLog } from '../../src/engines/sqlite/index.js';
import { eventLogContract } from '../contract/event-log.js';
import { tempDir } from '../support/temp-dir.js';

function open(): SqliteLog {
  const log = openSqliteLog({ file: join(tempDir(), 'log.sqlite') });
  onTestFinished(() => {
    log.close();
  });
  return log;
}

eventLogContract('sqlite', open);
