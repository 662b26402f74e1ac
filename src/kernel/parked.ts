/** An event that a projection could not apply, or that waits behind one of the same entity. */
export interface ParkedEvent {
  readonly position: number;
  readonly entity: string;
  readonly type: string;
  readonly commandId: string;
  /** Why it could not be applied; null where it only waits behind another. */
  readonly error: string | null;
  /** For operators only. */
  readonly stack: string | null;
  /** How often it was tried. */
  readonly attempts: number;
  /** When it was set aside, in ms since 1970. */
  readonly parkedAt: number;
}

/** Which parked events: of one entity or one command where named, after a position, so many at most. */
export interface ParkedPage {
  readonly entity?: string | undefined;
  readonly commandId?: string | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

/** What one transaction did to the parked events. */
export interface ParkedChange {
  readonly parked: readonly Pick<ParkedEvent, 'position' | 'entity'>[];
  readonly released: readonly Pick<ParkedEvent, 'position' | 'entity'>[];
}

/** Which events a generation has set aside, in memory: looked at for each event that is applied. */
export interface ParkedIndex {
  /** The position of the entity's first parked event; undefined where nothing of it is parked. */
  first(entity: string): number | undefined;
  count(entity: string): number;
  /** How many entities have parked events, and how many events are parked. */
  entities(): number;
  events(): number;
  /** Takes over what a transaction has committed. */
  apply(change: ParkedChange): void;
}

/** How many parked events are read at a time. */
const READ_BATCH = 1_000;

/** The index of what a generation has set aside. */
export function parkedIndexOf(store: {
  parked(page: ParkedPage): readonly ParkedChange['parked'][number][];
}): ParkedIndex {
  const index = createParkedIndex([]);
  for (let after = 0; ;) {
    const parked = store.parked({ after, limit: READ_BATCH });
    index.apply({ parked, released: [] });
    if (parked.length < READ_BATCH) return index;
    after = parked.at(-1)?.position ?? after;
  }
}

interface Entry {
  readonly positions: Set<number>;
  /** Undefined after it was released, until somebody asks. */
  first: number | undefined;
}

/** The index of these parked events. */
export function createParkedIndex(parked: ParkedChange['parked']): ParkedIndex {
  const byEntity = new Map<string, Entry>();
  let events = 0;

  function add({ position, entity }: ParkedChange['parked'][number]): void {
    const known = byEntity.get(entity) ?? { first: position, positions: new Set() };
    if (known.positions.has(position)) return;
    known.positions.add(position);
    if (known.first !== undefined) known.first = Math.min(known.first, position);
    byEntity.set(entity, known);
    events += 1;
  }

  function remove({ position, entity }: ParkedChange['parked'][number]): void {
    const known = byEntity.get(entity);
    if (known?.positions.delete(position) !== true) return;
    events -= 1;
    if (known.positions.size === 0) byEntity.delete(entity);
    // Looking for the next one now would make a long queue that is worked off quadratic.
    else if (known.first === position) known.first = undefined;
  }

  function firstOf(entry: Entry): number {
    let first = Infinity;
    for (const position of entry.positions) first = Math.min(first, position);
    return first;
  }

  parked.forEach(add);
  return {
    first: (entity) => {
      const entry = byEntity.get(entity);
      return entry && (entry.first ??= firstOf(entry));
    },
    count: (entity) => byEntity.get(entity)?.positions.size ?? 0,
    entities: () => byEntity.size,
    events: () => events,
    apply: (change) => {
      change.released.forEach(remove);
      change.parked.forEach(add);
    },
  };
}
