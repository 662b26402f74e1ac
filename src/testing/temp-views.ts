import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteViews } from '../engines/sqlite/index.js';
import type { ViewEngine } from '../kernel/index.js';

/** Views of the real engine, in a folder of their own. */
export interface TempViews {
  readonly views: ViewEngine;
  /** Removes the folder; all stores must be closed. */
  readonly remove: () => void;
}

/** Views in a new folder below the system's own for temporary files. */
export function tempViews(): TempViews {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-testing-'));
  return {
    views: sqliteViews(folder),
    remove: () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
