import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stopCopying } from '../../src/engines/sqlite/index.js';

/** A new folder that is gone after the test. */
export function tempDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-'));
  onTestFinished(() => removeFolder(folder));
  return folder;
}

/** Removes a folder that databases of this process were in, once no thread is at one of them any more. */
export async function removeFolder(folder: string): Promise<void> {
  await stopCopying();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
