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
  type VerifyOptions,
  type ViewReport,
} from '../../kernel/index.js';
import { compareSample } from './compare-sample.js';
import { compareTable } from './compare-tables.js';
import { openReader } from './connection.js';
import { stopCopying } from './copy-back.js';
import { generationsIn, infoOf, viewFile } from './view-files.js';
import { checkpointOf, createDifferences, refuseLostTail, viewReport } from './view-report.js';
import { viewStores } from './view-store.js';

/** Which views to verify, and against which log. */
export interface VerifyViewsOptions extends VerifyOptions {
  /** The folder with the views. */
  readonly viewsFolder: string;
}

/**
 * Compares a projection's live views, row by row, with a replay of the log into a scratch file up to the same
 * checkpoint, or a sample of its rows with a fold of their own events; also while a service goes on writing to both.
 * Changes neither; yields to the event loop between batches.
 */
export async function verifyViews(options: VerifyViewsOptions): Promise<ViewReport> {
  const { viewsFolder, projection } = options;
  try {
    const served = await servedGeneration(options);
    if (typeof served === 'string') return viewReport(projection, 'absent', served);
    const file = viewFile(viewsFolder, projection, served.generation);
    const { sample } = options;
    return await inScratch((scratch) =>
      sample === undefined
        ? compareWithReplay(file, scratch, options)
        : compareSample(file, scratch, sample, options),
    );
  } catch (error) {
    return viewReport(projection, 'failed', messageOf(error));
  }
}

async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'tidemark-verify-'));
  try {
    return await work(scratch);
  } finally {
    // The thread may still be at a file of the folder, and leave another one beside it.
    await stopCopying();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
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
      await refuseLostTail(checkpoint, log);
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

async function compareTables(
  live: Database.Database,
  projection: Projection,
  checkpoint: number,
): Promise<ViewReport> {
  const differences = createDifferences();
  let rows = 0;
  for (const [name, table] of Object.entries(projection.tables))
    rows += await compareTable(live, name, table, differences.add);
  const found = differences.found();
  const outcome = found.differing === 0 ? 'identical' : 'different';
  return viewReport(projection, outcome, null, { checkpoint, rows, ...found });
}
