import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMemoryOperations } from '../../src/kernel/index.js';
import { openSqliteLog } from '../../src/engines/sqlite/index.js';
import { operation } from '../../src/testing/contract/samples.js';
import { operationLogContract } from '../../src/testing/index.js';
import { append, event } from '../../src/testing/contract/samples.js';
import { openFileLog } from '../support/logs.js';
import { tempDir } from '../support/temp-dir.js';

operationLogContract({ name: 'memory', open: createMemoryOperations }, { describe, test: it });
operationLogContract({ name: 'sqlite', open: () => openFileLog().operations }, { describe, test: it });

it('operations are in the log’s file: they are there when it is opened again, and change nothing in the log', async () => {
  const file = join(tempDir(), 'log.sqlite');
  const first = openSqliteLog({ file });
  await first.operations.record(operation());
  await first.append(append([event()]));
  await first.operations.record(operation({ name: 'resumeProjection' }));
  first.close();
  const again = openFileLog(file);
  expect(await again.operations.read({ after: 0, limit: 10 })).toMatchObject([
    { seq: 1, name: 'pauseProjection' },
    { seq: 2, name: 'resumeProjection' },
  ]);
  expect(await again.head()).toBe(1);
});

it('an operation cannot be written down where the log cannot be written: UNAVAILABLE', async () => {
  const log = openSqliteLog({ file: join(tempDir(), 'log.sqlite') });
  log.close();
  await expect(log.operations.record(operation())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
