import { beforeAll, describe, expect, it } from 'vitest';
import { tempDir } from '../support/temp-dir.js';
import { buildService, type Build } from './support/build.js';
import { crashRounds, type CrashReport } from './support/crash-rounds.js';
import { seedOfRun } from './support/random.js';
import { tempDirOfFile } from './support/temp-dir-of-file.js';

/** `CRASH_ROUNDS=2000` soaks. */
const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 100);
/** How often a quarter as many are added where chance has spared what they have to hit. */
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

const sum = (numbers: readonly number[]): number => numbers.reduce((left, right) => left + right, 0);

function throws(assertions: () => void): boolean {
  try {
    assertions();
    return false;
  } catch {
    return true;
  }
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
      const all = [await killed(ROUNDS)];
      const total = (count: (found: CrashReport) => number): number => sum(all.map(count));
      // Rounds in which nothing was at stake prove nothing.
      const expectMuchAtStake = (): void => {
        for (const where of ['commit', 'viewBehind', 'halfBuilt'] as const)
          expect(
            total(({ cut }) => cut[where]),
            where,
          ).toBeGreaterThanOrEqual(Math.floor(ROUNDS / 50));
        expect(total(({ acknowledged }) => acknowledged)).toBeGreaterThan(10 * ROUNDS);
        expect(total(({ answeredAgain }) => answeredAgain)).toBeGreaterThan(2 * ROUNDS);
        expect(total(({ refused }) => refused)).toBeGreaterThan(ROUNDS);
      };
      // What a kill cuts is chance: where it has spared one of these, there are more of them.
      while (all.length <= MORE_MAX && throws(expectMuchAtStake))
        all.push(await killed(Math.ceil(ROUNDS / 4)));
      expectMuchAtStake();
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
