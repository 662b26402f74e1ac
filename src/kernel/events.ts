import { CompositionError, TidemarkError } from './errors.js';
import type { Boundary, NewEvent, RecordedEvent, Tag } from './log.js';
import type { Schema } from './schema.js';
import { composeChains, stepFrom, type Chain, type Chains } from './upcast-chains.js';
import { advance, type Fact, type Step, type Steps } from './upcasting.js';

/** The types of a domain's events by name: `{ OrderPlaced: { orderId: string … } … }`. */
export type EventMap = { readonly [type: string]: object };

/** A new event of one of the types, as `decide` returns it. */
export type EventOf<Events extends EventMap> = {
  [T in keyof Events & string]: { readonly type: T; readonly data: Events[T] };
}[keyof Events & string];

/** A recorded event of one type, in its newest version. */
export type Recorded<Type extends string = string, Data = object> = Omit<RecordedEvent, 'type' | 'data'> & {
  readonly type: Type;
  readonly data: Data;
};

/** A recorded event of one of the types, in its newest version. */
export type RecordedOf<Events extends EventMap> = {
  [T in keyof Events & string]: Recorded<T, Events[T]>;
}[keyof Events & string];

/** One event type: its newest shape, its version (1 when left out), its tags, and how older versions are read. */
export interface EventDefinition<Data extends object> {
  /** What the data must be when it is written. */
  readonly schema: Schema<Data>;
  /** The version of the data's shape, from 1; 1 when left out. */
  readonly version?: number;
  /** The entities that the fact is about, as `entity:id`; one or more. They cannot be added to what is stored. */
  readonly tags: (data: Data) => readonly Tag[];
  /** For each older version the step onwards: `{ 1: v1ToV2, 2: v2ToV3 }`. */
  readonly upcast?: Steps;
}

/** A type that is no longer written but is still read: its last version (1 when left out), and what it means today. */
export interface RetiredEvent {
  readonly version?: number;
  /** For each version the step onwards; the last leads to other types: `{ 1: renamed('OrderItemAdded') }`. */
  readonly upcast: Steps;
}

/** Types that are read but no longer written, by name. */
export type RetiredEvents = { readonly [type: string]: RetiredEvent };

/** The event types of a domain, and how they are written and read. */
export interface EventCatalogue<Events extends EventMap> {
  readonly types: readonly (keyof Events & string)[];
  readonly definitions: { readonly [T in keyof Events & string]: EventDefinition<Events[T]> };
  readonly retired: RetiredEvents;
  /** The event with its version and tags, ready to append. Retired types cannot be written: a TypeError. */
  encode(event: EventOf<Events>): NewEvent;
  /**
   * What a stored event means today: as a rule one event, in its newest version; several where an upcaster splits it,
   * none where one says `nothing`. All share its position, tags and envelope. Throws UnknownEventError for a type or
   * version that it does not know, and UpcastError where an upcaster fails.
   */
  decode(event: RecordedEvent): readonly RecordedOf<Events>[];
  /** The current types that stored events of a type can turn into; undefined where it is not known. */
  yields(storedType: string): readonly string[] | undefined;
  /** The boundary as the log must be asked: with every stored type that can turn into one of the types it names. */
  stored(boundary: Boundary): Boundary;
}

/** The types of a catalogue's events: `EventOf<EventsOf<typeof bookEvents>>` is any of them. */
export type EventsOf<Catalogue> = Catalogue extends EventCatalogue<infer Events> ? Events : never;

/** An event of a type or version that this build does not know: it must stop the reader, never be skipped. */
export class UnknownEventError extends TidemarkError {
  constructor(event: Pick<RecordedEvent, 'type' | 'schemaVersion' | 'position'>, expected: string) {
    super('UNAVAILABLE', `${describe(event)}; ${expected}.`);
  }
}

