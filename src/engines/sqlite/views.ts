import type { ViewEngine } from '../../kernel/index.js';
import { verifyViews } from './verify-views.js';
import { adoptCopy, copyView } from './view-copies.js';
import { viewStores } from './view-store.js';

/**
 * Views as files in `folder`, one for each generation of a projection. What has none yet begins with the copy that another
 * node has made in the folder `from`, where it fits.
 */
export function sqliteViews(folder: string, from: string | null = null): ViewEngine {
  return {
    ...viewStores(folder),
    verify: (options) => verifyViews({ ...options, viewsFolder: folder }),
    copy: (projection, generation) => copyView(folder, projection, generation),
    ...(from !== null && { adopt: (options) => adoptCopy(from, folder, options) }),
  };
}
