import type { ViewEngine } from '../../kernel/index.js';
import { verifyViews } from './verify-views.js';
import { viewStores } from './view-store.js';

/** Views as files in `folder`, one for each generation of a projection. */
export function sqliteViews(folder: string): ViewEngine {
  return {
    ...viewStores(folder),
    verify: (options) => verifyViews({ ...options, viewsFolder: folder }),
  };
}
