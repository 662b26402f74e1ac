import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteLog } from '../../../src/engines/sqlite/index.js';
import { openLiveView } from '../../support/live-view.js';
import { removeFolder } from '../../support/temp-dir.js';
import { newId } from '../../../src/kernel/index.js';
import { FATES, createDisk, writeFiles, type Disk, type Fate } from './disk.js';
import { randomOf, type Random } from './random.js';
import type { RecordedService } from './recorded-service.js';
import { acknowledgedIn, type Acknowledged, type Step } from './recording.js';
import { digest, digests, projections } from './replay.js';
import { readContents, wholeFileProblems } from './stored.js';

/** What a power cut at any of many moments would have left. */
export interface CutReport {
  readonly cutPoints: number;
  /** Cut points times what becomes of the writes that were not synced. */
  readonly disks: number;
  readonly acknowledged: number;
  /** Cut points in the middle of a checkpoint of the log, and right after its WAL file began anew. */
  readonly atCheckpoints: number;
  readonly atWalResets: number;
  /** Cut points with an acknowledged command missing, and how many were missing in the worst case. */
  readonly lossyCutPoints: number;
  readonly mostLost: number;
  /** What is wrong but for losses. */
  readonly problems: readonly string[];
  readonly views: { atCheckpoint: number; rebuilt: number };
}

/** How to cut. */
export interface CutOptions {
  readonly recorded: RecordedService;
  readonly folder: string;
  readonly seed: number;
  readonly cutPoints: number;
}

interface Moments {
  readonly all: readonly number[];
  readonly acknowledgements: readonly number[];
  readonly checkpoints: readonly number[];
  readonly walResets: readonly number[];
}

/** Cuts the power at chosen moments, opens what is left in every case, and holds it against what clients were told. */
export async function cutPower({ recorded, folder, seed, cutPoints }: CutOptions): Promise<CutReport> {
  const random = randomOf(seed);
  const moments = momentsOf(recorded.lives);
  const chosen = choose(moments, cutPoints, random);
  const expected = await expectedDigests(recorded, folder);
  const acknowledged: Acknowledged[] = [];
  const problems: string[] = [];
  const views = { atCheckpoint: 0, rebuilt: 0 };
  let lossyCutPoints = 0;
  let mostLost = 0;
  let disks = 0;
  for (const { disk, moment, step } of walk(recorded.lives)) {
    acknowledged.push(...acknowledgedIn(step));
    if (!chosen.has(moment)) continue;
    let lost = 0;
    for (const fate of FATES) {
      const where = `cut after step ${moment}, unsynced writes ${fate}`;
      const left = await inspect(disk, fate, random, acknowledged, join(folder, 'cut'), expected);
      problems.push(...left.problems.map((problem) => `${where}: ${problem}`));
      lost = Math.max(lost, left.lost);
      views.atCheckpoint += left.atCheckpoint;
      views.rebuilt += left.rebuilt;
      disks += 1;
    }
    if (lost > 0) lossyCutPoints += 1;
    mostLost = Math.max(mostLost, lost);
  }
  const count = (of: readonly number[]): number => of.filter((moment) => chosen.has(moment)).length;
  return {
    cutPoints: chosen.size,
    disks,
    acknowledged: new Set(acknowledged.map(({ id }) => id)).size,
    atCheckpoints: count(moments.checkpoints),
    atWalResets: count(moments.walResets),
    lossyCutPoints,
    mostLost,
    problems,
    views,
  };
}

interface Moment {
  readonly disk: Disk;
  /** How many steps have been done. */
  readonly moment: number;
  readonly step: Step;
}

/** Does all steps one after the other. */
function* walk(lives: RecordedService['lives']): Generator<Moment> {
  const disk = createDisk();
  let moment = 0;
  for (const life of lives) {
    disk.restart();
    for (const step of life) {
      disk.apply(step);
      moment += 1;
      yield { disk, moment, step };
    }
  }
}

function momentsOf(lives: RecordedService['lives']): Moments {
  const all: number[] = [];
  const acknowledgements: number[] = [];
  const checkpoints: number[] = [];
  const walResets: number[] = [];
  let inWal = false;
  for (const { disk, moment, step } of walk(lives)) {
    const path = 'fd' in step ? disk.pathOf(step.fd) : undefined;
    if (path !== undefined) all.push(moment);
    if (acknowledgedIn(step).length > 0) acknowledgements.push(moment);
    if (step.kind !== 'wrote') continue;
    if (path === 'log.sqlite-wal') inWal = true;
    if (path === 'log.sqlite' && inWal) checkpoints.push(moment);
    // The header at the start of the file, and the frames right behind it.
    if (path === 'log.sqlite-wal' && step.offset < 3 * 4_096) walResets.push(moment);
  }
  return { all, acknowledgements, checkpoints, walResets };
}

