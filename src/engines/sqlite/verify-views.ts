import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import {
  messageOf,
  planGenerations,
  replay,
  type EventLog,
  type GenerationInfo,
  type Projection,
  type ViewStore,
  type RowDifference,
  type VerifyOptions,
  type ViewOutcome,
  type ViewReport,
} from '../../kernel/index.js';
import { compareTable } from './compare-tables.js';
import { openReader } from './connection.js';
import { generationsIn, infoOf, readHeader, viewFile } from './view-files.js';
import { viewStores } from './view-store.js';

/** The most differing rows that are kept; all are counted. */
export const DIFFERENCES_MAX = 20;

/** Which views to verify, and against which log. */
export interface VerifyViewsOptions extends VerifyOptions {
  readonly viewsFolder: string;
}

/**
 * Compares a projection's live views, row by row, with a replay of the log into a scratch file up to the same
 * checkpoint; also while a service goes on writing to both. Changes neither; yields to the event loop between batches.
 */
export async function verifyViews(options: VerifyViewsOptions): Promise<ViewReport> {
  const { viewsFolder, projection } = options;
  try {
    const served = await servedGeneration(options);
    if (typeof served === 'string') return report(projection, 'absent', served);
    return await inScratch((scratch) =>
      compareWithReplay(viewFile(viewsFolder, projection, served.generation), scratch, options),
    );
  } catch (error) {
    return report(projection, 'failed', messageOf(error));
  }
}

async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'tidemark-verify-'));
  try {
    return await work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The generation that a service of this build serves, or why there is none. Reads only. */
async function servedGeneration(options: VerifyViewsOptions): Promise<GenerationInfo | string> {
  const { viewsFolder, projection, log } = options;
  const numbers = generationsIn(viewsFolder, projection);
  if (numbers.length === 0) return 'there is no file; it is made at the next start';
  // A view that is ahead of the log is told from one that just went on while these were read.
  const all = numbers.map((generation) => readInfo(viewsFolder, generation, projection, log.identity));
  const { serve } = planGenerations(all);
  if (serve?.fit === 'current') return serve;
  const misfit = (serve ?? all.at(-1))?.misfit ?? 'the file was never finished';
  return `${misfit}; the views are built anew at the next start`;
}

function readInfo(
  viewsFolder: string,
  generation: number,
  projection: Projection,
  identity: EventLog['identity'],
): GenerationInfo {
  const database = openReader(viewFile(viewsFolder, projection, generation));
  try {
    return infoOf(database, generation, projection, identity, Infinity);
  } finally {
    database.close();
  }
}

function report(
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
    differing: 0,
    differences: [],
    parked: 0,
    parkedError: null,
    message,
    ...found,
  };
}

async function compareWithReplay(
  file: string,
  scratch: string,
  { projection, log, knownTypes, skips, onProgress }: VerifyViewsOptions,
): Promise<ViewReport> {
  const live = openReader(file);
  let replayed: ViewStore | undefined;
  try {
    const store = viewStores(scratch).create(projection, log.identity);
    replayed = store;
    live.prepare('ATTACH ? AS replayed').run(viewFile(scratch, projection, store.generation));
    const through = async (checkpoint: number): Promise<void> => {
      const head = await log.head();
      if (checkpoint > head)
        throw new Error(
          `the views are at position ${checkpoint}, but the log ends at ${head}: it has lost its tail`,
        );
      await replay({ projection, store, log, knownTypes, skips, through: checkpoint, onProgress });
    };
    // Most of the way without a transaction, which would keep a running service from reusing its journal.
    await through(checkpointOf(live));
    live.exec('BEGIN');
    const checkpoint = checkpointOf(live);
    await through(checkpoint);
    const report = await compareTables(live, projection, checkpoint);
    const parked = store.parked({ limit: Infinity });
    return { ...report, parked: parked.length, parkedError: parked[0]?.error ?? null };
  } finally {
    live.close();
    replayed?.close();
  }
}

function checkpointOf(live: Database.Database): number {
  const header = readHeader(live);
  if (header === undefined)
    throw new Error('the views were made anew while they were compared; verify again');
  return header.checkpoint;
}

async function compareTables(
  live: Database.Database,
  projection: Projection,
  checkpoint: number,
): Promise<ViewReport> {
  const differences: RowDifference[] = [];
  let differing = 0;
  let rows = 0;
  for (const [name, table] of Object.entries(projection.tables)) {
    rows += await compareTable(live, name, table, (difference) => {
      differing += 1;
      if (differences.length < DIFFERENCES_MAX) differences.push(difference);
    });
  }
  const outcome = differing === 0 ? 'identical' : 'different';
  return report(projection, outcome, null, { checkpoint, rows, differing, differences });
}
