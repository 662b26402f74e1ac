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
  /** Throws the CONFLICT that the change would end with now, and changes nothing. */
  check(change: GenerationChange): void;
  rebuild(): RebuildStatus;
  cancelRebuild(): Promise<void>;
  rollback(): void;
  prune(): void;
  building(): RebuildStatus | null;
  kept(): GenerationInfo | undefined;
  /** The log has a new head. */
  wake(): void;
  start(): void;
  stop(): Promise<void>;
}

/** What it works with. */
export interface SuccessionOptions extends Omit<BuildOptions, 'store' | 'target' | 'onCaughtUp'> {
  readonly projection: Projection;
  readonly generations: Generations;
  readonly views: ViewEngine;
  readonly identity: LogIdentity;
  readonly live: Live;
  /** Another generation is served: any row may be another one. */
  readonly onSwitch: () => void;
}

/** The succession of a projection's generations; stands still until it is started. */
export function createSuccession(options: SuccessionOptions): Succession {
  const { projection, generations, views, identity, live, head, onSwitch, onFailure } = options;
  const { name } = projection;
  let { kept } = generations;
  let started = false;
  let build = generations.next === undefined ? undefined : buildOf(generations.next);

  function buildOf(store: ViewStore): Build {
    return createBuild({
      ...options,
      store,
      // What only serves until the switch does not say how far the log has come.
      target: () => (live.follows() ? live.target().store.checkpoint() : head()),
      onCaughtUp: (built) => {
        serve(built);
        build = undefined;
      },
    });
  }

  /** Switches between two commits; the generation before is kept for a rollback, the one before that is not. */
  function serve(store: ViewStore): void {
    const fit = live.follows() ? 'current' : 'readable';
    const before = live.serve(store);
    if (kept !== undefined && kept.generation !== store.generation) forget(kept.generation);
    kept = before.built() ? infoOf(before, fit) : undefined;
    before.close();
    if (kept === undefined) forget(before.generation);
    onSwitch();
  }

  function forget(generation: number): void {
    try {
      views.remove(projection, generation);
    } catch (error) {
      // It is in nobody's way, and goes at the next start.
      onFailure(error);
    }
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
        `Generation ${target.generation} of ${name} is of version ${target.version}: start the build of that version.`,
      );
      return target;
    },
    prune: (): GenerationInfo => present(kept, `${name} keeps no generation but the live one.`),
  };

  return {
    check: (change) => {
      checks[change]();
    },
    rebuild: () => {
      checks.rebuild();
      build = buildOf(views.create(projection, identity));
      if (started) build.start();
      return build.status();
    },
    cancelRebuild: async () => {
      const cancelled = checks.cancelRebuild();
      build = undefined;
      await cancelled.stop();
      cancelled.store.close();
      forget(cancelled.store.generation);
    },
    rollback: () => {
      serve(views.open(projection, checks.rollback().generation));
    },
    prune: () => {
      views.remove(projection, checks.prune().generation);
      kept = undefined;
    },
    building: () => build?.status() ?? null,
    kept: () => kept,
    wake: () => build?.wake(),
    start: () => {
      started = true;
      build?.start();
    },
    stop: async () => {
      await build?.stop();
      build?.store.close();
    },
  };
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
