import { CompositionError, TidemarkError } from './errors.js';
import type { NewEvent, RecordedEvent, Tag } from './log.js';
import type { Schema } from './schema.js';

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

/** Turns the data of one version into that of the next. Pure; the log itself is never rewritten. */
export type Upcaster = (data: object) => object;

/** One event type: its newest shape, its version (1 when left out), its tags, and how older versions are read. */
export interface EventDefinition<Data extends object> {
  readonly schema: Schema<Data>;
  readonly version?: number;
  readonly tags: (data: Data) => readonly Tag[];
  /** For each older version the step to the next one: `{ 1: v1ToV2, 2: v2ToV3 }`. */
  readonly upcast?: { readonly [fromVersion: number]: Upcaster };
}

/** The event types of a domain, and how they are written and read. */
export interface EventCatalogue<Events extends EventMap> {
  readonly types: readonly (keyof Events & string)[];
  readonly definitions: { readonly [T in keyof Events & string]: EventDefinition<Events[T]> };
  /** The event with its version and tags, ready to append. */
  encode(event: EventOf<Events>): NewEvent;
  /** The event in its newest version. Throws UnknownEventError for a type or version that it does not know. */
  decode(event: RecordedEvent): Recorded<keyof Events & string, Events[keyof Events & string]>;
}

/** An event of a type or version that this build does not know: it must stop the reader, never be skipped. */
export class UnknownEventError extends TidemarkError {
  constructor(event: Pick<RecordedEvent, 'type' | 'schemaVersion' | 'position'>, expected: string) {
    super(
      'UNAVAILABLE',
      `The event at position ${event.position} is ${event.type} version ${event.schemaVersion}; ${expected}.`,
    );
  }
}

/** The catalogue of a domain's events; the data types follow from the schemas. Throws where upcasters are missing. */
export function defineEvents<Events extends EventMap>(definitions: {
  readonly [T in keyof Events & string]: EventDefinition<Events[T]>;
}): EventCatalogue<Events> {
  const byType = new Map<string, EventDefinition<object>>(Object.entries(definitions));
  for (const [type, definition] of byType) checkUpcasters(type, definition);
  return {
    types: Object.keys(definitions),
    definitions,
    encode: ({ type, data }) => {
      const definition = byType.get(type);
      if (definition === undefined) throw new TypeError(`${type} is not in the catalogue of events.`);
      return { type, schemaVersion: definition.version ?? 1, data, tags: definition.tags(data) };
    },
    // The definitions are keyed by these very types, so what was decoded by one has its shape.
    decode: (event) =>
      upcast(event, byType.get(event.type)) as Recorded<keyof Events & string, Events[keyof Events & string]>,
  };
}

function checkUpcasters(type: string, { version = 1, upcast: steps = {} }: EventDefinition<object>): void {
  for (let from = 1; from < version; from += 1) {
    if (steps[from] === undefined) {
      throw new CompositionError(
        `${type} has version ${version}, but no upcaster from version ${from}: add upcast: { ${from}: (data) => … }.`,
      );
    }
  }
}

function upcast(event: RecordedEvent, definition: EventDefinition<object> | undefined): RecordedEvent {
  if (definition === undefined) throw new UnknownEventError(event, 'no such type is defined in this build');
  const newest = definition.version ?? 1;
  if (event.schemaVersion === newest) return event;
  if (event.schemaVersion > newest)
    throw new UnknownEventError(event, `this build reads up to version ${newest}`);
  let data = event.data;
  for (let from = event.schemaVersion; from < newest; from += 1)
    data = definition.upcast?.[from]?.(data) ?? data;
  return { ...event, schemaVersion: newest, data };
}
