import fc from 'fast-check';
import { cpSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import {
  TidemarkError,
  createMemoryOperations,
  deadlineIn,
  newId,
  type Append,
  type EventLog,
  type Operations,
} from '../../src/kernel/index.js';
import { append, command } from '../contract/event-log.js';
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

const OWNERS = { a: 'x', b: 'x', c: 'y', d: 'z' } as const;
const FAULTS = ['throws', 'null', 'old'] as const;
type Fault = (typeof FAULTS)[number];

const aDeposit = fc.record({
  account: fc.constantFrom('a', 'b', 'c', 'd'),
  amount: fc.integer({ min: -3, max: 9 }),
  fault: fc.option(fc.constantFrom(...FAULTS), { freq: 3 }),
});

const nothing = fc.constant(null);
const share = fc.double({ min: 0, max: 0.999, noNaN: true });
const kinds = {
  append: fc.array(aDeposit, { minLength: 1, maxLength: 3 }),
  redeliver: share,
  resend: share,
  wait: share,
  pause: nothing,
  resume: nothing,
  rebuild: nothing,
  cancel: nothing,
  rollback: nothing,
  prune: nothing,
  mend: fc.constantFrom(...FAULTS),
  retry: share,
  skip: share,
  damage: nothing,
  crash: fc.constantFrom(1, 1, 1, 2),
  restart: fc.constantFrom(1, 1, 1, 2),
} as const;
const WEIGHTS: Partial<Record<keyof typeof kinds, number>> = { append: 12, wait: 5, rebuild: 4, resume: 3 };

type Step = {
  [K in keyof typeof kinds]: { kind: K; of: Arbitrated<(typeof kinds)[K]>; turns: number };
}[keyof typeof kinds];
type Arbitrated<A> = A extends fc.Arbitrary<infer T> ? T : never;

const step = fc.oneof(
  ...Object.entries(kinds).map(([kind, of]) => ({
    weight: WEIGHTS[kind as keyof typeof kinds] ?? 2,
    arbitrary: fc.record({ kind: fc.constant(kind), of: of as fc.Arbitrary<unknown>, turns: fc.nat(3) }),
  })),
  // Each kind comes with its own argument.
) as fc.Arbitrary<Step>;

/** A log whose signals can be given again. */
function signalling() {
  const log = createMemoryLog();
  const listeners = new Set<(head: number) => void>();
  const signalled: EventLog = {
    ...log,
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
async function life(projectionBatchMax: number | undefined, owned: boolean) {
  const { log, signal } = signalling();
  const operations = createMemoryOperations();
  const broken = new Set<string>(FAULTS);
  const skipped = new Set<number>();
  const sent: Append[] = [];
  let pending: Promise<unknown>[] = [];
  let epoch = new AbortController();
  let version = 1;
  // Rows may be older than before after these.
  let setBacks = 0;

  const fault = ({ fault: kind }: Deposit): unknown => {
    if (kind === undefined || !broken.has(kind)) return undefined;
    if (kind === 'null') return null;
    if (kind === 'throws') throw new Error('A bug.');
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
  let running = await open(tempDir());

  /** What is served shows all that it claims, and nothing twice. */
  function check(): void {
    const { projector, rows, parked } = running;
    if (projector.servesFrom() > 0) return;
    const checkpoint = projector.freshness.checkpoint();
    expect(projector.store().checkpoint()).toBe(checkpoint);
    const { accounts, deposits } = rows();
    const shown = new Set(deposits.map(({ position }) => position));
    const aside = new Set(parked().map(({ position }) => position));
    for (let position = 1; position <= checkpoint; position += 1) {
      expect(shown.has(position) && aside.has(position)).toBe(false);
      const known = shown.has(position) || aside.has(position) || skipped.has(position);
      if (!known) expect.fail(`${position} is missing at ${checkpoint}`);
    }
    expect(Math.max(0, ...shown)).toBeLessThanOrEqual(checkpoint);
    expect(accounts.map(({ id }) => id)).toEqual([...new Set(deposits.map(({ account }) => account))].sort());
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
  }

  function later(work: Promise<unknown>): void {
    const refused = (error: unknown): void => {
      if (!(error instanceof TidemarkError)) throw error;
      expect(['CONFLICT', 'NOT_FOUND', 'UNAVAILABLE']).toContain(error.code);
    };
    const settled = work.catch(refused);
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
    running = await open(folder);
  }

  function crash(next: number): Promise<void> {
    const copy = tempDir();
    cpSync(running.folder, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
    return reopen(copy, next);
  }

  const operate = (act: (on: Operations) => Promise<unknown>): void => {
    later(act(running.kernel.operations));
  };

  const pick = (of: number): number | undefined => {
    const all = running.parked();
    return all[Math.floor(of * all.length)]?.position;
  };

  const acts: { [K in keyof typeof kinds]: (of: Arbitrated<(typeof kinds)[K]>) => unknown } = {
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
    pause: () => {
      operate((on) => on.pause('accounts', BY));
    },
    resume: () => {
      operate((on) => on.resume('accounts', BY));
    },
    rebuild: () => {
      operate((on) => on.rebuild('accounts', BY));
    },
    cancel: () => {
      operate((on) => on.cancelRebuild('accounts', BY));
    },
    rollback: () => {
      setBacks += 1;
      operate((on) => on.rollback('accounts', BY).finally(() => (setBacks += 1)));
    },
    prune: () => {
      operate((on) => on.prune('accounts', BY));
    },
    mend: (kind: Fault) => {
      broken.delete(kind);
    },
    retry: (of) => {
      const position = pick(of);
      if (position !== undefined) operate((on) => on.retryParked('accounts', position, BY));
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

/** So many ms for each size of batch; a failure says with which seed it comes again. */
const TIME_MS = 9_000;

describe.each([1, 2, undefined])('in batches of %s', (batchMax) => {
  it('views end as a replay would have made them, and never show less than they claim, whatever happens', async () => {
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
      fc.boolean(),
      async (steps, owned) => {
        const { act, check, finish } = await life(batchMax, owned);
        for (const next of steps) {
          await act(next);
          check();
          for (let turn = 0; turn < next.turns; turn += 1) await nextTurn();
          check();
        }
        await finish();
      },
    );
    await fc.assert(property, { numRuns: 60, interruptAfterTimeLimit: TIME_MS });
  });
});
