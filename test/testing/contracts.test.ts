import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMemoryLog, createMemorySnapshots } from '../../src/engines/memory/index.js';
import { openSqliteLog } from '../../src/engines/sqlite/index.js';
import {
  TidemarkError,
  createMemoryOperations,
  newId,
  type EventLog,
  type SnapshotStore,
} from '../../src/kernel/index.js';
import {
  logContract,
  operationLogContract,
  sharedLogContract,
  snapshotStoreContract,
  type Runner,
} from '../../src/testing/index.js';

/** A runner of a few lines, as any is taken: the names of the tests, and of those that failed. */
async function run(register: (runner: Runner) => void): Promise<{ names: string[]; failed: string[] }> {
  const tests: { name: string; body: () => Promise<void> }[] = [];
  const path: string[] = [];
  register({
    describe: (name, body) => {
      path.push(name);
      body();
      path.pop();
    },
    test: (name, body) => {
      tests.push({ name: [...path, name].join(' > '), body });
    },
  });
  const failed: string[] = [];
  for (const { name, body } of tests) await body().catch(() => failed.push(name));
  return { names: tests.map(({ name }) => name), failed };
}

/** What the contract finds wrong with a log in memory of which something was replaced. */
async function complaints(wrong: (log: EventLog) => Partial<EventLog>): Promise<readonly string[]> {
  const open = (): EventLog => {
    const log = createMemoryLog();
    return { ...log, ...wrong(log) };
  };
  const { failed } = await run((runner) => logContract({ name: 'wrong', open }, runner));
  return failed.map((name) => name.replace('the wrong log > ', ''));
}

test('The engines of the package keep the contracts, and the names say what they promise', async () => {
  const { names, failed } = await run((runner) => {
    logContract({ name: 'memory', open: () => createMemoryLog() }, runner);
    operationLogContract({ name: 'memory', open: createMemoryOperations }, runner);
    snapshotStoreContract({ name: 'memory', open: createMemorySnapshots }, runner);
  });
  expect(failed).toEqual([]);
  expect(names).toContain(
    'the memory log > appending > gives positions from 1 without a gap, and answers with the last',
  );
  expect(names).toHaveLength(25 + 5 + 7);
});

test('The runner of node takes them as well', () => {
  const main = join(import.meta.dirname, 'node-test-main.ts');
  const args = ['--import', 'tsx', '--test', '--test-reporter=tap', main];
  // A runner in a runner would report to it instead.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  expect(stdout).toMatch(/^# tests 25\n[\s\S]*^# pass 25$/m);
  expect(status).toBe(0);
});

test('Each store is closed after its test, also where that fails', async () => {
  let open = 0;
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-contracts-'));
  let files = 0;
  const { names, failed } = await run((runner) => {
    logContract(
      {
        name: 'closing',
        open: () => {
          open += 1;
          return { ...createMemoryLog(), head: () => Promise.reject(new Error('No.')) };
        },
        close: () => (open -= 1),
      },
      runner,
    );
    sharedLogContract(
      {
        name: 'closing',
        open: (count) => {
          files += 1;
          open += count;
          const file = join(folder, `${files}.sqlite`);
          return Array.from({ length: count }, () => openSqliteLog({ file }));
        },
        close: (logs) => {
          for (const log of logs) log.close();
          open -= logs.length;
        },
      },
      runner,
    );
  });
  expect([names.length > failed.length, failed.length > 3, open]).toEqual([true, true, 0]);
  rmSync(folder, { recursive: true });
});

describe('A log is caught', () => {
  test.each<[string, (log: EventLog) => Partial<EventLog>, string]>([
    [
      'that forgets its conditions',
      (log) => ({ append: ({ events, command }) => log.append({ events, command }) }),
      'conditions > lets one of 300 win a race on the same condition',
    ],
    [
      'that forgets commands',
      (log) => ({
        append: (append) => log.append({ ...append, command: { ...append.command, id: newId() } }),
      }),
      'retries > stores one of many that come at the same time',
    ],
    [
      'that forgets results',
      (log) => ({
        append: async (append) => {
          const outcome = await log.append(append);
          return outcome.kind === 'duplicate' ? { ...outcome, result: null } : outcome;
        },
      }),
      'retries > answers a command that was stored before with what was stored then, and writes nothing',
    ],
    [
      'that finds a conflict before a duplicate',
      (log) => ({
        append: async (append) => {
          const outcome = await log.append({ ...append, command: { ...append.command, id: newId() } });
          return outcome.kind === 'conflict' ? outcome : log.append(append);
        },
      }),
      'retries > finds the duplicate before the conflict',
    ],
    [
      'that splits commands',
      (log) => ({
        read: async (scope, options) => (await log.read(scope, options)).slice(0, options.limit),
      }),
      'reading > never splits a command in a batch of everything',
    ],
    [
      'that leaves a gap',
      (log) => ({
        read: async (scope, options) =>
          (await log.read(scope, options)).map((event) => ({ ...event, position: event.position * 2 })),
      }),
      'appending > gives positions from 1 without a gap, and answers with the last',
    ],
    [
      'that writes an actor in other letters',
      (log) => ({
        read: async (scope, options) =>
          (await log.read(scope, options)).map((event) => ({
            ...event,
            actor: event.actor.normalize('NFD'),
          })),
      }),
      'appending > gives back what was written, to the letter',
    ],
    [
      'that looks past the types of a boundary',
      (log) => ({
        read: (scope, options) =>
          log.read(scope === 'all' ? scope : scope.map(({ tags }) => ({ tags })), options),
      }),
      'reading > gives what matches a boundary, in order, from after the position, up to the limit',
    ],
    [
      'that wakes nobody',
      () => ({ onAppend: () => () => undefined }),
      'signals > tells the new head after events were written, until it is told to stop',
    ],
    [
      'that refuses with an error of its own',
      (log) => ({
        append: (append) =>
          log.append(append).catch((error: unknown) => {
            throw new Error((error as Error).message);
          }),
      }),
      'limits > refuses what is over a limit, and says which',
    ],
    [
      'that refuses for another reason',
      (log) => ({
        append: (append) =>
          log.append(append).catch((error: unknown) => {
            throw new TidemarkError('BAD_USER_INPUT', 'No.', { cause: error });
          }),
      }),
      'limits > refuses what it cannot store exactly, and writes nothing of it',
    ],
    [
      'that does not know what a command was called',
      (log) => ({
        command: async (id) => {
          const stored = await log.command(id);
          return stored && { ...stored, name: 'it' };
        },
      }),
      'appending > knows by its id what a command was called and answered with',
    ],
  ])('%s', async (_, wrong, caught) => {
    expect(await complaints(wrong)).toContain(caught);
  });

  test('but not for a property that is undefined, which is as good as none', async () => {
    const found = await complaints((log) => ({
      append: async (append) => ({ ...(await log.append(append)), retried: undefined }),
    }));
    expect(found).toEqual([]);
  });
});

test('Snapshots that are given to somebody else are caught', async () => {
  const open = (bounds: Parameters<typeof createMemorySnapshots>[0]): SnapshotStore => {
    const store = createMemorySnapshots(bounds);
    return { ...store, read: (key) => store.read(key.toLowerCase()) };
  };
  const { failed } = await run((runner) => snapshotStoreContract({ name: 'wrong', open }, runner));
  expect(failed).toEqual([
    'the wrong snapshots > keep one for each key, the newest, also where its position is lower',
  ]);
});
