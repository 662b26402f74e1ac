/**
 * Turns the data of one version into that of the next. Pure; the log itself is never rewritten. The parameter may be
 * typed as what that version held: it is a claim about the past, which a recorded example proves.
 */
export type Upcaster = {
  /** The data one version on; the data that it gets is not to be mutated. */
  // A method, so that `(data: OldShape) => …` is accepted: no type can know what an older build wrote.
  step(data: object): object;
}['step'];

/** An event of another type, as a step makes it; its version is the one that the step's targets state. */
export interface Piece<Type extends string = string> {
  readonly type: Type;
  readonly data: object;
}

/** A step that leaves the type: which versions of which types it may turn into, and how. Made by `into`. */
export interface Into {
  readonly targets: { readonly [type: string]: number };
  readonly turn: Turn<string>;
}

/** Turns the data of one version into events of the targets, in the order in which they are to be read. */
export type Turn<Type extends string> = {
  turn(data: object): readonly Piece<Type>[] | Nothing;
}['turn'];

/** What `nothing` is. */
export interface Nothing extends Into {
  readonly means: 'nothing';
}

/** One step of a chain: to the next version of the type, to other types, or to nothing. */
export type Step = Upcaster | Into;

/** For each version the step onwards: `{ 1: v1ToV2, 2: renamed('OrderItemAdded') }`. */
export type Steps = { readonly [fromVersion: number]: Step };

/** An event on its way through the steps: `version` is that of its data. */
export interface Fact {
  readonly type: string;
  readonly version: number;
  readonly data: object;
}

/**
 * The fact no longer means anything: as a step of its own, or as what a step of `into` returns for some data. An empty
 * list is refused, so that nothing is lost by an oversight.
 */
export const nothing: Nothing = { means: 'nothing', targets: {}, turn: () => nothing };

/**
 * A step into events of the stated versions of other types (`into({ LineAdded: 1, PriceSet: 2 }, (data) => [...])`),
 * each of which goes on through its own type's upcasters. All of them keep the position, the tags and the envelope of
 * the stored event.
 */
export function into<const Targets extends Readonly<Record<string, number>>>(
  targets: Targets,
  turn: Turn<keyof Targets & string>,
): Into {
  // What a turn returns is held to its targets when it runs, too.
  return { targets, turn };
}

/**
 * A step that only changes the type's name. The data is that of version 1 of the new type unless another is stated, so
 * that it stays right when the new type's version is raised.
 */
export function renamed(type: string, version = 1): Into {
  return { targets: { [type]: version }, turn: (data) => [{ type, data }] };
}

/** One step further; throws a TypeError where a step returns what it did not announce. */
export function advance({ type, version, data }: Fact, step: Step): readonly Fact[] {
  if (typeof step === 'function') return [{ type, version: version + 1, data: newestData(step(data)) }];
  const pieces = step.turn(data);
  if (!Array.isArray(pieces)) return noFacts(pieces);
  if (pieces.length === 0)
    throw new TypeError('An upcaster returned no events; return `nothing` where that is meant.');
  return (pieces as readonly Piece[]).map((piece) => factOf(piece, step.targets));
}

function newestData(data: unknown): object {
  if (Array.isArray(data))
    throw new TypeError('An upcaster returned a list; wrap it in into({ … }, …), which names its types.');
  if (typeof data !== 'object' || data === null)
    throw new TypeError(`An upcaster must return the data of the next version, it returned ${String(data)}.`);
  return data;
}

function noFacts(pieces: unknown): readonly Fact[] {
  if (pieces === nothing) return [];
  throw new TypeError(`An upcaster must return a list of events or nothing, it returned ${String(pieces)}.`);
}

function factOf({ type, data }: Piece, targets: Into['targets']): Fact {
  const version = Object.hasOwn(targets, type) ? targets[type] : undefined;
  if (version === undefined)
    throw new TypeError(
      `An upcaster returned ${type}, which is not among its targets: add it to into({ … }).`,
    );
  return { type, version, data: newestData(data) };
}