/** A third of the cuts anywhere, a third after acknowledgements, a third where the log's files are turned over. */
function choose(moments: Moments, cutPoints: number, random: Random): ReadonlySet<number> {
  const chosen = new Set<number>();
  const sources = [
    moments.all,
    moments.acknowledgements,
    moments.checkpoints,
    moments.all,
    moments.acknowledgements,
    moments.walResets,
  ].filter((source) => source.length > 0);
  for (let tries = 0; chosen.size < cutPoints && tries < 100 * cutPoints; tries += 1) {
    const source = sources[tries % sources.length];
    if (source !== undefined) chosen.add(random.pick(source));
  }
  return chosen;
}

async function expectedDigests(
  { lives }: RecordedService,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const disk = createDisk();
  for (const life of lives) {
    disk.restart();
    for (const step of life) disk.apply(step);
  }
  const whole = join(folder, 'whole');
  writeFiles(whole, disk.afterCut('kept', randomOf(0)));
  const log = openSqliteLog({ file: join(whole, 'log.sqlite'), durability: 'normal' });
  try {
    return await digests(log, join(folder, 'digests'));
  } finally {
    log.close();
  }
}

interface Left {
  readonly lost: number;
  readonly problems: readonly string[];
  readonly atCheckpoint: number;
  readonly rebuilt: number;
}

async function inspect(
  disk: Disk,
  fate: Fate,
  random: Random,
  acknowledged: readonly Acknowledged[],
  folder: string,
  expected: ReadonlyMap<string, string>,
): Promise<Left> {
  await removeFolder(folder);
  mkdirSync(folder, { recursive: true });
  const files = disk.afterCut(fate, random);
  // Shared memory, which SQLite makes anew after a crash of the machine.
  const kept = new Map([...files].filter(([path]) => !path.endsWith('-shm') && !path.startsWith('lock.')));
  writeFiles(folder, kept);
  try {
    return await open(folder, acknowledged, expected);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { lost: 0, problems: [`it does not open: ${text}`], atCheckpoint: 0, rebuilt: 0 };
  }
}

async function open(
  folder: string,
  acknowledged: readonly Acknowledged[],
  expected: ReadonlyMap<string, string>,
): Promise<Left> {
  const file = join(folder, 'log.sqlite');
  const log = openSqliteLog({ file });
  const problems: string[] = [];
  try {
    const { commands, problems: found, head } = readContents(file);
    problems.push(...found, ...wholeFileProblems(file));
    if (commands.length > 0 && commands[0]?.seq !== 1) problems.push('the first command is gone');
    const byId = new Map(commands.map((command) => [command.id, command]));
    let lost = 0;
    for (const { id, position, status } of acknowledged) {
      const stored = byId.get(id);
      if (stored === undefined) lost += 1;
      else if (stored.position !== position || stored.status !== status)
        problems.push(`${id} was answered ${status} at ${position}, stored ${JSON.stringify(stored)}`);
    }
    const views = openViews(folder, log, head, expected);
    problems.push(...views.problems, ...(await goesOn(log, head)));
    return { ...views, lost, problems };
  } finally {
    log.close();
  }
}

/** Every view opens at a checkpoint that the log has reached, with the rows of a replay up to there. */
function openViews(
  folder: string,
  log: ReturnType<typeof openSqliteLog>,
  head: number,
  expected: ReadonlyMap<string, string>,
): Omit<Left, 'lost'> {
  const problems: string[] = [];
  let atCheckpoint = 0;
  let rebuilt = 0;
  const existed = existsSync(join(folder, 'views'));
  for (const projection of projections) {
    const store = openLiveView(join(folder, 'views'), projection, log.identity, head);
    const checkpoint = store.checkpoint();
    const rows = digest(projection, store);
    store.close();
    if (checkpoint > 0) atCheckpoint += 1;
    else if (existed) rebuilt += 1;
    if (checkpoint > head) problems.push(`${projection.name} is at ${checkpoint}, the log at ${head}`);
    if (rows !== expected.get(`${projection.name} ${checkpoint}`))
      problems.push(`${projection.name} has other rows than a replay up to its checkpoint ${checkpoint}`);
  }
  return { problems, atCheckpoint, rebuilt };
}

async function goesOn(log: ReturnType<typeof openSqliteLog>, head: number): Promise<readonly string[]> {
  const id = newId();
  const outcome = await log.append({
    events: [{ type: 'Checked', schemaVersion: 1, data: {}, tags: ['check:1'] }],
    command: {
      id,
      name: 'check',
      actor: 'test',
      issuedAt: 0,
      correlationId: id,
      causationId: null,
      fingerprint: '0'.repeat(32),
      result: null,
    },
  });
  return outcome.position === head + 1 ? [] : [`the next position after ${head} is ${outcome.position}`];
}
