import type Database from 'better-sqlite3';
import type { EventLog, Projection, RowDifference, ViewOutcome, ViewReport } from '../../kernel/index.js';
import { readHeader } from './view-files.js';

/** The most differing rows that are kept; all are counted. */
export const DIFFERENCES_MAX = 20;

/** A report of nothing but what was found. */
export function viewReport(
  { name }: Projection,
  outcome: ViewOutcome,
  message: string | null,
  found: Partial<ViewReport> = {},
): ViewReport {
  return {
    projection: name,
    outcome,
    checkpoint: 0,
    rows: 0,
    sampled: null,
    setAside: 0,
    notSampled: [],
    differing: 0,
    differences: [],
    parked: 0,
    parkedError: null,
    message,
    ...found,
  };
}

/** Differences as they are found: all are counted, the first of them kept. */
export interface Differences {
  readonly add: (difference: RowDifference) => void;
  found(): Pick<ViewReport, 'differing' | 'differences'>;
}

/** No differences yet. */
export function createDifferences(): Differences {
  const differences: RowDifference[] = [];
  let differing = 0;
  return {
    add: (difference) => {
      differing += 1;
      if (differences.length < DIFFERENCES_MAX) differences.push(difference);
    },
    found: () => ({ differing, differences }),
  };
}

/** The position that the live views are at. Throws where the file was made anew. */
export function checkpointOf(live: Database.Database): number {
  const header = readHeader(live);
  if (header === undefined)
    throw new Error('the views were made anew while they were compared; verify again');
  return header.checkpoint;
}

/** Rejects where the views have seen more than the log has. */
export async function refuseLostTail(checkpoint: number, log: Pick<EventLog, 'head'>): Promise<void> {
  const head = await log.head();
  if (checkpoint > head)
    throw new Error(
      `the views are at position ${checkpoint}, but the log ends at ${head}: it has lost its tail`,
    );
}
