import type { EventLog } from '../../kernel/index.js';
import { conditions, retries } from './log-conditions.js';
import { limits } from './log-limits.js';
import { reading } from './log-reading.js';
import { appending, signals } from './log-writing.js';
import { checksOf, type Checks, type Harness, type Runner } from './runner.js';

/**
 * What every engine's log promises, as tests of the runner that is passed in. `open` gives a new and empty log; each test
 * opens one. Run it for each engine, skip nothing: a failed test is an AssertionError of node:assert.
 */
export function logContract<Log extends EventLog>(harness: Harness<Log>, runner: Runner): void {
  const checks: Checks<EventLog> = checksOf<Log>(harness, runner);
  runner.describe(`the ${harness.name} log`, () => {
    for (const part of [appending, conditions, retries, reading, signals, limits]) part(checks);
  });
}
