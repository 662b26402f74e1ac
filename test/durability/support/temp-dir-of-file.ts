import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { removeFolder } from '../../support/temp-dir.js';

/** Kept in memory where the system has a place for it: thousands of disks come and go. */
const MEMORY = '/dev/shm';

/** A new folder that is gone after the tests of the file; `inMemory` where its contents need not reach a disk. */
export function tempDirOfFile(place: 'onDisk' | 'inMemory' = 'onDisk'): string {
  const parent = place === 'inMemory' && existsSync(MEMORY) ? MEMORY : tmpdir();
  const folder = mkdtempSync(join(parent, 'tidemark-test-'));
  afterAll(() => removeFolder(folder));
  return folder;
}
