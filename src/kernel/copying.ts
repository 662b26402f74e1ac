import { TidemarkError } from './errors.js';
import type { Live } from './live.js';
import type { Projection } from './projection.js';
import type { ViewCopy, ViewEngine } from './views.js';

/** Makes copies of a projection's live views, for nodes that join. */
export interface Copying {
  /** Throws CONFLICT while there are no views of this build to copy, UNAVAILABLE where nothing can be copied at all. */
  check(): void;
  /** Copies them while everything goes on; throws what `check` does, or UNAVAILABLE. */
  copy(): Promise<ViewCopy>;
}

/** What it works with. */
export interface CopyingOptions {
  readonly projection: Projection;
  readonly views: Pick<ViewEngine, 'copy'>;
  readonly live: Pick<Live, 'follows' | 'servesFrom' | 'target'>;
  readonly onFailure: (error: unknown) => void;
}

/** Copying of the views that are live when it is asked for. */
export function createCopying({ projection, views, live, onFailure }: CopyingOptions): Copying {
  const { name } = projection;

  function check(): Exclude<ViewEngine['copy'], undefined> {
    if (!live.follows() || live.servesFrom() > 0)
      throw new TidemarkError('CONFLICT', `${name} is being built. Copy it when that is done.`);
    if (views.copy !== undefined) return views.copy;
    throw new TidemarkError('UNAVAILABLE', `The views of ${name} are not kept in files.`);
  }

  return {
    check,
    copy: async () => {
      const copying = check();
      try {
        return await copying(projection, live.target().store.generation);
      } catch (cause) {
        onFailure(cause);
        const message = `${name} cannot be copied now; the log of the service says why. Try again later.`;
        throw new TidemarkError('UNAVAILABLE', message, { cause });
      }
    },
  };
}
