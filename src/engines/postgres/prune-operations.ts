import type { Run } from './leases.js';

/**
 * What says nothing of how things are now: neither what is passed over, nor what was last said about pausing, nor the last
 * one, from which they are counted on.
 */
const PRUNE = `DELETE FROM tidemark.log_operations AS old
  WHERE old.at < (extract(epoch FROM clock_timestamp()) * 1000)::bigint - $1 AND old.name <> 'skipParked'
    AND old.seq < (SELECT max(seq) FROM tidemark.log_operations)
    AND (old.name NOT IN ('pauseProjection', 'resumeProjection') OR EXISTS (
      SELECT FROM tidemark.log_operations AS later
      WHERE later.projection = old.projection AND later.seq > old.seq
        AND later.name IN ('pauseProjection', 'resumeProjection')))`;

/** Forgets what operators did longer ago than this, in ms, as far as it does not matter any more. */
export async function pruneOperations(run: Run, keptMs: number): Promise<void> {
  await run(PRUNE, [keptMs]);
}
