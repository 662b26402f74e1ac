import { CompositionError } from './errors.js';
import type { EventCatalogue, EventMap } from './events.js';

/**
 * The catalogue without all other types, for a decider that depends on these alone: it evolves on no other, its boundary
 * has no other where it does not say so, and what others write does not make it decide anew. Throws a CompositionError
 * for a type that the catalogue does not have.
 */
export function pickEvents<Events extends EventMap, Type extends keyof Events & string>(
  catalogue: EventCatalogue<Events>,
  ...types: readonly [Type, ...Type[]]
): EventCatalogue<Pick<Events, Type>> {
  const unknown = types.find((type) => !catalogue.types.includes(type));
  if (unknown !== undefined) throw new CompositionError(`${unknown} is not in the catalogue of events.`);
  const picked: ReadonlySet<string> = new Set(types);
  const yields = (storedType: string): readonly string[] | undefined =>
    catalogue.yields(storedType)?.filter((type) => picked.has(type));
  const only = <Value>(values: { readonly [type: string]: Value }, keep: (type: string) => boolean) =>
    Object.fromEntries(Object.entries(values).filter(([type]) => keep(type)));
  return {
    types,
    // Those of these types are left as they were.
    definitions: only<unknown>(catalogue.definitions, (type) => picked.has(type)) as EventCatalogue<
      Pick<Events, Type>
    >['definitions'],
    retired: only(catalogue.retired, (type) => (yields(type) ?? []).length > 0),
    encode: (event) => {
      if (!picked.has(event.type))
        throw new TypeError(`${event.type} is not among the events of this decider: pick it, too.`);
      return catalogue.encode(event);
    },
    // What passes the filter is of the picked types.
    decode: (event) =>
      catalogue.decode(event).filter(({ type }) => picked.has(type)) as unknown as ReturnType<
        EventCatalogue<Pick<Events, Type>>['decode']
      >,
    yields,
    stored: (boundary) =>
      catalogue.stored(boundary.map(({ tags, types: named }) => ({ tags, types: named ?? types }))),
  };
}