/** An upcaster that failed on a stored event; the cause is what it threw. */
export class UpcastError extends TidemarkError {
  constructor(event: RecordedEvent, { type, version }: Fact, cause: unknown) {
    super('UNAVAILABLE', `${describe(event)}; the upcaster of ${type} from version ${version} failed.`, {
      cause,
    });
  }
}

/**
 * The catalogue of a domain's events; the data types follow from the schemas. Throws a CompositionError where upcasters
 * are missing, lead nowhere, or lead in a circle.
 */
export function defineEvents<Events extends EventMap>(
  definitions: { readonly [T in keyof Events & string]: EventDefinition<Events[T]> },
  { retired = {} }: { readonly retired?: RetiredEvents } = {},
): EventCatalogue<Events> {
  const byType = new Map<string, EventDefinition<object>>(Object.entries(definitions));
  const chains = chainsOf(byType, retired);
  const yields = composeChains(chains);
  return {
    types: Object.keys(definitions),
    definitions,
    retired,
    encode: ({ type, data }) => {
      const definition = byType.get(type);
      if (definition === undefined) throw new TypeError(cannotWrite(type, yields.get(type)));
      return { type, schemaVersion: definition.version ?? 1, data, tags: definition.tags(data) };
    },
    // Every chain ends in types of the definitions, whose shapes their last steps claim.
    decode: (event) => read(event, chains) as readonly RecordedOf<Events>[],
    yields: (storedType) => yields.get(storedType),
    stored: (boundary) =>
      boundary.map(({ tags, types }) => (types ? { tags, types: storedAs(types, yields) } : { tags })),
  };
}

function chainsOf(definitions: ReadonlyMap<string, EventDefinition<object>>, retired: RetiredEvents): Chains {
  const chains = new Map<string, Chain>();
  for (const [type, { version = 1, upcast = {} }] of definitions)
    chains.set(type, { newest: version, steps: upcast, retired: false });
  for (const [type, { version = 1, upcast }] of Object.entries(retired)) {
    if (chains.has(type))
      throw new CompositionError(`${type} is both defined and retired: remove one of the two.`);
    chains.set(type, { newest: version, steps: upcast, retired: true });
  }
  return chains;
}

function cannotWrite(type: string, yields: readonly string[] | undefined): string {
  if (yields === undefined) return `${type} is not in the catalogue of events.`;
  return `${type} is retired: it is read, but no longer written. Write ${yields.join(' or ') || 'nothing'} instead.`;
}

function storedAs(
  types: readonly string[],
  yields: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const sources = [...yields].filter(([, ends]) => ends.some((end) => types.includes(end)));
  return [...new Set([...types, ...sources.map(([source]) => source)])];
}

function read(event: RecordedEvent, chains: Chains): readonly Recorded[] {
  const { type, schemaVersion: version } = event;
  const chain = chains.get(type);
  if (chain === undefined) throw new UnknownEventError(event, 'no such type is defined in this build');
  if (version > chain.newest || version < 1)
    throw new UnknownEventError(event, `this build reads up to version ${chain.newest}`);
  if (stepFrom(chain, version) === undefined) return [event];
  return follow(event, { type, version, data: event.data }, chains).map((fact) => ({
    ...event,
    type: fact.type,
    schemaVersion: fact.version,
    data: fact.data,
  }));
}

/** Ends because the chains were composed: no way through them comes back to where it was. */
function follow(event: RecordedEvent, fact: Fact, chains: Chains): readonly Fact[] {
  const step = stepFrom(chains.get(fact.type), fact.version);
  if (step === undefined) return [fact];
  return attempt(event, fact, step).flatMap((next) => follow(event, next, chains));
}

function attempt(event: RecordedEvent, fact: Fact, step: Step): readonly Fact[] {
  try {
    return advance(fact, step);
  } catch (error) {
    throw new UpcastError(event, fact, error);
  }
}

function describe(event: Pick<RecordedEvent, 'type' | 'schemaVersion' | 'position'>): string {
  return `The event at position ${event.position} is ${event.type} version ${event.schemaVersion}`;
}
