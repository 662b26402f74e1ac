import { createBuild, type Build, type BuildOptions, type RebuildStatus } from './build.js';
import { TidemarkError } from './errors.js';
import type { Generations } from './generations.js';
import type { Live } from './live.js';
import type { LogIdentity } from './log.js';
import type { Projection } from './projection.js';
import type { GenerationInfo, ViewEngine, ViewStore } from './views.js';

/** What can be done to a projection's generations. */
export type GenerationChange = 'rebuild' | 'cancelRebuild' | 'rollback' | 'prune';

/** Which generation comes after the live one, and which came before it. */
export interface Succession {
  /** Throws the CONFLICT that the change would end with now (UNAVAILABLE once stopped), and changes nothing. */
  check(change: GenerationChange): void;
  /** Throws UNAVAILABLE where no file can be made; so does `rollback` where the file cannot be used. */
  rebuild(): RebuildStatus;
  cancelRebuild(): Promise<void>;
  rollback(): void;
  prune(): void;
  building(): RebuildStatus | null;
  kept(): GenerationInfo | undefined;
  /** Does the same with an event that the generation being built has set aside as well. */
  readonly retry: Build['retry'];
  /** The log has a new head. */
  wake(): void;
  start(): void;
  stop(): Promise<void>;
}

/** What it works with. */
export interface SuccessionOptions extends Omit<BuildOptions, 'store' | 'target' | 'onCaughtUp'> {
  readonly projection: Projection;
  readonly generations: Generations;
  readonly views: Pick<ViewEngine, 'create' | 'open' | 'remove'>;
  readonly identity: LogIdentity;
  readonly live: Live;
  /** Removes the file of a generation that is closed; one that cannot be is in nobody's way, and goes at the next start. */
  readonly forget: (generation: number) => void;
  /** Another generation is served: any row may be another one. */
  readonly onSwitch: () => void;
}

/** The succession of a projection's generations; stands still until it is started. */
export function createSuccession(options: SuccessionOptions): Succession {
  const { projection, generations, views, identity, live, head, forget, onSwitch } = options;
  const { name } = projection;
  let { kept } = generations;
  let state: 'new' | 'running' | 'stopped' = 'new';
  let build = generations.next === undefined ? undefined : buildOf(generations.next);
  const ending = new Set<Promise<void>>();

  function buildOf(store: ViewStore): Build {
    return createBuild({ ...options, store, target: switchesAt, onCaughtUp: serve });
  }

  /** Not before what has been promised: the live checkpoint, and after damage also what queries wait for. */
  function switchesAt(): number {
    // What only serves until the switch does not say how far the log has come.
    return live.follows() ? Math.max(live.checkpoint(), live.servesFrom()) : head();
  }

  /** Switches between two commits; the generation before is kept for a rollback, the one before that is not. */
  function serve(store: ViewStore): void {
    const usable = live.intact() && live.target().store.built();
    const fit = live.follows() ? 'current' : 'readable';
    const before = live.serve(store);
    build = undefined;
    if (kept !== undefined && kept.generation === store.generation) kept = undefined;
    before.close();
    const forgotten = usable ? kept?.generation : before.generation;
    if (usable) kept = infoOf(before, fit);
    if (forgotten !== undefined) forget(forgotten);
    onSwitch();
  }

  function rollBackTo({ generation }: GenerationInfo): void {
    const store = orUnavailable(`Generation ${generation} of ${name} cannot be opened.`, () =>
      views.open(projection, generation),
    );
    try {
      serve(store);
    } catch (error) {
      if (live.target().store !== store) store.close();
      throw error;
    }
  }

  async function discard(cancelled: Build): Promise<void> {
    await cancelled.stop();
    const store = cancelled.store();
    store.close();
    forget(store.generation);
  }

  const checks = {
    rebuild: (): void => {
      refuseUnless(build === undefined, `${name} is being rebuilt. Wait for that, or cancel it.`);
      refuseUnless(live.servesFrom() === 0, `${name} is being built from nothing.`);
    },
    cancelRebuild: (): Build => {
      const current = present(build, `${name} is not being rebuilt.`);
      refuseUnless(live.follows(), `Nothing but the new generation of ${name} can follow the log.`);
      return current;
    },
    rollback: (): GenerationInfo => {
      refuseUnless(build === undefined, `${name} is being rebuilt. Cancel that first.`);
      const target = present(kept, `${name} has no generation to go back to.`);
      refuseUnless(
        target.fit === 'current',
        `Generation ${target.generation} of ${name} was made by another build, of version ${target.version}: ` +
          'start that one to go back to it.',
      );
      return target;
    },
    prune: (): GenerationInfo => present(kept, `${name} keeps no generation but the live one.`),
  };

  function checked<Change extends GenerationChange>(change: Change): ReturnType<(typeof checks)[Change]> {
    if (state === 'stopped') throw new TidemarkError('UNAVAILABLE', `${name} is stopped.`);
    // Each check by its own name.
    return checks[change]() as ReturnType<(typeof checks)[Change]>;
  }

  return {
    check: checked,
    rebuild: () => {
      checked('rebuild');
      const store = orUnavailable(`A new generation of ${name} cannot be made now.`, () =>
        views.create(projection, identity),
      );
      const next = buildOf(store);
      build = next;
      // Before it starts, as of a short log it is done at once.
      const status = next.status();
      if (state === 'running') next.start();
      return status;
    },
    cancelRebuild: async () => {
      const ended = discard(checked('cancelRebuild'));
      build = undefined;
      ending.add(ended);
      await ended.finally(() => ending.delete(ended));
    },
    rollback: () => {
      rollBackTo(checked('rollback'));
    },
    prune: () => {
      const { generation } = checked('prune');
      orUnavailable(`Generation ${generation} of ${name} cannot be removed now.`, () => {
        views.remove(projection, generation);
      });
      kept = undefined;
    },
    building: () => build?.status() ?? null,
    kept: () => kept,
    retry: async (...event) => build?.retry(...event),
    wake: () => build?.wake(),
    start: () => {
      state = 'running';
      build?.start();
    },
    stop: async () => {
      state = 'stopped';
      await Promise.all([build?.stop(), ...ending]);
      build?.store().close();
    },
  };
}

function orUnavailable<T>(message: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new TidemarkError('UNAVAILABLE', `${message} Try again later.`, { cause });
  }
}

function refuseUnless(holds: boolean, message: string): void {
  if (!holds) throw new TidemarkError('CONFLICT', message);
}

function present<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new TidemarkError('CONFLICT', message);
  return value;
}

function infoOf(store: ViewStore, fit: GenerationInfo['fit']): GenerationInfo {
  const { generation, version } = store;
  return { generation, version, checkpoint: store.checkpoint(), built: true, serving: 0, fit, misfit: null };
}
