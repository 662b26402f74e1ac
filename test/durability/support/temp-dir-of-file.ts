import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Kept in memory where the system has a place for it: thousands of disks come and go. */
const MEMORY = '/dev/shm';

/** A new folder that is gone after the tests of the file; `inMemory` where its contents need not reach a disk. */
export function tempDirOfFile(place: 'onDisk' | 'inMemory' = 'onDisk'): string {
  const parent = place === 'inMemory' && existsSync(MEMORY) ? MEMORY : tmpdir();
  const folder = mkdtempSync(join(parent, 'tidemark-test-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
