import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** How long one slice of a build may hold up everybody else, in ms. */
export const SLICE_MS = 2;
/** For each ms that it worked it rests until others have worked so many, … */
const OTHERS_FACTOR = 6;
/** … or have left so many to spare. */
const SPARE_FACTOR = 0.5;
/** Others count as idle while they use less than this share of the event loop. */
const IDLE_SHARE = 0.05;
const BATCH_MIN = 10;
const BATCH_START = 100;
const BATCH_MAX = 1_000;

/** How many events to apply in one go, so that it takes about so long. */
export interface Slices {
  readonly batchMax: () => number;
  /** So many events took so long. */
  note(tookMs: number, events: number): void;
}

/** Slices of `sliceMs`, of `max` events at most; starts with small ones. */
export function createSlices(sliceMs: () => number, max: number): Slices {
  let batch = Math.min(max, BATCH_START);
  return {
    batchMax: () => batch,
    note: (tookMs, events) => {
      const fitting = Math.round((events * sliceMs()) / Math.max(tookMs, 0.1));
      // A small batch says little about a large one.
      const next = Math.min(Math.round((batch + fitting) / 2), 2 * batch);
      batch = Math.min(max, Math.max(Math.min(BATCH_MIN, max), next));
    },
  };
}

/** The process, as a pace sees it: how to let go of it, and for how many ms it has been active and idle so far. */
export interface Machine {
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly nextTurn: () => Promise<unknown>;
  readonly utilization: () => Pick<EventLoopUtilization, 'active' | 'idle'>;
}

const PROCESS: Machine = {
  sleep: (ms) => sleep(ms),
  nextTurn: () => nextTurn(),
  utilization: () => performance.eventLoopUtilization(),
};

/** How a build shares the machine: short slices, and rests in between while anybody else is busy. */
export interface Pace {
  /** How many events to apply in the next slice. */
  readonly batchMax: () => number;
  /** Lets others work after a slice of so many events. */
  readonly rest: (tookMs: number, events: number) => Promise<void>;
}

/** A pace that starts with small slices. */
export function createPace(machine: Machine = PROCESS): Pace {
  const slices = createSlices(() => SLICE_MS, BATCH_MAX);
  let othersBusy = true;
  let seen = machine.utilization();
  return {
    batchMax: slices.batchMax,
    rest: async (tookMs, events) => {
      slices.note(tookMs, events);
      if (othersBusy) await giveWay(machine, tookMs);
      else await machine.nextTurn();
      const now = machine.utilization();
      const active = now.active - seen.active;
      const total = active + now.idle - seen.idle;
      // Too short a time says nothing.
      if (total < SLICE_MS) return;
      othersBusy = active - tookMs > total * IDLE_SHARE;
      seen = now;
    },
  };
}

/** Lets others go first for a slice that took so long; what they leave idle is the build's. */
async function giveWay(machine: Machine, tookMs: number): Promise<void> {
  const before = machine.utilization();
  for (;;) {
    await machine.sleep(Math.max(1, tookMs));
    const { active, idle } = machine.utilization();
    const worked = active - before.active;
    const spare = idle - before.idle;
    if (worked >= tookMs * OTHERS_FACTOR || spare >= tookMs * SPARE_FACTOR) return;
  }
}
