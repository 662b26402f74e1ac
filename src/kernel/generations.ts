import type { LogIdentity } from './log.js';
import type { Projection } from './projection.js';
import type { GenerationInfo, ViewEngine, ViewStore } from './views.js';

/** What is to become of a projection's generations when it is opened. */
export interface Plan {
  /** What queries read; undefined where nothing can be read until the next one is built. */
  readonly serve: GenerationInfo | undefined;
  /** Whether `serve` goes on where it is; where not, it stays as it is until the next one is built. */
  readonly follows: boolean;
  /** The half-built generation to go on with. */
  readonly resume: GenerationInfo | undefined;
  /** What a rollback goes back to, of this build or of the one before. */
  readonly keep: GenerationInfo | undefined;
  readonly remove: readonly GenerationInfo[];
}

/** The generation that is served while another is built or not, and what is done with the others. Pure. */
export function planGenerations(all: readonly GenerationInfo[]): Plan {
  const built = all
    .filter((info) => info.built && info.fit !== 'other')
    .toSorted((one, other) => other.serving - one.serving);
  const readable = built.filter(({ fit }) => fit !== 'outdated');
  // What goes on by itself comes before what was live last: so a build that is taken back finds its views again.
  const serve = readable.find(({ fit }) => fit === 'current') ?? readable[0];
  const keep = built.find((info) => info !== serve);
  const resume = all
    .filter((info) => !info.built && info.fit === 'current')
    .toSorted((one, other) => other.generation - one.generation)[0];
  const used = [serve, keep, resume];
  return {
    serve,
    follows: serve?.fit === 'current',
    resume,
    keep,
    remove: all.filter((info) => !used.includes(info)),
  };
}

/** A projection's generations, opened. */
export interface Generations {
  readonly live: ViewStore;
  /** Whether `live` applies the log; where not, it was made by another version and is only read. */
  readonly follows: boolean;
  /** The generation that is being built beside it. */
  readonly next: ViewStore | undefined;
  readonly kept: GenerationInfo | undefined;
  /** Whether `live` is what was served last; where not, its rows may be others than those that were seen at its checkpoint. */
  readonly servedLast: boolean;
  /** Why a new generation is built although the version is the same; null where that is not so. */
  readonly notice: string | null;
}

/** Opens what there is of a projection, and makes what is missing. Throws where the files cannot be used. */
export function openGenerations(
  views: ViewEngine,
  projection: Projection,
  log: LogIdentity,
  head: number,
): Generations {
  const all = views.generations(projection, log, head);
  const { serve, follows, resume, keep, remove } = planGenerations(all);
  const isForgotten = (info: GenerationInfo): boolean =>
    info.built && info.version === projection.version && ['readable', 'outdated'].includes(info.fit);
  const notice = follows ? null : (all.find(isForgotten)?.misfit ?? null);
  const next = (): ViewStore =>
    resume === undefined ? views.create(projection, log) : views.open(projection, resume.generation);
  const live = serve === undefined ? next() : views.open(projection, serve.generation);
  try {
    // After the live one is open: what is of no use may still be all there is to look at when that fails.
    for (const { generation } of remove) views.remove(projection, generation);
    // An empty log has nothing to wait for.
    if (!live.built() && head === 0) live.serve();
    const building = serve === undefined ? undefined : follows && resume === undefined ? undefined : next();
    const servedLast = all.every(({ serving }) => serving <= (serve?.serving ?? 0));
    return { live, follows: serve === undefined || follows, next: building, kept: keep, servedLast, notice };
  } catch (error) {
    live.close();
    throw error;
  }
}
