import { beforeAll, describe, expect, it } from 'vitest';
import { tempDir } from '../support/temp-dir.js';
import { buildService, type Build } from './support/build.js';
import { crashRounds, type CrashReport } from './support/crash-rounds.js';
import { seedOfRun } from './support/random.js';
import { tempDirOfFile } from './support/temp-dir-of-file.js';

/** `CRASH_ROUNDS=2000` soaks. */
const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 100);
/** How often a quarter as many are added where chance has spared the commits. */
const MORE_MAX = 4;
const CONTROL_ROUNDS_MAX = 30;
const ROUND_MS_MAX = 10_000;

const buildFolder = tempDirOfFile();
let build: Build;

beforeAll(() => {
  build = buildService(buildFolder);
});

function report(what: string, seed: number, { lost, problems, cut, ...figures }: CrashReport): void {
  const found = { ...figures, lost: lost.length, problems: problems.length, ...cut };
  console.info(what, `seed ${seed}`, JSON.stringify(found), lost.slice(0, 3), problems.slice(0, 3));
}

describe('the service, killed while clients send commands', () => {
  it(
    `keeps every acknowledged command exactly once and its views true, ${ROUNDS} times over`,
    async () => {
      const killed = async (rounds: number): Promise<CrashReport> => {
        const seed = seedOfRun();
        const found = await crashRounds({ build, folder: tempDir(), rounds, seed });
        report('killed:', seed, found);
        expect(found.lost).toEqual([]);
        expect(found.problems).toEqual([]);
        expect(found.rounds).toBe(rounds);
        return found;
      };
      const found = await killed(ROUNDS);
      const commitsMin = Math.floor(ROUNDS / 50);
      let commits = found.cut.commit;
      // What a kill cuts is chance: where too few hit a commit, there are more of them.
      for (let more = 0; more < MORE_MAX && commits < commitsMin; more += 1)
        commits += (await killed(Math.ceil(ROUNDS / 4))).cut.commit;
      // Rounds in which nothing was at stake prove nothing.
      expect(found.acknowledged).toBeGreaterThan(10 * ROUNDS);
      expect(found.answeredAgain).toBeGreaterThan(2 * ROUNDS);
      expect(found.refused).toBeGreaterThan(ROUNDS);
      expect(commits).toBeGreaterThanOrEqual(commitsMin);
      expect(found.cut.viewBehind).toBeGreaterThanOrEqual(Math.floor(ROUNDS / 50));
      expect(found.cut.halfBuilt).toBeGreaterThanOrEqual(Math.floor(ROUNDS / 50));
    },
    60_000 + ROUNDS * (1 + MORE_MAX / 4) * ROUND_MS_MAX,
  );

  // The negative controls: what a broken build does must not pass.
  it.each([
    ['acknowledges before it commits', 'acknowledge-early', (found: CrashReport) => found.lost],
    [
      'commits a view without a transaction',
      'no-view-transactions',
      ({ problems }: CrashReport) => problems.filter((problem) => problem.startsWith('the view')),
    ],
  ] as const)(
    'is caught when it %s',
    async (what, preload, caught) => {
      const seed = seedOfRun();
      const found = await crashRounds({
        build,
        folder: tempDir(),
        rounds: CONTROL_ROUNDS_MAX,
        seed,
        preload: build.preload(preload),
        untilProblem: true,
      });
      report(`killed, a service that ${what}:`, seed, found);
      expect(caught(found).length).toBeGreaterThan(0);
    },
    60_000 + CONTROL_ROUNDS_MAX * ROUND_MS_MAX,
  );
});
