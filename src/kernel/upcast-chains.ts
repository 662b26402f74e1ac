import { CompositionError } from './errors.js';
import type { Step, Steps } from './upcasting.js';

/** A stored type: the newest version of its data, the steps onwards, and whether it is read but no longer written. */
export interface Chain {
  readonly newest: number;
  readonly steps: Steps;
  readonly retired: boolean;
}

/** The chains of a catalogue by type. */
export type Chains = ReadonlyMap<string, Chain>;

/**
 * For each stored type the current types that it can turn into. Throws a CompositionError, which says what to do, where
 * a step is missing, is one too many, leads to what is not in the catalogue, or leads in a circle: what passes here ends.
 */
export function composeChains(chains: Chains): ReadonlyMap<string, readonly string[]> {
  for (const [type, chain] of chains) checkChain(type, chain, chains);
  const endsOf = tracer(chains);
  return new Map(
    [...chains].map(([type, { newest }]) => {
      const ends = versionsTo(newest).flatMap((version) => [...endsOf(type, version, [])]);
      return [type, [...new Set(ends)]];
    }),
  );
}

/** The step from this version of the type; undefined where the fact has arrived. */
export function stepFrom(chain: Chain | undefined, version: number): Step | undefined {
  return chain?.steps[version];
}

function checkChain(type: string, chain: Chain, chains: Chains): void {
  const { newest, steps, retired } = chain;
  if (!Number.isSafeInteger(newest) || newest < 1)
    throw new CompositionError(`The version of ${type} must be a whole number from 1, it is ${newest}.`);
  const last = retired ? newest : newest - 1;
  for (const from of versionsTo(last)) if (steps[from] === undefined) throw missing(type, chain, from);
  for (const from of Object.keys(steps)) {
    if (!versionsTo(last).map(String).includes(from)) throw superfluous(type, chain, from);
  }
  if (retired && typeof steps[last] === 'function') throw missing(type, chain, last);
  for (const from of versionsTo(last)) checkTargets(type, from, steps[from], chains);
}

function missing(type: string, { newest, retired }: Chain, from: number): CompositionError {
  return new CompositionError(
    retired && from === newest
      ? `${type} is retired, but version ${from}, its last, leads to no other type: add upcast: { ${from}: renamed('…') }, into({ … }, …) or nothing.`
      : `${type} has version ${newest}, but no upcaster from version ${from}: add upcast: { ${from}: (data) => … }.`,
  );
}

function superfluous(type: string, { newest, retired }: Chain, from: string): CompositionError {
  const next = Number(from) + (retired ? 0 : 1);
  return new CompositionError(
    `${type} has version ${newest}, and an upcaster from version ${from}, which never runs: set version: ${next}, or remove it.`,
  );
}

function checkTargets(type: string, from: number, step: Step | undefined, chains: Chains): void {
  if (step === undefined || typeof step === 'function') return;
  for (const [target, version] of Object.entries(step.targets)) {
    const newest = chains.get(target)?.newest;
    const where = `The upcaster of ${type} from version ${from} leads to ${target} version ${version}`;
    if (newest === undefined)
      throw new CompositionError(
        `${where}, but no such type is defined: define ${target}, or retire it, too.`,
      );
    if (!versionsTo(newest).includes(version))
      throw new CompositionError(`${where}, which has versions 1 to ${newest}: state one of these.`);
  }
}

/** Where a version of a type ends, remembered; a way that comes back to where it was is refused. */
function tracer(chains: Chains) {
  const known = new Map<string, ReadonlySet<string>>();
  return function endsOf(type: string, version: number, trail: readonly string[]): ReadonlySet<string> {
    const here = `${type} version ${version}`;
    if (trail.includes(here)) throw circle([...trail.slice(trail.indexOf(here)), here]);
    const ways = nextOf(type, version, stepFrom(chains.get(type), version));
    const ends =
      known.get(here) ??
      new Set(ways?.flatMap((way) => [...endsOf(way.type, way.version, [...trail, here])]) ?? [type]);
    known.set(here, ends);
    return ends;
  };
}

function nextOf(type: string, version: number, step: Step | undefined) {
  if (step === undefined) return undefined;
  if (typeof step === 'function') return [{ type, version: version + 1 }];
  return Object.entries(step.targets).map(([target, at]) => ({ type: target, version: at }));
}

function circle(trail: readonly string[]): CompositionError {
  return new CompositionError(
    `The upcasters go round in a circle: ${trail.join(' → ')}. Let one of them lead to a newer version.`,
  );
}

function versionsTo(newest: number): readonly number[] {
  return Array.from({ length: Math.max(0, newest) }, (_, index) => index + 1);
}
