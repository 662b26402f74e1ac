import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildService, type Build } from './support/build.js';
import { cutPower, type CutReport } from './support/power-cuts.js';
import { seedOfRun } from './support/random.js';
import { recordService, unrecorded, type RecordedService } from './support/recorded-service.js';
import { buildRecorder } from './support/recording.js';
import { tempDirOfFile } from './support/temp-dir-of-file.js';

/** `POWER_CUTS=2000` soaks. */
const CUT_POINTS = Number(process.env['POWER_CUTS'] ?? 180);
const CONTROL_CUT_POINTS = 25;
const COMMANDS_PER_CLIENT = 100;
const PAGE_BYTES = 4_096;
/** SQLite copies the WAL into the database file when it has grown to so many pages. */
const CHECKPOINT_PAGES = 1_000;
const RECORD_MS_MAX = 120_000;
const CUT_MS_MAX = 3_000;

const folder = tempDirOfFile();
const memory = tempDirOfFile('inMemory');
const seed = seedOfRun();
let build: Build;
let library: string;

beforeAll(() => {
  library = buildRecorder(folder);
  build = buildService(folder);
});

async function record(durability: 'full' | 'normal', preload?: string): Promise<RecordedService> {
  const place = join(folder, preload === undefined ? durability : 'broken');
  mkdirSync(place);
  const options = { build, library, folder: place, seed, durability, commands: COMMANDS_PER_CLIENT, preload };
  const recorded = await recordService(options);
  expect(recorded.problems).toEqual([]);
  return recorded;
}

async function cut(recorded: RecordedService, name: string, cutPoints: number): Promise<CutReport> {
  const found = await cutPower({ recorded, folder: join(memory, name), seed, cutPoints });
  const { problems, ...figures } = found;
  console.info(`power cuts, DURABILITY=${name}: seed ${seed}`, JSON.stringify(figures), problems.slice(0, 3));
  return found;
}

function pagesWritten({ lives }: RecordedService): number {
  return lives.flat().filter((step) => step.kind === 'wrote' && step.data.length === PAGE_BYTES).length;
}

describe('a power cut while clients send commands', () => {
  let first: Promise<RecordedService> | undefined;
  const recordedOnce = (): Promise<RecordedService> => (first ??= record('full'));

  it(
    'is played on a record that misses no write: it gives the files byte for byte',
    async () => {
      const recorded = await recordedOnce();
      expect(unrecorded(recorded)).toEqual([]);
      expect(pagesWritten(recorded)).toBeGreaterThan(4 * CHECKPOINT_PAGES);
    },
    RECORD_MS_MAX,
  );

  it(
    `leaves every acknowledged command whole and every view true, at ${CUT_POINTS} points and whatever became of unsynced writes`,
    async () => {
      const found = await cut(await recordedOnce(), 'full', CUT_POINTS);
      expect(found.problems).toEqual([]);
      expect(found.acknowledged).toBeGreaterThan(COMMANDS_PER_CLIENT);
      expect({ lossyCutPoints: found.lossyCutPoints, mostLost: found.mostLost }).toEqual({
        lossyCutPoints: 0,
        mostLost: 0,
      });
      expect(found.cutPoints).toBe(CUT_POINTS);
      expect(found.atCheckpoints).toBeGreaterThan(CUT_POINTS / 10);
      expect(found.atWalResets).toBeGreaterThan(CUT_POINTS / 20);
      expect(found.views.atCheckpoint).toBeGreaterThan(CUT_POINTS);
    },
    RECORD_MS_MAX + CUT_POINTS * CUT_MS_MAX,
  );

  it(
    'loses acknowledged commands where nobody syncs them, but leaves nothing half (the negative control)',
    async () => {
      const found = await cut(await record('normal'), 'normal', CONTROL_CUT_POINTS);
      expect(found.problems).toEqual([]);
      expect(found.lossyCutPoints).toBeGreaterThan(0);
    },
    RECORD_MS_MAX + CONTROL_CUT_POINTS * CUT_MS_MAX,
  );

  it(
    'finds views with other rows where they commit without a transaction (the negative control)',
    async () => {
      const broken = await record('full', build.preload('no-view-transactions'));
      const found = await cut(broken, 'full, broken views', CONTROL_CUT_POINTS);
      expect(found.problems.filter((problem) => problem.includes('has other rows'))).not.toEqual([]);
      expect(found.lossyCutPoints).toBe(0);
    },
    RECORD_MS_MAX + CONTROL_CUT_POINTS * CUT_MS_MAX,
  );
});
