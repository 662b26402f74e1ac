import { cpSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import {
  TidemarkError,
  UnknownEventError,
  createMemoryOperations,
  deadlineIn,
  newId,
  type Append,
  type EventLog,
  type Operations,
} from '../../src/kernel/index.js';
import { append, command } from '../../src/testing/contract/samples.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';
import {
  BY,
  accountsWith,
  byOwner,
  deposit,
  replayed,
  start,
  type Deposit,
  type Running,
} from './accounts.js';
import { FAULTS, OWNERS, type Fault, type Step, type StepMap } from './life-steps.js';

/** What has happened in all lives so far. */
export const seen = { switches: 0, parked: 0, refused: 0, done: 0, reached: 0, halfBuilt: 0 };

/** A log whose signals can be given again; where it is slow, much can happen while it is read. */
function signalling(slow: boolean) {
  const log = createMemoryLog();
  const listeners = new Set<(head: number) => void>();
  const signalled: EventLog = {
    ...log,
    read: async (scope, options) => {
      if (slow) await nextTurn();
      return log.read(scope, options);
    },
    onAppend: (listener) => {
      listeners.add(listener);
      const stop = log.onAppend(listener);
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
  };
  return {
    log: signalled,
    signal: (head: number) => {
      for (const listener of listeners) listener(head);
    },
  };
}

/** A projection's life under any steps: its kernel, and what is known of what has to be true of it. */
export async function life(projectionBatchMax: number | undefined, owned: boolean, slow: boolean) {
  const { log, signal } = signalling(slow);
  const operations = createMemoryOperations();
  const broken = new Set<string>(FAULTS);
  const skipped = new Set<number>();
  const sent: Append[] = [];
  // By position, from 1.
  const amounts: number[] = [];
  let pending: Promise<unknown>[] = [];
  let epoch = new AbortController();
  let version = 1;
  // Rows may be older than before after these.
  let setBacks = 0;

  const fault = ({ fault: kind }: Deposit, position: number): unknown => {
    if (kind === undefined || !broken.has(kind)) return undefined;
    if (kind === 'null') return null;
    if (kind === 'throws') throw new Error('A bug.');
    // Set aside at once, where others are tried again first.
    if (kind === 'unknown') throw new UnknownEventError({ type: kind, schemaVersion: 1, position }, 'no');
    return undefined;
  };
  const upcast = (data: object): void => {
    if ('fault' in data && broken.has('old')) throw new Error('A bug in the upcaster.');
  };
  const projection = () => accountsWith({ version, fault, upcast, ...(owned && { entity: byOwner }) });
  const open = (folder: string): Promise<Running> =>
    start(projection(), {
      log,
      operations,
      folder,
      ...(projectionBatchMax !== undefined && { projectionBatchMax }),
    });
  // So many that a build takes more than one slice.
  for (let n = 0; n < 50; n += 1) await log.append(append([1, 1, 1, 1].map((by) => deposit('a', by))));
  amounts.push(...Array.from({ length: 200 }, () => 1));
  let running = await open(tempDir());
  await running.caughtUp();

  /** What is served shows all that it claims, and nothing twice. */
  function check(): void {
    const { projector, rows, parked } = running;
    if (projector.servesFrom() > 0) return;
    const checkpoint = projector.freshness.checkpoint();
    expect(projector.store().checkpoint()).toBe(checkpoint);
    const { accounts, deposits } = rows();
    const shown = new Set(deposits.map(({ position }) => position));
    const aside = new Set(parked().map(({ position }) => position));
    seen.parked += aside.size;
    for (let position = 1; position <= checkpoint; position += 1) {
      expect(shown.has(position) && aside.has(position)).toBe(false);
      const known = shown.has(position) || aside.has(position) || skipped.has(position);
      if (!known) expect.fail(`${position} is missing at ${checkpoint}`);
    }
    expect(Math.max(0, ...shown)).toBeLessThanOrEqual(checkpoint);
    const sums: Record<string, number> = {};
    for (const { account, position } of deposits)
      sums[account] = (sums[account] ?? 0) + (amounts[position - 1] ?? NaN);
    expect(Object.fromEntries(accounts.map(({ id, balance }) => [id, balance]))).toEqual(sums);
  }

  async function waitFor(position: number): Promise<void> {
    const before = setBacks;
    const { projector } = running;
    const outcome = await projector.freshness.wait(position, deadlineIn(50_000), epoch.signal);
    if (outcome === 'aborted' || before !== setBacks) return;
    expect(outcome).toBe('reached');
    expect(projector.servesFrom()).toBe(0);
    expect(projector.store().checkpoint()).toBeGreaterThanOrEqual(position);
    check();
    seen.reached += 1;
  }

  function later(work: Promise<unknown>): void {
    const refused = (error: unknown): void => {
      if (!(error instanceof TidemarkError)) throw error;
      expect(['CONFLICT', 'NOT_FOUND', 'UNAVAILABLE']).toContain(error.code);
      seen.refused += 1;
    };
    const done = (): void => void (seen.done += 1);
    const settled = work.then(done, refused);
    // It is looked at when it is waited for.
    settled.catch(() => undefined);
    pending.push(settled);
  }

  async function reopen(folder: string, next: number): Promise<void> {
    setBacks += 1;
    epoch.abort();
    await running.kernel.stop();
    await Promise.all(pending);
    pending = [];
    epoch = new AbortController();
    version = next;
    if ((running.status().rebuild?.checkpoint ?? 0) > 0) seen.halfBuilt += 1;
    running = await open(folder);
    running.projector.onSwitch(() => (seen.switches += 1));
  }

  function crash(next: number): Promise<void> {
    const copy = tempDir();
    cpSync(running.folder, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
    return reopen(copy, next);
  }

  const operate = (act: (on: Operations) => Promise<unknown>): unknown => {
    later(act(running.kernel.operations));
    return undefined;
  };

  const pick = (of: number): number | undefined => {
    const all = running.parked();
    return all[Math.floor(of * all.length)]?.position;
  };

  const acts: { [K in keyof StepMap]: (of: StepMap[K]) => unknown } = {
    append: (all) => {
      const events = all.map(({ account, amount, fault: kind }) =>
        deposit(account, amount, {
          ...(owned && { owner: OWNERS[account] }),
          ...(kind !== null && { fault: kind }),
          ...(kind === 'old' && { schemaVersion: 1 }),
        }),
      );
      const appended = append(events, { command: command({ id: newId() }) });
      sent.push(appended);
      amounts.push(...all.map(({ amount }) => amount));
      return log.append(appended);
    },
    resend: (of) => {
      const again = sent[Math.floor(of * sent.length)];
      return again && log.append(again);
    },
    redeliver: async (of) => {
      signal(Math.floor(of * (await log.head())));
    },
    wait: async (of) => {
      later(waitFor(Math.floor(of * (await log.head())) + 1));
    },
    pause: () => operate((on) => on.pause('accounts', BY)),
    resume: () => operate((on) => on.resume('accounts', BY)),
    rebuild: () => operate((on) => on.rebuild('accounts', BY)),
    cancel: () => operate((on) => on.cancelRebuild('accounts', BY)),
    rollback: () => {
      setBacks += 1;
      operate((on) => on.rollback('accounts', BY).finally(() => (setBacks += 1)));
    },
    prune: () => operate((on) => on.prune('accounts', BY)),
    mend: (kind: Fault) => {
      broken.delete(kind);
    },
    retry: (of) => {
      const position = pick(of);
      // Past the operations, which would come one after the other.
      if (position !== undefined) later(running.projector.retry(position));
    },
    skip: (of) => {
      const position = pick(of);
      if (position === undefined) return;
      skipped.add(position);
      operate((on) => on.skipParked('accounts', position, 'a test', BY));
    },
    damage: () => {
      setBacks += 1;
      running.projector.failedRead(Object.assign(new Error('Malformed.'), { code: 'SQLITE_CORRUPT' }));
    },
    crash,
    restart: (next) => reopen(running.folder, next),
  };

  /** Mends everything, and waits until nothing is set aside any more. */
  async function settle(): Promise<void> {
    broken.clear();
    operate((on) => on.resume('accounts', BY));
    await until(async () => {
      for (const { position } of running.parked().slice(0, 5)) {
        operate((on) => on.retryParked('accounts', position, BY));
        await Promise.all(pending);
      }
      // A rebuild that was asked for and has not begun yet would begin after all looked well.
      await Promise.all(pending);
      const { checkpoint, state, parked, rebuild } = running.status();
      expect({ checkpoint, state, parked, rebuild }).toEqual({
        checkpoint: await log.head(),
        state: 'LIVE',
        parked: 0,
        rebuild: null,
      });
    });
    await Promise.all(pending);
  }

  return {
    check,
    settle,
    act: async ({ kind, of }: Step): Promise<void> => {
      // The argument is of the kind's own type.
      await (acts[kind] as (of: unknown) => unknown)(of);
    },
    finish: async (): Promise<void> => {
      await settle();
      const fresh = await replayed(projection(), log);
      if (skipped.size > 0) {
        // What was passed over works by now, and is applied in a generation that is built anew.
        await running.kernel.operations.rebuild('accounts', BY);
        await settle();
      }
      expect(running.rows()).toEqual(fresh);
      check();
      await running.kernel.stop();
    },
  };
}
