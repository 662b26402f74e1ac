import { z } from 'zod';
import { createMemorySnapshots } from '../../src/engines/memory/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import {
  type AnyDecider,
  createKernel,
  defineDecider,
  defineEvents,
  refuse,
  type EventLog,
  type Kernel,
  type Module,
  type SnapshotStore,
} from '../../src/kernel/index.js';
import { tempDir } from '../support/temp-dir.js';

/** The smallest domain with a no-op, a refusal and a decision over two entities. */
export type CounterEvents = { readonly Added: { readonly counter: string; readonly by: number } };

/** Counters' only fact. */
export const counterEvents = defineEvents<CounterEvents>({
  Added: {
    schema: z.object({ counter: z.string(), by: z.number() }),
    tags: ({ counter }) => [`counter:${counter}`],
  },
});

type CounterInputs = {
  readonly add: { readonly counter: string; readonly by: number; readonly max?: number | undefined };
  readonly move: { readonly from: string; readonly to: string; readonly by: number };
};

type Counts = Readonly<Record<string, number>>;

const name = z.string().min(1, 'must not be empty');

/** `decided` is told the state each time `add` decides. */
export function counterWith(decided: (state: Counts) => void = () => undefined) {
  return defineDecider<CounterEvents, CounterInputs, Counts>({
    name: 'counter',
    events: counterEvents,
    inputs: {
      add: z.object({ counter: name, by: z.number().int('must be whole'), max: z.number().optional() }),
      move: z.object({ from: name, to: name, by: z.number() }),
    },
    subject: ({ input }) => ('counter' in input ? input.counter : input.from),
    boundary: ({ input }) =>
      'counter' in input
        ? [{ tags: [`counter:${input.counter}`] }]
        : [{ tags: [`counter:${input.from}`] }, { tags: [`counter:${input.to}`] }],
    initial: {},
    evolve: {
      Added: (state, { counter, by }) => ({ ...state, [counter]: (state[counter] ?? 0) + by }),
    },
    decide: {
      add: (state, { input: { counter, by, max = 1_000_000 } }) => {
        decided(state);
        if (by === 0) return [];
        const sum = (state[counter] ?? 0) + by;
        if (sum > max) return refuse('TOO_MANY', `${counter} would be ${sum}.`, ['by']);
        return [{ type: 'Added', data: { counter, by } }];
      },
      move: (state, { input: { from, to, by } }) =>
        (state[from] ?? 0) < by
          ? refuse('TOO_FEW', `${from} has fewer.`)
          : [
              { type: 'Added', data: { counter: from, by: -by } },
              { type: 'Added', data: { counter: to, by } },
            ],
    },
  });
}

/** The decider without a spy. */
export const counter = counterWith();
/** The commands, for sending. */
export const { add, move } = counter.commands;

/** A module of deciders of any types. */
export function deciding(...deciders: readonly AnyDecider[]): Module {
  return { name: 'counters', deciders };
}

/** A kernel that decides about counters, or whatever the decider does, and has no views. */
export function counterKernel(log: EventLog, decider: AnyDecider = counter): Promise<Kernel> {
  return createKernel({ log, views: sqliteViews(tempDir()), modules: [deciding(decider)] });
}

/** Snapshots by the id of their log, as kernels of one service share them. */
const snapshotsOfLogs = new Map<string, SnapshotStore>();

/** The same without a state in memory: each command starts from the snapshot that the last one left, if it is there. */
export function snapshotKernel(log: EventLog, decider: AnyDecider = counter): Promise<Kernel> {
  const snapshots = snapshotsOfLogs.get(log.identity.id) ?? createMemorySnapshots();
  snapshotsOfLogs.set(log.identity.id, snapshots);
  const modules = [deciding({ ...(decider as typeof counter), snapshot: { version: 1, every: 1 } })];
  return createKernel({
    log,
    views: sqliteViews(tempDir()),
    modules,
    snapshots,
    states: { entriesMax: 0 },
    onSnapshotFailure: (_, error) => {
      throw error;
    },
  });
}

/** How commands find their state, by name. What they do must be the same. */
export const kernels: readonly (readonly [string, typeof counterKernel])[] = [
  ['states in memory', counterKernel],
  ['snapshots only', snapshotKernel],
];

/** All events of the log, oldest first. */
export function eventsOf(log: EventLog) {
  return log.read('all', { after: 0, limit: 100_000 });
}
